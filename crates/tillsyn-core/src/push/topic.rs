//! Topics on record: what is shown of them, and what may be changed without a new certificate.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::cert::Certificate;

use super::ladder;
use super::upload::short;
use super::waiting;
use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{OrgUnitId, PushCertificateId, PushTopicId};

/// A push certificate on record; its key never appears.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PushTopicView {
    pub id: PushTopicId,
    pub unit_id: OrgUnitId,
    pub unit: String,
    pub topic: String,
    pub serial_number: String,
    pub subject: String,
    pub vendor_account: Option<String>,
    /// Who cares for it.
    pub owner_contact: Option<String>,
    pub note: Option<String>,
    /// `production` or `test`.
    pub purpose: Option<String>,
    /// New enrollments of its unit use it.
    pub for_new: bool,
    pub not_before: i64,
    pub not_after: i64,
    pub days_left: i64,
    /// `valid`, `renewing` (a request for its successor is open), `expiring` (60 days or less) or
    /// `expired`.
    pub status: &'static str,
    /// Why APNs refuses it, when it does.
    pub stopped_reason: Option<String>,
    /// Why APNs refuses many pushes though it takes the certificate, and since when.
    pub alarm_reason: Option<String>,
    pub alarm_since: Option<i64>,
    /// Active enrollments that depend on this topic.
    pub devices: i64,
    /// Pushes that wait to be sent.
    pub pushes_waiting: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

const COLUMNS: &str = "SELECT p.id, p.org_unit_id, u.name, u.path, p.topic, p.serial_number, \
    p.certificate, p.vendor_account, p.owner_contact, p.note, p.purpose, p.for_new, p.not_after, \
    p.stopped_reason, p.alarm_reason, p.alarm_since, p.created_at, p.updated_at, \
    (SELECT count(*) FROM enrollment e WHERE e.topic = p.topic AND e.status = 'active'), \
    (SELECT count(*) FROM push_csr q WHERE q.topic_id = p.id), \
    (SELECT count(*) FROM push_request r JOIN channel ch ON ch.id = r.channel_id WHERE ch.topic = p.topic) \
    FROM push_topic p JOIN org_unit u ON u.id = p.org_unit_id ORDER BY p.created_at, p.id";

/// The push certificates on record that concern the actor: those of the units above apply below.
pub async fn list_topics(core: &Core, actor: &Actor) -> Result<Vec<PushTopicView>, Error> {
    may(actor, Permission::PushRead)?;
    let now_ms = core.now_ms();
    let mut found = Vec::new();
    for row in core.db().query_all(COLUMNS, args![]).await? {
        let path = row.str(3)?;
        if actor.reaches(path) || actor.unit_path.starts_with(path) {
            found.push(view(&row, now_ms)?);
        }
    }
    Ok(found)
}

/// One of them.
pub async fn topic(core: &Core, actor: &Actor, id: &PushTopicId) -> Result<PushTopicView, Error> {
    list_topics(core, actor)
        .await?
        .into_iter()
        .find(|topic| topic.id == *id)
        .ok_or_else(|| Error::not_found("push certificate"))
}

fn view(row: &Row, now_ms: i64) -> Result<PushTopicView, Error> {
    let not_after = row.i64(12)?;
    let certificate = Certificate::from_der(&row.blob(6)?)?;
    Ok(PushTopicView {
        id: PushTopicId::from_store(row.text(0)?),
        unit_id: OrgUnitId::from_store(row.text(1)?),
        unit: row.text(2)?,
        topic: row.text(4)?,
        serial_number: row.text(5)?,
        subject: certificate.subject_text(),
        vendor_account: row.opt_text(7)?,
        owner_contact: row.opt_text(8)?,
        note: row.opt_text(9)?,
        purpose: row.opt_text(10)?,
        for_new: row.bool(11)?,
        not_before: certificate.not_before_ms(),
        not_after,
        days_left: ladder::days_left(not_after, now_ms),
        status: ladder::status(not_after, now_ms, row.i64(19)? > 0),
        stopped_reason: row.opt_text(13)?,
        alarm_reason: row.opt_text(14)?,
        alarm_since: row.opt_i64(15)?,
        devices: row.i64(18)?,
        pushes_waiting: row.i64(20)?,
        created_at: row.i64(16)?,
        updated_at: row.i64(17)?,
    })
}

/// One certificate that a topic has had.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PastCertificate {
    pub id: PushCertificateId,
    pub topic: String,
    pub serial_number: String,
    pub not_before: Option<i64>,
    pub not_after: i64,
    pub vendor_account: Option<String>,
    /// `pair` (came with its key) or `request` (its key was made here).
    pub key_origin: String,
    pub uploaded_at: i64,
    /// `None` while it is in use.
    pub replaced_at: Option<i64>,
}

/// The certificates of a topic, the one in use first.
pub async fn history(
    core: &Core,
    actor: &Actor,
    id: &PushTopicId,
) -> Result<Vec<PastCertificate>, Error> {
    const LIST: &str = "SELECT id, topic, serial_number, not_before, not_after, vendor_account, \
        key_origin, uploaded_at, replaced_at FROM push_certificate WHERE topic_id = $1 \
        ORDER BY uploaded_at DESC, id DESC";
    topic(core, actor, id).await?;
    core.db()
        .query_all(LIST, args![id])
        .await?
        .iter()
        .map(|row| {
            Ok(PastCertificate {
                id: PushCertificateId::from_store(row.text(0)?),
                topic: row.text(1)?,
                serial_number: row.text(2)?,
                not_before: row.opt_i64(3)?,
                not_after: row.i64(4)?,
                vendor_account: row.opt_text(5)?,
                key_origin: row.text(6)?,
                uploaded_at: row.i64(7)?,
                replaced_at: row.opt_i64(8)?,
            })
        })
        .collect()
}

/// What is changed about a topic; `None` leaves it, an empty text removes it.
#[derive(Clone, Debug, Default)]
pub struct TopicEdit {
    pub vendor_account: Option<String>,
    pub owner_contact: Option<String>,
    pub note: Option<String>,
    /// `production`, `test` or empty.
    pub purpose: Option<String>,
    /// New enrollments of its unit use it; the unit's other topics then do not.
    pub for_new: Option<bool>,
    /// The unit that it is bound to.
    pub unit: Option<OrgUnitId>,
}

/// Changes what is written about a topic, and whom it serves. Enrolled devices keep theirs.
pub async fn edit_topic(
    core: &Core,
    actor: &Actor,
    id: &PushTopicId,
    edit: TopicEdit,
) -> Result<PushTopicView, Error> {
    let found = topic(core, actor, id).await?;
    let from = crate::org::unit(core, &found.unit_id).await?;
    authorize(actor, Permission::PushWrite, &from.path)?;
    let unit = match &edit.unit {
        Some(unit) => {
            let unit = crate::org::unit(core, unit).await?;
            authorize(actor, Permission::PushWrite, &unit.path)?;
            unit.id
        }
        None => found.unit_id,
    };
    if let Some(purpose) = &edit.purpose
        && !matches!(purpose.as_str(), "" | "production" | "test")
    {
        return Err(Error::invalid(
            "purpose",
            "push_purpose",
            "The purpose is `production` or `test`.",
        ));
    }
    let text = |new: Option<String>, old: Option<String>, most| match new {
        Some(new) => short(Some(new), most),
        None => old,
    };
    let row = Edit {
        id: id.clone(),
        unit: unit.to_string(),
        moved: edit.unit.is_some() || edit.for_new == Some(true),
        vendor_account: text(edit.vendor_account, found.vendor_account, 200),
        owner_contact: text(edit.owner_contact, found.owner_contact, 200),
        note: text(edit.note, found.note, 300),
        purpose: text(edit.purpose, found.purpose, 20),
        for_new: edit.for_new.unwrap_or(found.for_new),
        topic: found.topic,
        actor: actor.clone(),
        now: core.now_ms(),
    };
    core.db()
        .write(row, |tx, row| Box::pin(async move { row.run(tx).await }))
        .await?;
    topic(core, actor, id).await
}

struct Edit {
    id: PushTopicId,
    unit: String,
    moved: bool,
    vendor_account: Option<String>,
    owner_contact: Option<String>,
    note: Option<String>,
    purpose: Option<String>,
    for_new: bool,
    topic: String,
    actor: Actor,
    now: i64,
}

impl Edit {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const OTHERS: &str =
            "UPDATE push_topic SET for_new = 0 WHERE org_unit_id = $1 AND id <> $2";
        const EDIT: &str = "UPDATE push_topic SET org_unit_id = $2, vendor_account = $3, \
            owner_contact = $4, note = $5, purpose = $6, for_new = $7, updated_at = $8 WHERE id = $1";
        if self.moved && self.for_new {
            tx.execute(OTHERS, args![self.unit.as_str(), &self.id])
                .await?;
        }
        let values = args![
            &self.id,
            self.unit.as_str(),
            self.vendor_account.as_deref(),
            self.owner_contact.as_deref(),
            self.note.as_deref(),
            self.purpose.as_deref(),
            i64::from(self.for_new),
            self.now
        ];
        if tx.execute(EDIT, values).await? == 0 {
            return Err(Error::not_found("push certificate"));
        }
        let id = self.id.as_str();
        let event =
            NewEvent::done("push_certificate.edit", "push_topic", id, &self.unit).with(json!({
                "topic": self.topic, "vendor_account": self.vendor_account, "purpose": self.purpose,
                "for_new": self.for_new,
            }));
        events::record(tx, &self.actor, self.now, event).await?;
        Ok(())
    }
}

/// Tries a stopped topic again: what waits is pushed, and APNs says whether it takes the certificate
/// now. Returns how many pushes go out.
pub async fn resume_topic(core: &Core, actor: &Actor, id: &PushTopicId) -> Result<u64, Error> {
    let found = topic(core, actor, id).await?;
    let unit = crate::org::unit(core, &found.unit_id).await?;
    authorize(actor, Permission::PushWrite, &unit.path)?;
    let input = (
        id.clone(),
        found.topic,
        unit.id,
        actor.clone(),
        core.now_ms(),
    );
    let sent = core
        .db()
        .write(input, |tx, (id, topic, unit, actor, now)| {
            Box::pin(async move {
                const RESUME: &str = "UPDATE push_topic SET stopped_reason = NULL, \
                    alarm_reason = NULL, alarm_since = NULL, updated_at = $2 WHERE id = $1";
                tx.execute(RESUME, args![&*id, *now]).await?;
                let sent = waiting::push_waiting_in(tx, topic, *now).await?;
                let (id, unit) = (id.as_str(), unit.as_str());
                let event = NewEvent::done("push_certificate.resume", "push_topic", id, unit)
                    .with(json!({ "topic": topic, "pushes": sent }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(sent)
            })
        })
        .await?;
    core.wake_push();
    Ok(sent)
}

/// Removes a push certificate that no enrollment depends on.
pub async fn remove_topic(core: &Core, actor: &Actor, id: &PushTopicId) -> Result<(), Error> {
    const FIND: &str = "SELECT p.topic, p.org_unit_id, (SELECT count(*) FROM enrollment e \
        WHERE e.topic = p.topic AND e.status IN ('active', 'pending')) FROM push_topic p WHERE p.id = $1";
    const DELETE: &str = "DELETE FROM push_topic WHERE id = $1";
    const PAST: &str = "DELETE FROM push_certificate WHERE topic_id = $1";
    const REHEARSALS: &str = "DELETE FROM push_rehearsal WHERE topic_id = $1";
    const REQUESTS: &str = "UPDATE push_csr SET topic_id = NULL WHERE topic_id = $1";
    let now_ms = core.now_ms();
    let found = topic(core, actor, id).await?;
    let unit = crate::org::unit(core, &found.unit_id).await?;
    authorize(actor, Permission::PushWrite, &unit.path)?;
    require_fresh(actor, now_ms)?;
    core.db()
        .write(
            (id.clone(), actor.clone(), now_ms),
            |tx, (id, actor, now)| {
                Box::pin(async move {
                    let row = tx
                        .fetch_optional(FIND, args![&*id])
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
                    for sql in [DELETE, PAST, REHEARSALS, REQUESTS] {
                        tx.execute(sql, args![&*id]).await?;
                    }
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
