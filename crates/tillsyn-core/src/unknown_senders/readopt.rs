//! Taking a device in again: it goes on with the certificate that it has, without anybody touching it.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;

use super::knock::identity;
use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::certificates::life;
use crate::core::Core;
use crate::devices;
use crate::enrollments::{self, Arrival};
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{DeviceId, EnrollmentId, OrgUnitId, new_uuid};
use crate::inventory;
use crate::keys::KeyStore;
use crate::moving::{Begun, begin_in, is_held_elsewhere_in};
use crate::org;
use crate::platform::apple::profile_identifier;
use crate::reconcile;

/// What the administrator says of the devices: nothing here knows it any more.
#[derive(Clone, Debug)]
pub struct Readoption {
    /// The certificates; `None` for all that take nothing away from anybody.
    pub certificates: Option<Vec<String>>,
    /// Where they go; `None` for the top.
    pub unit: Option<OrgUnitId>,
    /// `corporate` or `personal`.
    pub ownership: String,
    /// For devices that are not known from before.
    pub platform: String,
}

/// What became of it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    pub readopted: usize,
    pub skipped: Vec<Skipped>,
}

/// One that was not taken in.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Skipped {
    pub certificate_sha256: String,
    pub code: &'static str,
    pub detail: &'static str,
}

/// Certificates of one request, and of one transaction.
const MOST: usize = 200;
const AT_ONCE: usize = 50;
const PLATFORMS: [&str; 6] = ["ios", "ipados", "macos", "tvos", "visionos", "watchos"];

type Refusal = (&'static str, &'static str);
const UNKNOWN: Refusal = ("sender_unknown", "No such certificate knocks here.");
const NOT_OURS: Refusal = (
    "certificate_refused",
    "The certificate is not a valid device identity of this server.",
);
const KNOWN: Refusal = (
    "certificate_known",
    "This certificate is on record: what was decided about it stays.",
);
const CONTRADICTS: Refusal = (
    "sender_contradicts",
    "It has named different devices. Let the device enroll again.",
);
const RIVALS: Refusal = (
    "sender_rivals",
    "Several certificates say that they are this device. Name the one to take.",
);
const MANAGED: Refusal = (
    "device_managed",
    "This device is enrolled with another certificate, or belongs to a unit that you do not reach. Name it alone \
     to replace that enrollment.",
);
const USER_ENROLLMENT: Refusal = (
    "ownership_personal",
    "A device that its person enrolled with their account is a personal one.",
);

/// Takes devices in again. Where some are named an enrollment that they have with an older certificate ends, as
/// with any new enrollment; "all" takes only those that are not enrolled.
///
/// # Errors
/// Without the permission for the whole organisation, for words that cannot be used, or when the store fails.
pub async fn readopt(core: &Core, actor: &Actor, wanted: Readoption) -> Result<Report, Error> {
    let now_ms = core.now_ms();
    let top = org::root(core).await?;
    authorize(actor, Permission::EnrollmentsMove, &top.path)?;
    super::refuse_limited(actor)?;
    require_fresh(actor, now_ms)?;
    check(&wanted)?;
    let unit = match &wanted.unit {
        Some(id) => org::reached(core, actor, id)
            .await?
            .ok_or_else(|| Error::not_found("organisational unit"))?,
        None => top.clone(),
    };
    let named = wanted.certificates.is_some();
    let certificates = match wanted.certificates {
        Some(certificates) => certificates,
        None => all(core).await?,
    };
    let mut report = Report::default();
    for chunk in certificates.chunks(AT_ONCE) {
        let work = Work {
            certificates: chunk.iter().map(|c| c.to_ascii_lowercase()).collect(),
            named,
            unit: unit.id.to_string(),
            root: top.id.to_string(),
            ownership: wanted.ownership.clone(),
            platform: wanted.platform.clone(),
            authority: core.authorities().device_ca.certificate.clone(),
            authority_id: core.authorities().device_ca_id.clone(),
            keys: core.keys().clone(),
            actor: actor.clone(),
            now_ms,
        };
        let done = core
            .db()
            .write(work, |tx, work| Box::pin(async move { work.run(tx).await }))
            .await?;
        report.readopted += done.readopted;
        report.skipped.extend(done.skipped);
    }
    super::gauge(core).await?;
    Ok(report)
}

fn check(wanted: &Readoption) -> Result<(), Error> {
    if !["corporate", "personal"].contains(&wanted.ownership.as_str()) {
        let text = "Ownership is corporate or personal.";
        return Err(Error::invalid("ownership", "ownership", text));
    }
    if !PLATFORMS.contains(&wanted.platform.as_str()) {
        let text = format!("The platform is one of {}.", PLATFORMS.join(", "));
        return Err(Error::invalid("platform", "platform", text));
    }
    let count = wanted.certificates.as_ref().map_or(1, Vec::len);
    if count == 0 || count > MOST {
        let text = format!("Name 1 to {MOST} certificates, or all.");
        return Err(Error::invalid("certificates", "chunk_size", text));
    }
    Ok(())
}

async fn all(core: &Core) -> Result<Vec<String>, Error> {
    const ALL: &str = "SELECT sha256 FROM unknown_sender ORDER BY first_at, sha256";
    let rows = core
        .db()
        .read((), |tx, ()| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all(ALL, args![]).await?) })
        })
        .await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

struct Work {
    certificates: Vec<String>,
    named: bool,
    unit: String,
    root: String,
    ownership: String,
    platform: String,
    authority: Certificate,
    authority_id: String,
    keys: KeyStore,
    actor: Actor,
    now_ms: i64,
}

/// One that knocks.
struct Sender {
    certificate: Certificate,
    sha256: String,
    udid: Option<String>,
    enrollment_id: Option<String>,
    topic: Option<String>,
    last_at: i64,
}

impl Work {
    async fn run(&self, tx: &Tx) -> Result<Report, Error> {
        let mut report = Report::default();
        for sha256 in &self.certificates {
            match self.one(tx, sha256).await? {
                Ok(()) => report.readopted += 1,
                Err((code, detail)) => report.skipped.push(Skipped {
                    certificate_sha256: sha256.clone(),
                    code,
                    detail,
                }),
            }
        }
        Ok(report)
    }

    async fn one(&self, tx: &Tx, sha256: &str) -> Result<Result<(), Refusal>, Error> {
        const FIND: &str = "SELECT der, udid, apple_enrollment_id, contradicts, topic, \
            (SELECT count(*) FROM unknown_sender o WHERE o.sha256 <> s.sha256 AND (o.udid = s.udid \
            OR o.apple_enrollment_id = s.apple_enrollment_id)), last_at \
            FROM unknown_sender s WHERE s.sha256 = $1";
        const RECORD: &str = "SELECT id FROM certificate WHERE sha256 = $1 OR serial_number = $2 \
            UNION SELECT id FROM enrollment WHERE pin_sha256 = $1";
        // One that rests holds its device, too.
        const HELD: &str = "SELECT id FROM enrollment WHERE status IN ('active', 'inactive') \
            AND (udid = $1 OR apple_enrollment_id = $2) LIMIT 1";
        let Some(row) = tx.fetch_optional(FIND, args![sha256]).await? else {
            return Ok(Err(UNKNOWN));
        };
        let sender = match self.proven(sha256, &row)? {
            Ok(sender) => sender,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let record = args![sha256, sender.certificate.serial_hex()];
        if tx.fetch_optional(RECORD, record).await?.is_some() {
            return Ok(Err(KNOWN));
        }
        if row.i64(3)? != 0 {
            return Ok(Err(CONTRADICTS));
        }
        if !self.named && row.i64(5)? > 0 {
            return Ok(Err(RIVALS));
        }
        if sender.udid.is_none() && self.ownership != "personal" {
            return Ok(Err(USER_ENROLLMENT));
        }
        let (udid, enrollment_id) = (sender.udid.as_deref(), sender.enrollment_id.as_deref());
        let elsewhere = is_held_elsewhere_in(tx, &self.actor, None, udid).await?;
        let held = tx.fetch_optional(HELD, args![udid, enrollment_id]).await?;
        if elsewhere || (held.is_some() && !self.named) {
            return Ok(Err(MANAGED));
        }
        self.take_in(tx, &sender).await?;
        Ok(Ok(()))
    }

    /// The chain is verified again: the row alone proves nothing.
    fn proven(&self, sha256: &str, row: &Row) -> Result<Result<Sender, Refusal>, Error> {
        let der = row.blob(0)?;
        let Ok(certificate) = Certificate::from_der(&der) else {
            return Ok(Err(NOT_OURS));
        };
        let good = identity(&der).is_some()
            && hash::sha256_hex(&der) == sha256
            && certificate.verify_issued_by(&self.authority).is_ok()
            && certificate.not_after_ms() > self.now_ms;
        if !good {
            return Ok(Err(NOT_OURS));
        }
        Ok(Ok(Sender {
            certificate,
            sha256: sha256.to_owned(),
            udid: row.opt_text(1)?,
            enrollment_id: row.opt_text(2)?,
            topic: row.opt_text(4)?,
            last_at: row.i64(6)?,
        }))
    }

    async fn take_in(&self, tx: &Tx, sender: &Sender) -> Result<(), Error> {
        const KNOWN_AS: &str = "SELECT e.platform FROM enrollment e WHERE e.udid = $1 \
            AND e.device_id IS NOT NULL ORDER BY e.created_at DESC LIMIT 1";
        const TOPIC: &str = "SELECT topic FROM push_topic ORDER BY for_new DESC, \
            CASE WHEN topic = $1 THEN 0 ELSE 1 END, not_after DESC LIMIT 1";
        const KNOWN_TOPIC: &str = "SELECT topic FROM push_topic WHERE topic = $1";
        const ACTIVE: &str = "UPDATE enrollment SET status = 'active', device_id = $2, \
            enrolled_at = $3, expires_at = NULL WHERE id = $1 AND status = 'pending'";
        const FORGET: &str = "DELETE FROM unknown_sender WHERE sha256 = $1";
        // User Enrollment tells no UDID: its device is the one that last had the same enrollment id.
        const SAME: &str = "SELECT device_id FROM enrollment WHERE CAST($1 AS TEXT) IS NULL \
            AND apple_enrollment_id = $2 AND device_id IS NOT NULL ORDER BY created_at DESC LIMIT 1";
        const SEEN: &str = "UPDATE device_summary SET last_seen = $2 WHERE device_id = $1";
        let now = self.now_ms;
        let known = tx.fetch_optional(KNOWN_AS, args![sender.udid.as_deref()]);
        let platform = known.await?.map(|row| row.text(0)).transpose()?;
        let own = tx.fetch_optional(KNOWN_TOPIC, args![sender.topic.as_deref()]);
        let topic = match own.await? {
            Some(row) => Some(row),
            None => {
                tx.fetch_optional(TOPIC, args![sender.topic.as_deref()])
                    .await?
            }
        };
        let topic = topic.ok_or_else(|| {
            let text = "There is no push certificate: without one no device is managed.";
            Error::conflict("push_certificate_missing", text)
        })?;
        let begun = Begun {
            unit: &self.unit,
            platform: platform.as_deref().unwrap_or(&self.platform),
            claims: &json!({}),
            enrollment_type: match sender.udid {
                Some(_) => "profile",
                None => "account_driven_user",
            },
            ownership: &self.ownership,
            udid: sender.udid.as_deref(),
            enrollment_id: sender.enrollment_id.as_deref(),
            topic: &topic.text(0)?,
            access_rights: Some(8_191),
            profile_identifier: &profile_identifier(&self.root),
            server_capabilities: None,
            pin_sha256: Some(&sender.sha256),
        };
        let id = begin_in(tx, &begun, now).await?;
        let same = tx.fetch_optional(
            SAME,
            args![sender.udid.as_deref(), sender.enrollment_id.as_deref()],
        );
        let device = match same.await? {
            Some(row) => DeviceId::from_store(row.text(0)?),
            None => devices::summary::device_for_enrollment_in(tx, id.as_str(), now).await?,
        };
        let arrival = Arrival {
            began_at: now,
            // Nothing is known of it, so that nothing is said of a reset.
            push_token: None,
            in_setup: false,
        };
        let replaced = enrollments::supersede_active_in(tx, &device, &arrival, now).await?;
        tx.execute(ACTIVE, args![&id, &device, now]).await?;
        devices::summary::enrolled_in(tx, &device, id.as_str(), now).await?;
        tx.execute(SEEN, args![&device, sender.last_at]).await?;
        self.record(tx, sender, &id).await?;
        channel_in(tx, &id, device.as_str(), begun.topic, now).await?;
        tx.execute(FORGET, args![sender.sha256.as_str()]).await?;
        inventory::first_in(tx, &self.keys, &device, now).await?;
        reconcile::request_in(tx, vec![device.to_string()], now).await?;
        let event = NewEvent::done("enrollment.readopt", "device", device.as_str(), &self.unit)
            .with(json!({
                "enrollment_id": id,
                "certificate_sha256": sender.sha256,
                "ownership": self.ownership,
                "named": self.named,
                "replaced_enrollment_id": replaced.as_ref().map(|old| &old.id),
            }));
        events::record(tx, &self.actor, now, event).await?;
        Ok(())
    }

    /// The issuance record that the restore had lost.
    async fn record(&self, tx: &Tx, sender: &Sender, id: &EnrollmentId) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO certificate (sha256, id, serial_number, authority_id, der, \
            purpose, enrollment_id, key_sha256, not_before, not_after, created_at, method, renew_at, \
            warn_at) VALUES ($1, $2, $3, $4, $5, 'enrollment', $6, $7, $8, $9, $10, 'scep', $11, $12)";
        let certificate = &sender.certificate;
        let (from, to) = (certificate.not_before_ms(), certificate.not_after_ms());
        let values = args![
            sender.sha256.as_str(),
            new_uuid(self.now_ms).to_string(),
            certificate.serial_hex(),
            self.authority_id.as_str(),
            certificate.der(),
            id,
            hash::hex(&certificate.public_key().spki_sha256()),
            from,
            to,
            self.now_ms,
            life::renew_at(from, to, &certificate.sha256()),
            life::next_warning(from, to, self.now_ms)
        ];
        tx.execute(INSERT, values).await?;
        Ok(())
    }
}

/// The device's channel without a push token, until the device sends one: it is served when it comes.
async fn channel_in(
    tx: &Tx,
    enrollment: &EnrollmentId,
    device: &str,
    topic: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO channel (id, enrollment_id, device_id, name, topic, contact, \
        created_at, token_updates) VALUES ($1, $2, $3, 'device', $4, 'unreachable', $5, 0)";
    let id = new_uuid(now_ms).to_string();
    tx.execute(INSERT, args![id, enrollment, device, topic, now_ms])
        .await?;
    devices::summary::set_contact_in(tx, device, "unreachable", now_ms).await
}
