//! Taking a device in again: it goes on with the certificate that it has, without anybody touching it.

use std::sync::Arc;

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::check::{AT_ONCE, Asked, Checks, FAILED, NO_PUSH, Sender, authorized, push_missing};
use crate::actor::{Actor, require_fresh};
use crate::certificates::life;
use crate::core::Core;
use crate::devices;
use crate::enrollments::{self, Arrival};
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{DeviceId, EnrollmentId, OrgUnitId, new_uuid};
use crate::inventory;
use crate::keys::KeyStore;
use crate::moving::{Begun, begin_in};
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
    /// When the administrator looked: whoever knocked first after that is not among all, and no enrollment ends that
    /// began later.
    pub seen_at: Option<i64>,
}

/// What became of it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    pub readopted: usize,
    pub taken: Vec<Taken>,
    pub skipped: Vec<Skipped>,
}

/// One that was taken in.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Taken {
    pub certificate_sha256: String,
    pub device_id: DeviceId,
    /// An enrollment that it had with an older certificate has ended.
    pub replaced: bool,
}

/// One that was not taken in.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Skipped {
    pub certificate_sha256: String,
    pub code: &'static str,
    pub detail: &'static str,
}

/// Takes devices in again. Where some are named an enrollment that they have with an older certificate ends, as
/// with any new enrollment; "all" takes only those that are not enrolled.
///
/// # Errors
/// Without the permission for the whole organisation, for words that cannot be used, or without a push certificate.
/// What fails for one of them is told of that one alone.
pub async fn readopt(core: &Core, actor: &Actor, wanted: Readoption) -> Result<Report, Error> {
    let top = authorized(core, actor).await?;
    require_fresh(actor, core.now_ms())?;
    let asked = Asked::of(core, actor, &top, &wanted).await?;
    if push_missing(core).await? {
        return Err(Error::conflict(NO_PUSH.0, NO_PUSH.1));
    }
    let work = |certificates: &[String]| Work {
        certificates: certificates.to_vec(),
        checks: Arc::clone(&asked.checks),
        unit: asked.unit.id.to_string(),
        root: top.id.to_string(),
        platform: wanted.platform.clone(),
        authority_id: core.authorities().device_ca_id.clone(),
        keys: core.keys().clone(),
    };
    let mut report = Report::default();
    for chunk in asked.certificates.chunks(AT_ONCE) {
        match written(core, work(chunk)).await {
            Ok(done) => report.add(done),
            // Nothing was done yet, and trying each would not make it better.
            Err(error) if error.kind == Kind::Overloaded && report.is_empty() => return Err(error),
            // One of them was enough to undo all: each is tried by itself.
            Err(_) => {
                for sha256 in chunk {
                    let one = written(core, work(std::slice::from_ref(sha256))).await;
                    report.add(one.unwrap_or_else(|error| Report::failed(sha256, &error)));
                }
            }
        }
    }
    // What was done is told, whatever the metrics say.
    if let Err(error) = super::gauge(core).await {
        tracing::warn!(%error, "the number of unknown devices was not counted");
    }
    Ok(report)
}

async fn written(core: &Core, work: Work) -> Result<Report, Error> {
    core.db()
        .write(work, |tx, work| Box::pin(async move { work.run(tx).await }))
        .await
}

impl Report {
    fn add(&mut self, done: Self) {
        self.readopted += done.readopted;
        self.taken.extend(done.taken);
        self.skipped.extend(done.skipped);
    }

    fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.skipped.is_empty()
    }

    /// Of one whose transaction was undone.
    fn failed(sha256: &str, error: &Error) -> Self {
        tracing::error!(
            certificate.sha256 = sha256,
            error = %error,
            source = ?error.source,
            "a device was not taken in again"
        );
        let (code, detail) = if error.code == NO_PUSH.0 {
            NO_PUSH
        } else {
            FAILED
        };
        Self {
            skipped: vec![Skipped {
                certificate_sha256: sha256.to_owned(),
                code,
                detail,
            }],
            ..Self::default()
        }
    }
}

struct Work {
    certificates: Vec<String>,
    checks: Arc<Checks>,
    unit: String,
    root: String,
    platform: String,
    authority_id: String,
    keys: KeyStore,
}

impl Work {
    async fn run(&self, tx: &Tx) -> Result<Report, Error> {
        let mut report = Report::default();
        for sha256 in &self.certificates {
            match self.checks.one(tx, sha256).await? {
                Ok(sender) => {
                    report.readopted += 1;
                    report.taken.push(self.take_in(tx, &sender).await?);
                }
                Err((code, detail)) => report.skipped.push(Skipped {
                    certificate_sha256: sha256.clone(),
                    code,
                    detail,
                }),
            }
        }
        Ok(report)
    }

    async fn take_in(&self, tx: &Tx, sender: &Sender) -> Result<Taken, Error> {
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
        let now = self.checks.now_ms;
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
        let topic = topic.ok_or_else(|| Error::conflict(NO_PUSH.0, NO_PUSH.1))?;
        let begun = Begun {
            unit: &self.unit,
            platform: platform.as_deref().unwrap_or(&self.platform),
            claims: &json!({}),
            enrollment_type: match sender.udid {
                Some(_) => "profile",
                None => "account_driven_user",
            },
            ownership: &self.checks.ownership,
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
                "ownership": self.checks.ownership,
                "named": self.checks.named.is_some(),
                "replaced_enrollment_id": replaced.as_ref().map(|old| &old.id),
            }));
        events::record(tx, &self.checks.actor, now, event).await?;
        Ok(Taken {
            certificate_sha256: sender.sha256.clone(),
            device_id: device,
            replaced: replaced.is_some(),
        })
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
            new_uuid(self.checks.now_ms).to_string(),
            certificate.serial_hex(),
            self.authority_id.as_str(),
            certificate.der(),
            id,
            hash::hex(&certificate.public_key().spki_sha256()),
            from,
            to,
            self.checks.now_ms,
            life::renew_at(from, to, &certificate.sha256()),
            life::next_warning(from, to, self.checks.now_ms)
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
