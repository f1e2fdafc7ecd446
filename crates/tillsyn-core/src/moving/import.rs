//! Taking in lines: a chunk is one transaction, whole or not at all.

use serde_json::json;
use tillsyn_db::{DbError, Tx, args};
use tillsyn_pki::hash;

use super::line::{MovedEnrollment, MovedUser, Refusal};
use super::store::{
    Begun, ChannelKeys, HELD, activate_in, begin_in, channel_in, is_held_elsewhere_in,
    is_managed_in, topic_is_known_in,
};
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::escrow::{self, Kind, NewSecret};
use crate::events::{self, NewEvent};
use crate::inventory;
use crate::keys::KeyStore;
use crate::org;

/// Lines of one chunk.
pub const MAX_LINES: usize = 200;

/// What became of a chunk.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ImportReport {
    /// Enrollments that are here now.
    pub imported: usize,
    /// Those that were here before with the same certificate.
    pub unchanged: usize,
    /// Lines that cannot come in; with one of them nothing of the chunk came in.
    pub refused: Vec<RefusedLine>,
}

/// One line that cannot come in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RefusedLine {
    /// Its place in the chunk, from 1.
    pub line: usize,
    pub code: &'static str,
    pub detail: &'static str,
}

/// Why the transaction is rolled back.
enum Stop {
    Refused(Vec<RefusedLine>),
    Fault(Error),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// Takes in a chunk of enrollments, each pinned to its certificate.
///
/// # Errors
/// Without the permission, for a chunk that is empty or too long, or when the store fails. Refused lines
/// are no error: the report names them.
pub async fn import(
    core: &Core,
    actor: &Actor,
    lines: Vec<MovedEnrollment>,
) -> Result<ImportReport, Error> {
    may(actor, Permission::EnrollmentsMove)?;
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(Error::invalid(
            "enrollments",
            "chunk_size",
            format!("A chunk has 1 to {MAX_LINES} enrollments."),
        ));
    }
    let refused: Vec<RefusedLine> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some(refused(at, line.check().err()?)))
        .collect();
    if !refused.is_empty() {
        return Ok(ImportReport {
            refused,
            ..ImportReport::default()
        });
    }
    let unit = org::of_path(core, &actor.unit_path).await?;
    let chunk = Chunk {
        keys: core.keys().clone(),
        actor: actor.clone(),
        unit: unit.id.to_string(),
        lines,
        now_ms: core.now_ms(),
    };
    let done = core
        .db()
        .write(chunk, |tx, chunk| {
            Box::pin(async move { chunk.run(tx).await })
        })
        .await;
    match done {
        Ok(report) => {
            core.wake_push();
            Ok(report)
        }
        Err(Stop::Refused(refused)) => Ok(ImportReport {
            refused,
            ..ImportReport::default()
        }),
        Err(Stop::Fault(error)) => Err(error),
    }
}

fn refused(at: usize, (code, detail): Refusal) -> RefusedLine {
    RefusedLine {
        line: at + 1,
        code,
        detail,
    }
}

struct Chunk {
    keys: KeyStore,
    actor: Actor,
    unit: String,
    lines: Vec<MovedEnrollment>,
    now_ms: i64,
}

enum Taken {
    Imported(String),
    Unchanged,
    Refused(Refusal),
}

impl Chunk {
    async fn run(&self, tx: &Tx) -> Result<ImportReport, Stop> {
        let mut report = ImportReport::default();
        let mut imported = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            match self.take(tx, line).await? {
                Taken::Imported(id) => imported.push(id),
                Taken::Unchanged => report.unchanged += 1,
                Taken::Refused(refusal) => report.refused.push(refused(at, refusal)),
            }
        }
        if !report.refused.is_empty() {
            return Err(Stop::Refused(report.refused));
        }
        report.imported = imported.len();
        if report.imported > 0 {
            // A bulk act is one event with a digest of what it touched (S70).
            let digest = hash::sha256_hex(imported.join(" ").as_bytes());
            let object = digest.as_str();
            let event = NewEvent::done("enrollments.import", "chunk", object, &self.unit)
                .with(json!({ "enrollments": report.imported, "digest": digest }));
            events::record(tx, &self.actor, self.now_ms, event).await?;
        }
        Ok(report)
    }

    async fn take(&self, tx: &Tx, line: &MovedEnrollment) -> Result<Taken, Error> {
        const PINNED: &str =
            "SELECT status, udid, apple_enrollment_id FROM enrollment WHERE pin_sha256 = $1";
        const ISSUED: &str = "SELECT id FROM certificate WHERE sha256 = $1";
        let pin = line.pin();
        if let Some(row) = tx.fetch_optional(PINNED, args![pin.as_str()]).await? {
            let same = row.text(0)? == "active"
                && row.opt_text(1)? == line.udid
                && row.opt_text(2)? == line.enrollment_id;
            return Ok(if same {
                Taken::Unchanged
            } else {
                Taken::Refused((
                    "certificate_known",
                    "This certificate belongs to another enrollment.",
                ))
            });
        }
        if tx
            .fetch_optional(ISSUED, args![pin.as_str()])
            .await?
            .is_some()
        {
            return Ok(Taken::Refused((
                "certificate_known",
                "This certificate was issued here; its enrollment is not one to move in.",
            )));
        }
        if !topic_is_known_in(tx, &line.topic).await? {
            return Ok(Taken::Refused((
                "topic_unknown",
                "There is no push certificate with this topic; upload it first.",
            )));
        }
        // As the record of the device is looked up: a blank around it must not hide whose it is.
        let serial = line.serial_number.as_deref().map(str::trim);
        let (serial, udid) = (serial.filter(|s| !s.is_empty()), line.udid.as_deref());
        if is_managed_in(tx, serial, udid, line.enrollment_id.as_deref()).await?
            || is_held_elsewhere_in(tx, &self.actor, serial, udid).await?
        {
            return Ok(Taken::Refused(HELD));
        }
        let id = self.insert(tx, line, &pin).await?;
        Ok(Taken::Imported(id))
    }

    async fn insert(&self, tx: &Tx, line: &MovedEnrollment, pin: &str) -> Result<String, Error> {
        let now = self.now_ms;
        let begun = Begun {
            unit: &self.unit,
            platform: &line.platform,
            claims: &line.claims(),
            enrollment_type: &line.enrollment_type,
            ownership: &line.ownership,
            udid: line.udid.as_deref(),
            enrollment_id: line.enrollment_id.as_deref(),
            topic: &line.topic,
            access_rights: line.access_rights,
            profile_identifier: line.profile_identifier.as_deref().unwrap_or_default(),
            server_capabilities: line
                .server_capabilities
                .as_ref()
                .map(|list| json!(list).to_string()),
            pin_sha256: Some(pin),
        };
        let id = begin_in(tx, &begun, now).await?;
        let device = activate_in(tx, id.as_str(), now).await?;
        let of_device = MovedUser {
            user_id: String::new(),
            user_short_name: None,
            user_long_name: None,
            token: line.token.clone(),
            push_magic: line.push_magic.clone(),
        };
        let channels = std::iter::once((Some("device".to_owned()), &of_device))
            .chain(line.users.iter().map(|user| (user.channel_name(), user)));
        for (name, user) in channels {
            let name = name.unwrap_or_default();
            let keys = ChannelKeys {
                enrollment_id: id.as_str(),
                device_id: device.as_str(),
                name: &name,
                topic: &line.topic,
                token: user.token.expose(),
                push_magic: &user.push_magic,
                user_id: Some(user.user_id.as_str()).filter(|id| !id.is_empty()),
                user_short_name: user.user_short_name.as_deref(),
                user_long_name: user.user_long_name.as_deref(),
            };
            channel_in(tx, &keys, now).await?;
        }
        for (kind, secret) in [
            (Kind::UnlockToken, &line.unlock_token),
            (Kind::BootstrapToken, &line.bootstrap_token),
        ] {
            let allowed = line.ownership != "personal" || kind.allowed_on_personal();
            if let Some(secret) = secret.as_ref().filter(|_| allowed) {
                let new = NewSecret {
                    device_id: device.as_str(),
                    enrollment_id: Some(id.as_str()),
                    kind,
                    label: None,
                    secret: secret.expose(),
                    source: "import",
                };
                escrow::put_in(tx, &self.keys, new, now).await?;
            }
        }
        inventory::first_in(tx, &self.keys, &device, now).await?;
        Ok(id.to_string())
    }
}
