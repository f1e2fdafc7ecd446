//! Asking a device to renew: the enrollment profile again, with a fresh credential, through the one door.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use crate::actor::{Actor, Permission, authorize_device};
use crate::certificates::{Method, device_identity};
use crate::clock::{DAY_MS, HOUR_MS};
use crate::commands::{self, Confirmation, NewCommand, Request};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::DeviceId;
use crate::platform::apple::{Credential, ProfileInput, announced, choose, enrollment_profile};
use crate::settings;

/// Tries are a day apart.
const AGAIN_MS: i64 = DAY_MS;
/// Devices per round: each profile is signed by itself.
const ROUND: i64 = 100;

/// The pinned certificate of an active enrollment, and what its profile has to repeat.
#[derive(Clone, Debug)]
struct Candidate {
    sha256: String,
    renew_at: Option<i64>,
    tries: i64,
    problem: Option<String>,
    /// How the last command ended or stands.
    command_status: Option<String>,
    command_finished: bool,
    enrollment_id: String,
    device_id: String,
    org_unit_id: String,
    platform: String,
    topic: String,
    access_rights: Option<i64>,
    profile_identifier: String,
    model: Option<String>,
    os_version: Option<String>,
    base_url: Option<String>,
    name: Option<String>,
    description: Option<String>,
    /// As JSON.
    server_capabilities: Option<String>,
}

const COLUMNS: &str = "SELECT c.sha256, c.renew_at, c.renewal_tries, c.renewal_problem, m.status, \
    m.finished, e.id, e.device_id, e.org_unit_id, u.path, e.platform, e.topic, e.access_rights, \
    e.profile_identifier, d.model, d.os_version, s.base_url, s.profile_name, s.profile_description, \
    e.server_capabilities \
    FROM certificate c JOIN enrollment e ON e.id = c.enrollment_id AND e.pin_sha256 = c.sha256 \
    JOIN org_unit u ON u.id = e.org_unit_id JOIN device_summary d ON d.device_id = e.device_id \
    LEFT JOIN command m ON m.id = c.renewal_command_id \
    LEFT JOIN scep_challenge s ON s.attempt_id = e.attempt_id AND s.consumed_at IS NOT NULL \
    WHERE c.revoked_at IS NULL AND e.status = 'active' AND e.origin <> 'import'";

fn decode(row: &Row) -> Result<Candidate, Error> {
    Ok(Candidate {
        sha256: row.text(0)?,
        renew_at: row.opt_i64(1)?,
        tries: row.i64(2)?,
        problem: row.opt_text(3)?,
        command_status: row.opt_text(4)?,
        command_finished: row.opt_i64(5)?.unwrap_or(1) != 0,
        enrollment_id: row.text(6)?,
        device_id: row.text(7)?,
        org_unit_id: row.text(8)?,
        platform: row.text(10)?,
        topic: row.text(11)?,
        access_rights: row.opt_i64(12)?,
        profile_identifier: row.text(13)?,
        model: row.opt_text(14)?,
        os_version: row.opt_text(15)?,
        base_url: row.opt_text(16)?,
        name: row.opt_text(17)?,
        description: row.opt_text(18)?,
        server_capabilities: row.opt_text(19)?,
    })
}

/// Asks every device whose time has come, by the expiry of its certificate alone: choosing by "last seen"
/// would leave the silent ones to expire.
pub(crate) async fn renew_due(core: &Core) -> Result<(), Error> {
    let sql = format!("{COLUMNS} AND c.renew_at <= $1 ORDER BY c.renew_at LIMIT $2");
    let now_ms = core.now_ms();
    let due = load(core, sql, (now_ms, ROUND)).await?;
    for candidate in due {
        let problem = failed_why(&candidate);
        if problem == Some(NOT_FETCHED) {
            // The profile still waits for the device; another one beside it would not help.
            put_off(core, &candidate, NOT_FETCHED).await?;
            continue;
        }
        match ask(core, &Actor::system(), &candidate, problem).await {
            Ok(()) => {}
            Err(error) if matches!(error.kind, Kind::Unavailable | Kind::Internal) => {
                return Err(error);
            }
            Err(error) => {
                tracing::warn!(
                    device.id = candidate.device_id,
                    code = error.code,
                    "a device cannot be asked to renew its identity"
                );
                put_off(core, &candidate, NOT_ASKED).await?;
            }
        }
    }
    Ok(())
}

/// The device has not fetched the command.
const NOT_FETCHED: &str = "not_fetched";
/// The device took the profile and still uses the old certificate.
const NOT_USED: &str = "not_used";
/// The device answered with an error.
pub(super) const REFUSED: &str = "refused";
/// The command could not be queued.
const NOT_ASKED: &str = "not_asked";

/// Why the try before this one came to nothing; `None` when there was none. Pure.
fn failed_why(candidate: &Candidate) -> Option<&'static str> {
    if candidate.tries == 0 {
        return None;
    }
    Some(match candidate.command_status.as_deref() {
        None => NOT_ASKED,
        Some(_) if !candidate.command_finished => NOT_FETCHED,
        Some("acknowledged") => NOT_USED,
        Some("expired") => NOT_FETCHED_IN_TIME,
        Some(_) => REFUSED,
    })
}

/// The command's time was over before the device came.
const NOT_FETCHED_IN_TIME: &str = "not_fetched_in_time";

async fn load(core: &Core, sql: String, values: (i64, i64)) -> Result<Vec<Candidate>, Error> {
    core.db()
        .read((sql, values), |tx, (sql, (now, limit))| {
            Box::pin(async move {
                tx.fetch_all_dyn(sql, args![*now, *limit])
                    .await?
                    .iter()
                    .map(decode)
                    .collect::<Result<Vec<_>, Error>>()
            })
        })
        .await
}

/// Asks one device now, whatever the date.
///
/// # Errors
/// Not found outside the scope; a conflict when the device is not managed or was asked within the hour.
pub async fn renew_now(core: &Core, actor: &Actor, device: &DeviceId) -> Result<(), Error> {
    const PATH: &str = "SELECT u.path, d.platform FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE d.id = $1";
    let row = core
        .db()
        .query_optional(PATH, args![device])
        .await?
        .ok_or_else(|| Error::not_found("device"))?;
    authorize_device(
        actor,
        Permission::CertificatesRenew,
        row.str(0)?,
        row.str(1)?,
    )?;
    let sql = format!("{COLUMNS} AND e.device_id = $1");
    let found = core
        .db()
        .read((sql, device.clone()), |tx, (sql, device)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![device]).await?;
                rows.first().map(decode).transpose()
            })
        })
        .await?;
    let Some(candidate) = found else {
        return Err(Error::conflict(
            "not_renewable",
            "This device has no identity certificate of ours in use.",
        ));
    };
    if candidate.tries > 0 && !candidate.command_finished {
        return Err(Error::conflict(
            "renewal_waiting",
            "The device was asked already; the profile waits for it.",
        ));
    }
    ask(core, actor, &candidate, None).await
}

/// One try: claimed and recorded first, so that two nodes do not both ask; then sent.
async fn ask(
    core: &Core,
    actor: &Actor,
    candidate: &Candidate,
    problem: Option<&'static str>,
) -> Result<(), Error> {
    const SENT: &str = "UPDATE certificate SET renewal_command_id = $2 WHERE sha256 = $1";
    const CARRIES: &str = "UPDATE renewal_grant SET command_id = $2 WHERE secret_hash = $1";
    let setting = device_identity(core).await?;
    let method = choose(
        candidate.model.as_deref(),
        candidate.os_version.as_deref(),
        &setting,
    );
    let organisation = settings::organisation(core).await?.name;
    let capabilities = candidate
        .server_capabilities
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_else(|| announced(Some(&candidate.platform), core.token_provider().is_some()));
    let secret = Zeroizing::new(hash::random_token(32));
    let bytes = enrollment_profile(
        core,
        &ProfileInput {
            organisation: &organisation,
            topic: &candidate.topic,
            credential: Credential {
                method,
                secret: &secret,
            },
            identifier: &candidate.profile_identifier,
            platform: Some(&candidate.platform),
            base_url: candidate.base_url.as_deref(),
            access_rights: candidate.access_rights,
            server_capabilities: capabilities,
            display_name: candidate
                .name
                .clone()
                .unwrap_or_else(|| organisation.clone()),
            description: candidate.description.clone().unwrap_or_default(),
        },
    )?;
    let secret_hash = hash::sha256_hex(secret.as_bytes());
    let claim = Claim {
        actor: actor.clone(),
        candidate: candidate.clone(),
        method,
        secret_hash: secret_hash.clone(),
        problem,
        now_ms: core.now_ms(),
    };
    let claimed = core
        .db()
        .write(claim, |tx, claim| {
            Box::pin(async move { claim.run(tx).await })
        })
        .await?;
    if !claimed {
        // Another node was faster.
        return Ok(());
    }
    let new = NewCommand {
        devices: vec![DeviceId::from_store(candidate.device_id.clone())],
        request: Request::InstallProfile {
            identifier: candidate.profile_identifier.clone(),
            name: candidate.name.clone(),
            sha256: hash::sha256_hex(&bytes),
        },
        profile: Some(bytes),
        reason: None,
        confirmation: Confirmation::default(),
    };
    let enqueued = commands::enqueue(core, &Actor::system(), new).await?;
    let Some(command) = enqueued.commands.first() else {
        return Err(Error::internal("A renewal made no command."));
    };
    let input = (
        candidate.sha256.clone(),
        secret_hash,
        command.id.to_string(),
    );
    core.db()
        .write(input, |tx, (certificate, secret, command)| {
            Box::pin(async move {
                tx.execute(SENT, args![certificate.as_str(), command.as_str()])
                    .await?;
                tx.execute(CARRIES, args![secret.as_str(), command.as_str()])
                    .await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

struct Claim {
    actor: Actor,
    candidate: Candidate,
    method: Method,
    secret_hash: String,
    problem: Option<&'static str>,
    now_ms: i64,
}

impl Claim {
    async fn run(&self, tx: &Tx) -> Result<bool, Error> {
        const CLAIM: &str = "UPDATE certificate SET renew_at = $2, renewal_asked_at = $3, \
            renewal_tries = renewal_tries + 1, renewal_command_id = NULL, \
            renewal_problem = COALESCE($4, renewal_problem) \
            WHERE sha256 = $1 AND renewal_tries = $5 AND revoked_at IS NULL";
        const GRANT: &str = "INSERT INTO renewal_grant (secret_hash, enrollment_id, replaces_sha256, \
            method, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let candidate = &self.candidate;
        let values = args![
            candidate.sha256.as_str(),
            self.now_ms + AGAIN_MS,
            self.now_ms,
            self.problem,
            candidate.tries
        ];
        if tx.execute(CLAIM, values).await? == 0 {
            return Ok(false);
        }
        if let Some(problem) = self.problem {
            note_problem(tx, candidate, problem, self.now_ms).await?;
        }
        // As long as its command may wait; from the delivery on it is an hour.
        let values = args![
            self.secret_hash.as_str(),
            candidate.enrollment_id.as_str(),
            candidate.sha256.as_str(),
            self.method.as_str(),
            self.now_ms,
            self.now_ms + 7 * DAY_MS + HOUR_MS
        ];
        tx.execute(GRANT, values).await?;
        let (device, unit) = (&candidate.device_id, &candidate.org_unit_id);
        let event = NewEvent::done("certificate.renew", "device", device, unit).with(json!({
            "certificate_sha256": candidate.sha256,
            "method": self.method,
            "try": candidate.tries + 1,
        }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(true)
    }
}

/// An event when a try came to nothing for a reason that is not on record yet.
async fn note_problem(
    tx: &Tx,
    candidate: &Candidate,
    problem: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    if candidate.problem.as_deref() == Some(problem) {
        return Ok(());
    }
    late_event(
        tx,
        &candidate.device_id,
        &candidate.org_unit_id,
        &candidate.sha256,
        problem,
        now_ms,
    )
    .await
}

pub(super) async fn late_event(
    tx: &Tx,
    device: &str,
    unit: &str,
    certificate: &str,
    problem: &str,
    now_ms: i64,
) -> Result<(), Error> {
    let event = NewEvent::done("certificate.renewal_late", "device", device, unit)
        .refused()
        .with(json!({ "certificate_sha256": certificate, "problem": problem }));
    events::record(tx, &Actor::system(), now_ms, event).await?;
    Ok(())
}

/// Looks again tomorrow, with the reason on record.
async fn put_off(core: &Core, candidate: &Candidate, problem: &'static str) -> Result<(), Error> {
    const LATER: &str = "UPDATE certificate SET renew_at = $2, renewal_problem = $3 \
        WHERE sha256 = $1 AND renew_at = $4 AND revoked_at IS NULL";
    const CLAIMED: &str = "UPDATE certificate SET renewal_problem = $2 WHERE sha256 = $1";
    let input = (candidate.clone(), problem, core.now_ms());
    core.db()
        .write(input, |tx, (candidate, problem, now)| {
            Box::pin(async move {
                let sha256 = candidate.sha256.as_str();
                let values = args![sha256, *now + AGAIN_MS, *problem, candidate.renew_at];
                if tx.execute(LATER, values).await? == 0 {
                    tx.execute(CLAIMED, args![sha256, *problem]).await?;
                }
                note_problem(tx, candidate, problem, *now).await
            })
        })
        .await
}

#[cfg(test)]
mod tests;
