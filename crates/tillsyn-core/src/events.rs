//! The audit trail: every change, sign-in and refusal is one event, in the transaction of the change
//! (security S70, S71).

use serde_json::{Value as Json, json};
use tillsyn_db::{DbError, Row, Tx, args};

use crate::actor::{Actor, ActorKind, Permission, may};
use crate::audit::identity;
use crate::core::Core;
use crate::error::Error;
use crate::ids::new_uuid;
use crate::paging::{Cursor, Page, page_size};

/// Every action that is recorded: whoever shows events has words for each.
pub const ACTIONS: &[&str] = &[
    "access.refused",
    "account.change",
    "account.create",
    "account.disable",
    "account.enable",
    "account.identity",
    "account.mapped",
    "account.open",
    "account.password",
    "account.preferences",
    "account.rescue",
    "account.rescued",
    "account.reset",
    "account.welcome",
    "activation_lock.clear",
    "activation_lock.cleared",
    "activation_lock.not_cleared",
    "approval.approve",
    "approval.ask",
    "approval.cancel",
    "approval.decline",
    "approval.lapse",
    "approval.overtaken",
    "assignment.change",
    "assignment.create",
    "assignment.remove",
    "attempt.consent",
    "attempt.create",
    "attempt.hand_over",
    "attempt.handed_over",
    "attempt.told",
    "audit.broken",
    "audit.cut",
    "audit.export",
    "backup.made",
    "backup.restore",
    "campaign.begin",
    "campaign.create",
    "campaign.end",
    "certificate.attest",
    "certificate.expired",
    "certificate.expiring",
    "certificate.issue",
    "certificate.renew",
    "certificate.renewal_late",
    "certificate.revoke",
    "clock.accept",
    "command.cancel",
    "command.enqueue",
    "credential.expired",
    "credential.expiring",
    "credential.issue",
    "credential.renew",
    "database.move",
    "device.bootstrap_token",
    "device.check_out",
    "device.dm_forward_off",
    "device.dm_forward_on",
    "device.enroll",
    "device.label",
    "device.located",
    "device.locations_read",
    "device.lost_mode_off",
    "device.lost_mode_on",
    "device.move",
    "device.person",
    "device.reconcile",
    "device.refused",
    "device.wake",
    "device_authority.add",
    "device_authority.change",
    "device_authority.remove",
    "directory.change",
    "directory.create",
    "directory.decline",
    "directory.held",
    "directory.ill",
    "directory.ldap",
    "directory.leaver_policy",
    "directory.link",
    "directory.release",
    "directory.remove",
    "directory.run",
    "directory.sync",
    "directory.token",
    "directory.token_revoke",
    "directory.well",
    "enrollment.active_again",
    "enrollment.end",
    "enrollment.first_contact",
    "enrollment.freeze",
    "enrollment.inactive",
    "enrollment.move_in",
    "enrollment.prove",
    "enrollment.readopt",
    "enrollment.repin",
    "enrollment.unknown",
    "enrollments.export",
    "enrollments.import",
    "group.change",
    "group.create",
    "group.members",
    "group.remove",
    "guard.budget",
    "guard.change",
    "guard.release",
    "guard.stop",
    "guard.unfreeze",
    "guard.withdraw",
    "identity_provider.change",
    "identity_provider.create",
    "identity_provider.remove",
    "import.apply",
    "import.cancel",
    "import.create",
    "import.done",
    "import.failed",
    "import.rows",
    "invitation.bounced",
    "invitation.create",
    "invitation.pin",
    "invitation.remind",
    "invitation.renew_pin",
    "invitation.resend",
    "invitation.revoke",
    "invitation.send",
    "invitation_batch.begin",
    "invitation_batch.cancel",
    "invitation_batch.create",
    "invitation_batch.done",
    "invitation_batch.failed",
    "invitation_batch.pins",
    "invitation_batch.resend",
    "legal_hold.end",
    "legal_hold.place",
    "list.export",
    "mail.test",
    "master_key.change",
    "organisation.create",
    "person.account_reset",
    "person.change",
    "person.create",
    "person.erase",
    "person.export",
    "person.forgotten",
    "person.identity",
    "person.link",
    "person.move",
    "person.password",
    "person.state",
    "person.unlock",
    "plan.apply",
    "plan.ask",
    "plan.cancel",
    "plan.create",
    "plan.overtaken",
    "profile.archive",
    "profile.change",
    "profile.create",
    "profile.delete",
    "profile.draft",
    "profile.draft_discard",
    "profile.export",
    "profile.fetch",
    "profile.publish",
    "profile.reconcile",
    "profile.restore",
    "push_certificate.alarm",
    "push_certificate.alarm_over",
    "push_certificate.change_topic",
    "push_certificate.edit",
    "push_certificate.expired",
    "push_certificate.expiring",
    "push_certificate.rehearse",
    "push_certificate.remove",
    "push_certificate.renew",
    "push_certificate.resume",
    "push_certificate.stopped",
    "push_certificate.upload",
    "push_request.create",
    "push_request.delete",
    "push_request.sign",
    "push_vendor.remove",
    "push_vendor.set",
    "recovery_code.create",
    "recovery_code.use",
    "report_schedule.ask",
    "report_schedule.create",
    "report_schedule.failed",
    "report_schedule.pause",
    "report_schedule.remove",
    "report_schedule.resume",
    "report_schedule.send",
    "role.change",
    "role.create",
    "role.remove",
    "second_factor.add",
    "second_factor.remove",
    "second_factor.rename",
    "secret.reveal",
    "self_service.change",
    "session.confirm",
    "session.create",
    "session.end",
    "session.revoke",
    "settings.change",
    "token.create",
    "token.revoke",
    "unit.branding",
    "unit.create",
    "unit.move",
    "unit.remove",
    "unit.rename",
    "view.change",
    "view.create",
    "view.remove",
    "webhook.change",
    "webhook.create",
    "webhook.failed",
    "webhook.pause",
    "webhook.remove",
    "webhook.renew_key",
    "webhook.resume",
    "webhook.retry",
    "webhook.test",
];

/// One thing that happened. Details hold ids and words, never secrets or names of people.
#[derive(Debug)]
pub struct NewEvent<'a> {
    pub action: &'static str,
    pub object_kind: &'static str,
    pub object_id: &'a str,
    pub org_unit_id: &'a str,
    pub result: &'static str,
    pub details: Json,
}

impl<'a> NewEvent<'a> {
    /// An event of something that was done.
    pub(crate) fn done(
        action: &'static str,
        object_kind: &'static str,
        object_id: &'a str,
        org_unit_id: &'a str,
    ) -> Self {
        Self {
            action,
            object_kind,
            object_id,
            org_unit_id,
            result: "done",
            details: json!({}),
        }
    }

    /// The same, refused.
    pub(crate) fn refused(mut self) -> Self {
        self.result = "refused";
        self
    }

    pub(crate) fn with(mut self, details: Json) -> Self {
        self.details = details;
        self
    }
}

const INSERT: &str = "INSERT INTO event (id, at, actor_kind, actor_id, address_hash, action, \
    object_kind, object_id, org_unit_id, result, details, request_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const IDENTITY: &str = "INSERT INTO event_identity (event_id, subject_id, salt, address) \
    VALUES ($1, $2, $3, $4)";

/// Records one event in the caller's transaction. The address goes beside it, so that it can be forgotten.
pub(crate) async fn record(
    tx: &Tx,
    actor: &Actor,
    now_ms: i64,
    event: NewEvent<'_>,
) -> Result<(), DbError> {
    debug_assert!(
        ACTIONS.contains(&event.action),
        "not in ACTIONS: {}",
        event.action
    );
    let id = new_uuid(now_ms).to_string();
    let mut address_hash = None;
    if let Some(address) = actor.address.as_deref() {
        let salt = identity::new_salt();
        address_hash = Some(identity::hash(&salt, address));
        let values = args![id.as_str(), subject(actor, &id), salt, address];
        tx.execute(IDENTITY, values).await?;
    }
    tx.execute(
        INSERT,
        args![
            id,
            now_ms,
            actor.kind.as_str(),
            actor.id.as_str(),
            address_hash,
            event.action,
            event.object_kind,
            event.object_id,
            event.org_unit_id,
            event.result,
            event.details.to_string(),
            actor.request_id.as_deref()
        ],
    )
    .await?;
    Ok(())
}

/// Whom an address names: whoever is erased takes it along. Of unknown people, nobody but the event.
fn subject<'a>(actor: &'a Actor, event_id: &'a str) -> &'a str {
    let by_id = matches!(
        actor.kind,
        ActorKind::Account | ActorKind::Device | ActorKind::Person
    );
    match &actor.account_id {
        Some(account) => account.as_str(),
        None if by_id && actor.id != "unknown" => &actor.id,
        None => event_id,
    }
}

/// One event as shown.
#[derive(Clone, Debug, serde::Serialize)]
pub struct EventView {
    pub id: String,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: String,
    pub address: Option<String>,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub result: String,
    pub details: Json,
}

const COLUMNS_PAGE: &str = "SELECT e.id, e.at, e.actor_kind, e.actor_id, \
    COALESCE(i.address, e.address), e.action, \
    e.object_kind, e.object_id, e.result, e.details, e.seq FROM event e \
    JOIN org_unit u ON u.id = e.org_unit_id \
    LEFT JOIN event_identity i ON i.event_id = e.id \
    WHERE e.seq < $1 AND u.path >= $2 AND u.path < $3 AND ($4 = '' OR (e.object_kind = $4 AND e.object_id = $5))";

/// The events of the actor's scope, newest first; of one object when `object` is given.
pub async fn list_events(
    core: &Core,
    actor: &Actor,
    object: Option<(&str, &str)>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<EventView>, Error> {
    may(actor, Permission::AuditRead)?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_i64()?,
        None => i64::MAX,
    };
    let (kind, id) = object.unwrap_or(("", ""));
    let sql = format!(
        "{COLUMNS_PAGE}{} ORDER BY e.seq DESC LIMIT $6",
        actor.platform_filter_of_events()
    );
    let values = args![
        before,
        actor.unit_path.as_str(),
        prefix_end(&actor.unit_path),
        kind,
        id,
        limit + 1
    ];
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let mut items = Vec::with_capacity(rows.len());
    let mut last = 0;
    for row in rows.iter().take(usize::try_from(limit).unwrap_or(0)) {
        last = row.i64(10)?;
        items.push(EventView {
            id: row.text(0)?,
            at: row.i64(1)?,
            actor_kind: row.text(2)?,
            actor_id: row.text(3)?,
            address: row.opt_text(4)?,
            action: row.text(5)?,
            object_kind: row.text(6)?,
            object_id: row.text(7)?,
            result: row.text(8)?,
            details: serde_json::from_str(&row.text(9)?).unwrap_or_default(),
        });
    }
    let next = (rows.len() > items.len()).then(|| Cursor::of_i64(last).encode());
    Ok(Page { items, next })
}

/// The end of the text range that begins with `prefix`, for an index-friendly subtree test. Paths are
/// ids and slashes, so `~` is behind all of them.
pub(crate) fn prefix_end(prefix: &str) -> String {
    format!("{prefix}~")
}
