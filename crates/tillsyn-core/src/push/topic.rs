//! Push certificates: read, checked, sealed; the topic comes from the certificate and may not change
//! under enrolled devices (core sheet §8, B9).

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::KeyPair;
use zeroize::Zeroizing;

use crate::actor::{Actor, ActorKind, Permission, authorize, may, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::PushTopicId;
use crate::org;

/// What an administrator uploads.
pub struct PushUpload {
    /// PEM of the certificate from Apple's portal.
    pub certificate_pem: String,
    /// PEM of its key, not encrypted.
    pub key_pem: Zeroizing<String>,
    /// The vendor's account with which it is renewed.
    pub vendor_account: Option<String>,
    pub note: Option<String>,
}

/// A push certificate on record; its key never appears.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PushTopicView {
    pub id: PushTopicId,
    pub topic: String,
    pub serial_number: String,
    pub subject: String,
    pub vendor_account: Option<String>,
    pub note: Option<String>,
    pub not_after: i64,
    pub days_left: i64,
    /// `valid`, `expiring` (30 days or less) or `expired`.
    pub status: &'static str,
    /// Why APNs refuses it, when it does.
    pub stopped_reason: Option<String>,
    /// Active enrollments that depend on this topic.
    pub devices: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

struct Checked {
    certificate: Certificate,
    key: KeyPair,
    topic: String,
}

fn check(upload: &PushUpload, now_ms: i64) -> Result<Checked, Error> {
    let refuse = |field, code, detail: &str| Error::invalid(field, code, detail);
    let certificate = Certificate::from_pem(&upload.certificate_pem).map_err(|_| {
        refuse(
            "certificate",
            "push_certificate_pem",
            "This is not a certificate in PEM form (-----BEGIN CERTIFICATE-----).",
        )
    })?;
    let key = KeyPair::from_pem(&upload.key_pem).map_err(|_| {
        refuse(
            "key", "push_key_pem",
            "This is not a private key in PEM form without a passphrase (-----BEGIN PRIVATE KEY-----).",
        )
    })?;
    if key.public_key().spki_sha256() != certificate.spki_sha256() {
        return Err(refuse(
            "key",
            "push_key_mismatch",
            "This key does not belong to this certificate.",
        ));
    }
    let topic = certificate
        .subject_uid()
        .filter(|uid| {
            uid.strip_prefix("com.apple.mgmt.")
                .is_some_and(|rest| !rest.is_empty())
        })
        .ok_or_else(|| {
            refuse(
                "certificate",
                "push_topic_missing",
                "This is no push certificate for device management: its subject has no topic \
                 (UID=com.apple.mgmt.…).",
            )
        })?;
    if !certificate.has_eku_client_auth() {
        return Err(refuse(
            "certificate",
            "push_certificate_use",
            "This certificate may not be used to sign in to APNs.",
        ));
    }
    if certificate.not_after_ms() <= now_ms {
        return Err(refuse(
            "certificate",
            "push_certificate_expired",
            "This certificate has expired.",
        ));
    }
    Ok(Checked {
        certificate,
        key,
        topic,
    })
}

/// Records a push certificate, or renews the one on record.
///
/// # Errors
/// A conflict with the number of devices when the topic differs from the one that devices depend on;
/// forbidden when a second person would have to approve the replacement.
pub async fn upload_certificate(
    core: &Core,
    actor: &Actor,
    upload: PushUpload,
) -> Result<PushTopicView, Error> {
    may(actor, Permission::PushWrite)?;
    let now_ms = core.now_ms();
    if actor.kind == ActorKind::Token {
        return Err(Error::forbidden(
            "person_needed",
            "A push certificate is uploaded by a person, not by a token.",
        ));
    }
    require_fresh(actor, now_ms)?;
    let root = org::root(core).await?;
    authorize(actor, Permission::PushWrite, &root.path)?;
    let checked = check(&upload, now_ms)?;
    let id = PushTopicId::new(now_ms);
    let note = |text: Option<String>| text.map(|t| t.trim().chars().take(300).collect::<String>());
    let row = Upload {
        id,
        unit: root.id.to_string(),
        topic: checked.topic.clone(),
        certificate: checked.certificate.der().to_vec(),
        serial_number: checked.certificate.serial_hex(),
        not_after: checked.certificate.not_after_ms(),
        key: checked.key.to_pkcs8_der(),
        keys: core.keys().clone(),
        vendor_account: note(upload.vendor_account),
        note: note(upload.note),
        actor: actor.clone(),
        now_ms,
    };
    core.db()
        .write(row, |tx, row| Box::pin(async move { row.run(tx).await }))
        .await?;
    core.wake_push();
    let topics = list_topics(core, actor).await?;
    topics
        .into_iter()
        .find(|t| t.topic == checked.topic)
        .ok_or_else(|| Error::internal("The uploaded certificate is not on record."))
}

struct Upload {
    id: PushTopicId,
    unit: String,
    topic: String,
    certificate: Vec<u8>,
    serial_number: String,
    not_after: i64,
    key: Zeroizing<Vec<u8>>,
    keys: crate::keys::KeyStore,
    vendor_account: Option<String>,
    note: Option<String>,
    actor: Actor,
    now_ms: i64,
}

impl Upload {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const SAME: &str = "SELECT id, not_after FROM push_topic WHERE topic = $1";
        const OTHERS: &str = "SELECT p.topic, (SELECT count(*) FROM enrollment e \
            WHERE e.topic = p.topic AND e.status = 'active') FROM push_topic p WHERE p.topic <> $1";
        const CLEAR: &str = "DELETE FROM push_topic WHERE topic <> $1";
        const INSERT: &str = "INSERT INTO push_topic (id, org_unit_id, topic, certificate, key_sealed, \
            serial_number, vendor_account, note, not_after, created_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
        const RENEW: &str = "UPDATE push_topic SET certificate = $2, key_sealed = $3, \
            serial_number = $4, vendor_account = COALESCE($5, vendor_account), \
            note = COALESCE($6, note), not_after = $7, stopped_reason = NULL, updated_at = $8 \
            WHERE id = $1";
        let existing = tx.fetch_optional(SAME, args![self.topic.as_str()]).await?;
        if existing.is_none() {
            // Another topic is refused while devices depend on the one on record.
            for row in tx.fetch_all(OTHERS, args![self.topic.as_str()]).await? {
                let devices = row.i64(1)?;
                if devices > 0 {
                    return Err(Error::conflict(
                        "topic_change",
                        format!(
                            "This certificate has a different topic: {devices} devices would have to \
                             enroll again. Renew the certificate on record (press Renew, not Create, \
                             with the same account at Apple)."
                        ),
                    )
                    .with_data(json!({ "devices": devices, "topic_on_record": row.text(0)? })));
                }
            }
            tx.execute(CLEAR, args![self.topic.as_str()]).await?;
        }
        let id = match &existing {
            Some(row) => row.text(0)?,
            None => self.id.to_string(),
        };
        let sealed = self.keys.seal(&self.key, "push_topic", "key_sealed", &id);
        let action = if existing.is_some() {
            tx.execute(
                RENEW,
                args![
                    id.as_str(),
                    self.certificate.as_slice(),
                    sealed,
                    self.serial_number.as_str(),
                    self.vendor_account.as_deref(),
                    self.note.as_deref(),
                    self.not_after,
                    self.now_ms
                ],
            )
            .await?;
            "push_certificate.renew"
        } else {
            tx.execute(
                INSERT,
                args![
                    id.as_str(),
                    self.unit.as_str(),
                    self.topic.as_str(),
                    self.certificate.as_slice(),
                    sealed,
                    self.serial_number.as_str(),
                    self.vendor_account.as_deref(),
                    self.note.as_deref(),
                    self.not_after,
                    self.now_ms
                ],
            )
            .await?;
            "push_certificate.upload"
        };
        let event = NewEvent::done(action, "push_topic", &id, &self.unit).with(json!({
            "topic": self.topic, "serial_number": self.serial_number, "not_after": self.not_after,
        }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// The push certificates on record.
pub async fn list_topics(core: &Core, actor: &Actor) -> Result<Vec<PushTopicView>, Error> {
    const LIST: &str = "SELECT p.id, p.topic, p.serial_number, p.certificate, p.vendor_account, \
        p.note, p.not_after, p.stopped_reason, p.created_at, p.updated_at, \
        (SELECT count(*) FROM enrollment e WHERE e.topic = p.topic AND e.status = 'active') \
        FROM push_topic p ORDER BY p.created_at";
    may(actor, Permission::PushRead)?;
    let now_ms = core.now_ms();
    core.db()
        .query_all(LIST, args![])
        .await?
        .iter()
        .map(|row| {
            let not_after = row.i64(6)?;
            let days_left = (not_after - now_ms).div_euclid(DAY_MS);
            Ok(PushTopicView {
                id: PushTopicId::from_store(row.text(0)?),
                topic: row.text(1)?,
                serial_number: row.text(2)?,
                subject: Certificate::from_der(&row.blob(3)?)?.subject_text(),
                vendor_account: row.opt_text(4)?,
                note: row.opt_text(5)?,
                not_after,
                days_left,
                status: match days_left {
                    ..0 => "expired",
                    0..=30 => "expiring",
                    _ => "valid",
                },
                stopped_reason: row.opt_text(7)?,
                devices: row.i64(10)?,
                created_at: row.i64(8)?,
                updated_at: row.i64(9)?,
            })
        })
        .collect()
}

/// Removes a push certificate that no active enrollment depends on.
pub async fn remove_topic(core: &Core, actor: &Actor, id: &PushTopicId) -> Result<(), Error> {
    const FIND: &str = "SELECT p.topic, p.org_unit_id, (SELECT count(*) FROM enrollment e \
        WHERE e.topic = p.topic AND e.status IN ('active', 'pending')) FROM push_topic p WHERE p.id = $1";
    const DELETE: &str = "DELETE FROM push_topic WHERE id = $1";
    let now_ms = core.now_ms();
    let root = org::root(core).await?;
    authorize(actor, Permission::PushWrite, &root.path)?;
    require_fresh(actor, now_ms)?;
    core.db()
        .write(
            (id.clone(), actor.clone(), now_ms),
            |tx, (id, actor, now)| {
                Box::pin(async move {
                    let row = tx
                        .fetch_optional(FIND, args![id])
                        .await?
                        .ok_or_else(|| Error::not_found("push certificate"))?;
                    let devices = row.i64(2)?;
                    if devices > 0 {
                        return Err(Error::conflict(
                            "topic_in_use",
                            format!("{devices} devices depend on this push certificate."),
                        )
                        .with_data(json!({ "devices": devices })));
                    }
                    tx.execute(DELETE, args![id]).await?;
                    let unit = row.text(1)?;
                    let event =
                        NewEvent::done("push_certificate.remove", "push_topic", id.as_str(), &unit)
                            .with(json!({ "topic": row.text(0)? }));
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}

/// The topic that new devices enroll with; `None` while there is no certificate that is valid now.
pub async fn topic_for_enrollment(core: &Core) -> Result<Option<String>, Error> {
    const FIND: &str =
        "SELECT topic FROM push_topic WHERE not_after > $1 ORDER BY created_at LIMIT 1";
    let row = core.db().query_optional(FIND, args![core.now_ms()]).await?;
    Ok(row.map(|row| row.text(0)).transpose()?)
}
