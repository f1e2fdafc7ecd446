//! A push certificate comes in: checked, matched with its key, sealed, put to use; what waited goes out.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::certificate::{check, check_key};
use super::topic::{PushTopicView, topic};
use super::topic_change::{Known, Place, Wish, place};
use super::waiting;
use crate::actor::{Actor, ActorKind, Permission, authorize, may, require_fresh};
use crate::approvals::{Cause, Change, NewApproval, Preview, ask_in};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::guard::refuse_frozen_in;
use crate::ids::{ApprovalId, OrgUnitId, PushCertificateId, PushTopicId};
use crate::org;

/// What an administrator uploads.
#[derive(Default)]
pub struct PushUpload {
    /// PEM of the certificate from Apple's portal.
    pub certificate_pem: String,
    /// PEM of its key, not encrypted; `None` when the request was made here.
    pub key_pem: Option<Zeroizing<String>>,
    /// The vendor's account with which it is renewed.
    pub vendor_account: Option<String>,
    /// Who cares for it: a person or a contact.
    pub owner_contact: Option<String>,
    /// Which service it is for, where the password is kept.
    pub note: Option<String>,
    /// The certificate on record that it renews; where only one is on record, that one.
    pub renews: Option<PushTopicId>,
    /// It is a further topic beside those on record.
    pub further: bool,
    /// The topic may differ from the one on record, if nothing is enrolled on that.
    pub change_topic: bool,
    /// The unit of a new topic; the whole organisation when `None`.
    pub unit: Option<OrgUnitId>,
}

/// What came of an upload.
#[derive(Debug)]
pub enum PushUploaded {
    Recorded(Box<PushTopicView>),
    /// It replaces one on record: a second person has to agree (security §6).
    Waiting(ApprovalId),
}

/// A replacement as it waits; its key is sealed beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    certificate_pem: String,
    request_id: Option<String>,
    vendor_account: Option<String>,
    owner_contact: Option<String>,
    note: Option<String>,
    renews: Option<String>,
    further: bool,
    change_topic: bool,
    unit_id: String,
}

/// Records a push certificate, or asks for a second person when it replaces the one on record.
///
/// # Errors
/// Invalid, naming what is wrong with certificate or key; a conflict with the number of devices when the
/// topic differs from the one that devices depend on.
pub async fn upload_certificate(
    core: &Core,
    actor: &Actor,
    upload: PushUpload,
) -> Result<PushUploaded, Error> {
    may(actor, Permission::PushWrite)?;
    if actor.kind == ActorKind::Token {
        return Err(Error::forbidden(
            "person_needed",
            "A push certificate is uploaded by a person, not by a token.",
        ));
    }
    require_fresh(actor, core.now_ms())?;
    upload_checked(core, actor, upload).await
}

/// The same for a tool: the first certificate of this server, or another one of a topic on record, which waits
/// for a person. What asks for a choice of a person's it cannot do.
///
/// # Errors
/// As [`upload_certificate`].
pub async fn upload_by_tool(
    core: &Core,
    actor: &Actor,
    certificate_pem: String,
    key_pem: Zeroizing<String>,
) -> Result<PushUploaded, Error> {
    may(actor, Permission::PushWrite)?;
    let upload = PushUpload {
        certificate_pem,
        key_pem: Some(key_pem),
        ..PushUpload::default()
    };
    upload_checked(core, actor, upload).await
}

async fn upload_checked(
    core: &Core,
    actor: &Actor,
    upload: PushUpload,
) -> Result<PushUploaded, Error> {
    let now_ms = core.now_ms();
    let unit = match &upload.unit {
        Some(id) => org::unit(core, id).await?,
        None => org::root(core).await?,
    };
    authorize(actor, Permission::PushWrite, &unit.path)?;
    let checked = check(&upload.certificate_pem, now_ms)?;
    let given = upload
        .key_pem
        .as_deref()
        .filter(|pem| !pem.trim().is_empty());
    let (key, request_id) = if let Some(pem) = given {
        (check_key(&checked.certificate, pem)?.to_pkcs8_der(), None)
    } else {
        let spki = hash::hex(&checked.certificate.spki_sha256());
        let (id, key) = request_key(core, &spki).await?;
        (key, Some(id))
    };
    let row = Upload {
        topic_id: PushTopicId::new(now_ms),
        certificate_id: PushCertificateId::new(now_ms),
        unit: unit.id.to_string(),
        topic: checked.topic,
        certificate: checked.certificate.der().to_vec(),
        serial_number: checked.certificate.serial_hex(),
        not_before: checked.certificate.not_before_ms(),
        not_after: checked.certificate.not_after_ms(),
        key,
        request_id,
        keys: core.keys().clone(),
        certificate_pem: upload.certificate_pem,
        uploaded_by: actor.id.clone(),
        agreed: false,
        vendor_account: short(upload.vendor_account, 200),
        owner_contact: short(upload.owner_contact, 200),
        note: short(upload.note, 300),
        wish: Wish {
            renews: upload.renews,
            further: upload.further,
            change_topic: upload.change_topic,
        },
        actor: actor.clone(),
        now_ms,
    };
    let done = core
        .db()
        .write(row, |tx, row| Box::pin(async move { row.run(tx).await }))
        .await?;
    match done {
        Done::Waiting(id) => Ok(PushUploaded::Waiting(id)),
        Done::Recorded(id) => {
            core.wake_push();
            let view = topic(core, actor, &id).await?;
            Ok(PushUploaded::Recorded(Box::new(view)))
        }
    }
}

/// Makes a replacement that a second person agreed to.
pub(crate) async fn replace_in(
    tx: &Tx,
    core: &Core,
    actor: &Actor,
    replacement: &Replacement,
    (approval, asked_by): (&ApprovalId, &str),
    now_ms: i64,
) -> Result<(), Error> {
    const SEALED: &str = "SELECT change_sealed FROM approval WHERE id = $1";
    let row = tx.fetch_one(SEALED, args![approval]).await?;
    let gone = || Error::internal("The key of a replacement is gone.");
    let sealed = row.opt_blob(0)?.ok_or_else(gone)?;
    let cell = ("approval", "change_sealed");
    let key = core
        .keys()
        .open(&sealed, cell.0, cell.1, approval.as_str())?;
    let checked = check(&replacement.certificate_pem, now_ms)?;
    let row = Upload {
        topic_id: PushTopicId::new(now_ms),
        certificate_id: PushCertificateId::new(now_ms),
        unit: replacement.unit_id.clone(),
        topic: checked.topic,
        certificate: checked.certificate.der().to_vec(),
        serial_number: checked.certificate.serial_hex(),
        not_before: checked.certificate.not_before_ms(),
        not_after: checked.certificate.not_after_ms(),
        key,
        request_id: replacement.request_id.clone(),
        keys: core.keys().clone(),
        certificate_pem: replacement.certificate_pem.clone(),
        uploaded_by: asked_by.to_owned(),
        agreed: true,
        vendor_account: replacement.vendor_account.clone(),
        owner_contact: replacement.owner_contact.clone(),
        note: replacement.note.clone(),
        wish: Wish {
            renews: replacement.renews.clone().map(PushTopicId::from_store),
            further: replacement.further,
            change_topic: replacement.change_topic,
        },
        actor: actor.clone(),
        now_ms,
    };
    row.run(tx).await?;
    Ok(())
}

enum Done {
    Recorded(PushTopicId),
    Waiting(ApprovalId),
}

/// The words of a field; an empty one says nothing.
pub(super) fn short(text: Option<String>, most: usize) -> Option<String> {
    text.map(|t| t.trim().chars().take(most).collect::<String>())
        .filter(|t| !t.is_empty())
}

/// The key of the pending request that a certificate answers.
pub(super) async fn request_key(
    core: &Core,
    spki_sha256: &str,
) -> Result<(String, Zeroizing<Vec<u8>>), Error> {
    const FIND: &str = "SELECT id, key_sealed FROM push_csr WHERE spki_sha256 = $1";
    let Some(row) = core.db().query_optional(FIND, args![spki_sha256]).await? else {
        return Err(Error::invalid(
            "key",
            "push_request_missing",
            "No request made here belongs to this certificate. Upload the key of its request with it.",
        ));
    };
    let id = row.text(0)?;
    let key = core
        .keys()
        .open(&row.blob(1)?, "push_csr", "key_sealed", &id)?;
    Ok((id, key))
}

struct Upload {
    topic_id: PushTopicId,
    certificate_id: PushCertificateId,
    unit: String,
    topic: String,
    certificate: Vec<u8>,
    serial_number: String,
    not_before: i64,
    not_after: i64,
    key: Zeroizing<Vec<u8>>,
    request_id: Option<String>,
    keys: crate::keys::KeyStore,
    certificate_pem: String,
    uploaded_by: String,
    /// A second person agreed already.
    agreed: bool,
    vendor_account: Option<String>,
    owner_contact: Option<String>,
    note: Option<String>,
    wish: Wish,
    actor: Actor,
    now_ms: i64,
}

impl Upload {
    async fn run(&self, tx: &Tx) -> Result<Done, Error> {
        let place = place(&self.topic, &known_in(tx).await?, &self.wish)?;
        if let (Place::Renew(id) | Place::Retopic(id), false) = (&place, self.agreed) {
            return self.ask(tx, id).await.map(Done::Waiting);
        }
        let (id, action) = match place {
            Place::New => (self.insert(tx).await?, "push_certificate.upload"),
            Place::Renew(id) => (self.renew(tx, id).await?, "push_certificate.renew"),
            Place::Retopic(id) => (self.renew(tx, id).await?, "push_certificate.change_topic"),
        };
        self.remember(tx, &id).await?;
        if let Some(request) = &self.request_id {
            const USED: &str = "DELETE FROM push_csr WHERE id = $1";
            if tx.execute(USED, args![request.as_str()]).await? == 0 {
                return Err(Error::conflict(
                    "push_request_gone",
                    "The request of this certificate was deleted meanwhile, and its key with it.",
                ));
            }
        }
        let event = NewEvent::done(action, "push_topic", id.as_str(), &self.unit).with(json!({
            "topic": self.topic, "serial_number": self.serial_number, "not_after": self.not_after,
            "request_id": self.request_id,
        }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        waiting::push_waiting_in(tx, &self.topic, self.now_ms).await?;
        Ok(Done::Recorded(id))
    }

    /// Whoever holds another certificate of the topic holds the fleet: two decide.
    async fn ask(&self, tx: &Tx, id: &PushTopicId) -> Result<ApprovalId, Error> {
        const ON_RECORD: &str = "SELECT p.topic, u.id, u.path, p.serial_number FROM push_topic p \
            JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1";
        let row = tx.fetch_one(ON_RECORD, args![id]).await?;
        let (unit, path) = (row.text(1)?, row.text(2)?);
        authorize(&self.actor, Permission::PushWrite, &path)?;
        refuse_frozen_in(tx, &self.actor, std::iter::once(path.as_str())).await?;
        let replacement = Replacement {
            certificate_pem: self.certificate_pem.clone(),
            request_id: self.request_id.clone(),
            vendor_account: self.vendor_account.clone(),
            owner_contact: self.owner_contact.clone(),
            note: self.note.clone(),
            renews: self.wish.renews.as_ref().map(ToString::to_string),
            further: self.wish.further,
            change_topic: self.wish.change_topic,
            unit_id: self.unit.clone(),
        };
        let seal = |approval: &ApprovalId| {
            let cell = ("approval", "change_sealed");
            self.keys.seal(&self.key, cell.0, cell.1, approval.as_str())
        };
        let new = NewApproval {
            change: Change::PushCertificate {
                topic_id: id.to_string(),
                replacement: Box::new(replacement),
            },
            unit_id: &unit,
            permission: Permission::PushWrite,
            cause: Cause::Rule,
            preview: Preview {
                act: Some("push_certificate".to_owned()),
                facts: json!({
                    "topic": self.topic, "topic_on_record": row.text(0)?,
                    "serial_number": self.serial_number, "serial_on_record": row.text(3)?,
                    "not_after": self.not_after,
                }),
                ..Preview::default()
            },
            reason: self.note.as_deref(),
            expires_at: None,
            sealed: Some(&seal),
        };
        ask_in(tx, &self.actor, new, self.now_ms).await
    }

    async fn insert(&self, tx: &Tx) -> Result<PushTopicId, Error> {
        const INSERT: &str = "INSERT INTO push_topic (id, org_unit_id, topic, certificate, key_sealed, \
            serial_number, vendor_account, owner_contact, note, not_after, certificate_id, for_new, \
            created_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $12)";
        // New enrollments use the topic that came last.
        const OTHERS: &str = "UPDATE push_topic SET for_new = 0 WHERE org_unit_id = $1";
        let id = &self.topic_id;
        tx.execute(OTHERS, args![self.unit.as_str()]).await?;
        tx.execute(
            INSERT,
            args![
                id,
                self.unit.as_str(),
                self.topic.as_str(),
                self.certificate.as_slice(),
                self.sealed(id),
                self.serial_number.as_str(),
                self.vendor_account.as_deref(),
                self.owner_contact.as_deref(),
                self.note.as_deref(),
                self.not_after,
                &self.certificate_id,
                self.now_ms
            ],
        )
        .await?;
        Ok(id.clone())
    }

    async fn renew(&self, tx: &Tx, id: PushTopicId) -> Result<PushTopicId, Error> {
        const UNIT: &str = "SELECT u.path FROM push_topic p JOIN org_unit u ON u.id = p.org_unit_id \
            WHERE p.id = $1";
        const RENEW: &str = "UPDATE push_topic SET topic = $2, certificate = $3, key_sealed = $4, \
            serial_number = $5, vendor_account = COALESCE($6, vendor_account), \
            owner_contact = COALESCE($7, owner_contact), note = COALESCE($8, note), not_after = $9, \
            certificate_id = $10, stopped_reason = NULL, ladder_step = NULL, alarm_reason = NULL, \
            alarm_since = NULL, updated_at = $11 WHERE id = $1";
        let unit = tx.fetch_one(UNIT, args![&id]).await?;
        authorize(&self.actor, Permission::PushWrite, unit.str(0)?)?;
        tx.execute(
            RENEW,
            args![
                &id,
                self.topic.as_str(),
                self.certificate.as_slice(),
                self.sealed(&id),
                self.serial_number.as_str(),
                self.vendor_account.as_deref(),
                self.owner_contact.as_deref(),
                self.note.as_deref(),
                self.not_after,
                &self.certificate_id,
                self.now_ms
            ],
        )
        .await?;
        Ok(id)
    }

    fn sealed(&self, id: &PushTopicId) -> Vec<u8> {
        self.keys
            .seal(&self.key, "push_topic", "key_sealed", id.as_str())
    }

    async fn remember(&self, tx: &Tx, topic_id: &PushTopicId) -> Result<(), Error> {
        const REPLACED: &str = "UPDATE push_certificate SET replaced_at = $2 \
            WHERE topic_id = $1 AND replaced_at IS NULL";
        const INSERT: &str = "INSERT INTO push_certificate (id, topic_id, topic, serial_number, \
            certificate, not_before, not_after, vendor_account, key_origin, uploaded_by, uploaded_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let origin = match self.request_id {
            Some(_) => "request",
            None => "pair",
        };
        tx.execute(REPLACED, args![topic_id, self.now_ms]).await?;
        tx.execute(
            INSERT,
            args![
                &self.certificate_id,
                topic_id,
                self.topic.as_str(),
                self.serial_number.as_str(),
                self.certificate.as_slice(),
                self.not_before,
                self.not_after,
                self.vendor_account.as_deref(),
                origin,
                self.uploaded_by.as_str(),
                self.now_ms
            ],
        )
        .await?;
        Ok(())
    }
}

async fn known_in(tx: &Tx) -> Result<Vec<Known>, Error> {
    const LIST: &str = "SELECT p.id, p.topic, (SELECT count(*) FROM enrollment e \
        WHERE e.topic = p.topic AND e.status IN ('active', 'pending')) FROM push_topic p \
        ORDER BY p.created_at, p.id";
    tx.fetch_all(LIST, args![])
        .await?
        .iter()
        .map(|row| {
            Ok(Known {
                id: PushTopicId::from_store(row.text(0)?),
                topic: row.text(1)?,
                enrollments: row.i64(2)?,
            })
        })
        .collect()
}
