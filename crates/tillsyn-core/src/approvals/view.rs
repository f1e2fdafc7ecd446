//! Approvals as they are shown: what the asker saw, and what has changed since.

use std::collections::HashMap;

use serde_json::Value as Json;
use tillsyn_db::{Tx, args};

use super::carry::{changed, current_in};
use super::change::Change;
use super::decide::within_platform;
use super::people::refuse_one_hand_in;
use super::rules::{second_person, who};
use super::since::Moved;
use super::status::ApprovalStatus;
use super::store::{Approval, COLUMNS, decode, find_in, listed};
use super::targets::snapshot_in;
use crate::actor::{Actor, ActorKind, Permission, may};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::prefix_end;
use crate::ids::ApprovalId;
use crate::paging::{Cursor, Page, page_size};

/// One device of a request.
#[derive(Clone, Debug)]
pub struct DeviceLine {
    pub device_id: String,
    /// As it was shown to the asker.
    pub name: String,
    pub platform: String,
    pub ownership: Option<String>,
    /// Whose it was.
    pub person: Option<String>,
    /// When it had last spoken.
    pub last_seen: Option<i64>,
    /// What is different now.
    pub moved: Vec<Moved>,
}

/// One approval.
#[derive(Clone, Debug)]
pub struct ApprovalView {
    pub id: ApprovalId,
    pub unit_id: String,
    pub unit_name: String,
    pub kind: &'static str,
    pub change: Change,
    pub status: ApprovalStatus,
    pub cause: String,
    /// What whoever decides must hold beside `guard.approve`.
    pub permission: Permission,
    pub act: Option<String>,
    pub request_type: Option<String>,
    pub over_budget: bool,
    pub targets: i64,
    pub facts: Json,
    pub reason: Option<String>,
    pub asked_kind: String,
    pub asked_by: String,
    /// The account's name; of the server's own the id.
    pub asked_by_name: String,
    pub asked_at: i64,
    pub expires_at: i64,
    pub decided_by: Option<String>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<i64>,
    pub decided_reason: Option<String>,
    /// Why the actor cannot decide, as a stable code.
    pub cannot_decide: Option<&'static str>,
    /// Whether the actor asked for it.
    pub own: bool,
    /// Of a request that waits: whether its targets are others by now. Only of one that is shown alone.
    pub overtaken: bool,
    /// The devices; only of one that is shown alone.
    pub devices: Vec<DeviceLine>,
}

/// Which of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApprovalFilter {
    /// Only those that wait, or only those that are over.
    pub waiting: Option<bool>,
}

/// Whoever may decide or audit sees all of their scope; others what they asked for, and commands that
/// wait for devices that they see.
pub(super) fn visible(actor: &Actor, approval: &Approval) -> Result<(), Error> {
    let of_devices =
        matches!(approval.change, Change::Commands { .. }) && actor.holds(Permission::DevicesRead);
    if actor.reaches(&approval.unit_path)
        && (sees_all(actor) || is_own(actor, approval) || of_devices)
    {
        return Ok(());
    }
    Err(Error::not_found("approval"))
}

fn sees_all(actor: &Actor) -> bool {
    actor.holds(Permission::GuardApprove) || actor.holds(Permission::AuditRead)
}

fn is_own(actor: &Actor, approval: &Approval) -> bool {
    approval.people.iter().any(|one| one == who(actor))
}

/// One approval with its devices as they were and what has changed.
pub async fn find(core: &Core, actor: &Actor, id: &ApprovalId) -> Result<ApprovalView, Error> {
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .read(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                let found = find_in(tx, id.as_str(), *now).await?;
                visible(actor, &found)?;
                let mut lines = Vec::new();
                let mut overtaken = false;
                if !found.preview.targets.is_empty() {
                    let mut moved = HashMap::<String, Vec<Moved>>::new();
                    if found.status == ApprovalStatus::Waiting {
                        let current = current_in(tx, &found.change).await?;
                        for one in changed(&found, &current) {
                            overtaken |= one.moved.overtakes();
                            moved.entry(one.device_id).or_default().push(one.moved);
                        }
                    }
                    lines = devices_in(tx, actor, &found, moved).await?;
                }
                let people = found.people.clone();
                let mut view = view(actor, found, *now);
                if view.cannot_decide.is_none()
                    && view.status == ApprovalStatus::Waiting
                    && actor.kind == ActorKind::Account
                {
                    view.cannot_decide = match refuse_one_hand_in(tx, actor, &people, *now).await {
                        Err(error) if error.kind == Kind::Forbidden => Some(error.code),
                        checked => checked.map(|()| None)?,
                    };
                }
                view.devices = lines;
                view.overtaken = overtaken;
                name_in(tx, std::slice::from_mut(&mut view)).await?;
                Ok(view)
            })
        })
        .await
}

async fn devices_in(
    tx: &Tx,
    actor: &Actor,
    found: &Approval,
    mut moved: HashMap<String, Vec<Moved>>,
) -> Result<Vec<DeviceLine>, Error> {
    const NAMES: &str = "SELECT id, name FROM person WHERE id {ids}";
    let mut people: Vec<String> = found
        .preview
        .targets
        .iter()
        .filter_map(|target| target.person_id.clone())
        .collect();
    people.sort_unstable();
    people.dedup();
    let mut names = HashMap::new();
    if !people.is_empty() && actor.holds(Permission::PeopleRead) {
        for row in tx.fetch_all_in(NAMES, people, args![]).await? {
            names.insert(row.text(0)?, row.text(1)?);
        }
    }
    // Where they are now decides who sees them; what is gone was in the unit of the request. Whoever looks
    // after one platform does not see the others' devices here either.
    let asked = found.preview.targets.iter();
    let places: HashMap<String, String> =
        snapshot_in(tx, asked.map(|target| target.device_id.clone()).collect())
            .await?
            .into_iter()
            .map(|target| (target.device_id, target.unit_path))
            .collect();
    let shown = found.preview.targets.iter().filter(|target| {
        let place = places.get(&target.device_id).unwrap_or(&found.unit_path);
        actor.reaches_device(place, &target.platform)
    });
    let lines = shown.map(|target| DeviceLine {
        name: shown_name(
            target.name.as_deref(),
            target.serial_number.as_deref(),
            &target.device_id,
        ),
        platform: target.platform.clone(),
        ownership: target.ownership.clone(),
        person: target
            .person_id
            .as_ref()
            .and_then(|id| names.get(id).cloned()),
        last_seen: target.last_seen,
        moved: moved.remove(&target.device_id).unwrap_or_default(),
        device_id: target.device_id.clone(),
    });
    Ok(lines.collect())
}

fn view(actor: &Actor, found: Approval, now_ms: i64) -> ApprovalView {
    let (people, path) = (&found.people, found.unit_path.as_str());
    let cannot_decide = match found.status {
        ApprovalStatus::Waiting if actor.kind == ActorKind::Server => None,
        ApprovalStatus::Waiting => second_person(actor, people, found.permission, path, now_ms)
            .err()
            // Typing the password is part of deciding.
            .filter(|error| error.code != "fresh_sign_in_needed")
            .or_else(|| match found.change {
                // Its effects are seen, and asked for, on its own page.
                Change::Plan { .. } => None,
                _ => within_platform(actor, &found).err(),
            })
            .map(|error| error.code),
        _ => Some("approval_over"),
    };
    ApprovalView {
        own: is_own(actor, &found),
        cannot_decide,
        kind: found.change.kind(),
        act: found.preview.act,
        request_type: found.preview.request_type,
        over_budget: found.preview.over_budget,
        facts: found.preview.facts,
        id: found.id,
        unit_id: found.unit_id,
        unit_name: String::new(),
        change: found.change,
        status: found.status,
        cause: found.cause,
        permission: found.permission,
        targets: found.targets,
        reason: found.reason,
        asked_kind: found.asked_kind,
        asked_by_name: found.asked_by.clone(),
        asked_by: found.asked_by,
        asked_at: found.asked_at,
        expires_at: found.expires_at,
        decided_by_name: found.decided_by.clone(),
        decided_by: found.decided_by,
        decided_at: found.decided_at,
        decided_reason: found.decided_reason,
        overtaken: false,
        devices: Vec::new(),
    }
}

/// Names of administrators and units, for a whole page at once.
async fn name_in(tx: &Tx, views: &mut [ApprovalView]) -> Result<(), Error> {
    const ACCOUNTS: &str = "SELECT id, name FROM account WHERE id {ids}";
    const UNITS: &str = "SELECT id, name FROM org_unit WHERE id {ids}";
    let mut ids: Vec<String> = Vec::new();
    for view in &*views {
        ids.push(view.asked_by.clone());
        ids.extend(view.decided_by.clone());
    }
    let units: Vec<String> = views.iter().map(|view| view.unit_id.clone()).collect();
    let mut names = HashMap::new();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = tx.fetch_all_in(ACCOUNTS, ids, args![]).await?;
    for row in rows
        .into_iter()
        .chain(tx.fetch_all_in(UNITS, units, args![]).await?)
    {
        names.insert(row.text(0)?, row.text(1)?);
    }
    for view in views {
        if let Some(name) = names.get(&view.asked_by) {
            view.asked_by_name.clone_from(name);
        }
        if let Some(name) = view.decided_by.as_ref().and_then(|id| names.get(id)) {
            view.decided_by_name = Some(name.clone());
        }
        if let Some(name) = names.get(&view.unit_id) {
            view.unit_name.clone_from(name);
        }
    }
    Ok(())
}

/// The approvals of the actor's scope, newest first.
pub async fn list_approvals(
    core: &Core,
    actor: &Actor,
    filter: ApprovalFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<ApprovalView>, Error> {
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let input = (actor.clone(), filter, before, limit, core.now_ms());
    core.db()
        .read(input, |tx, (actor, filter, before, limit, now)| {
            Box::pin(async move {
                let me = listed(who(actor));
                let waiting = filter.waiting.map_or(0, |yes| if yes { 1 } else { 2 });
                let sql = format!(
                    "{COLUMNS} WHERE u.path >= $1 AND u.path < $2 AND a.id < $3 \
                     AND ($4 = 0 OR ($4 = 1 AND a.status = 'waiting' AND a.expires_at > $5) \
                     OR ($4 = 2 AND (a.status <> 'waiting' OR a.expires_at <= $5))) \
                     AND ($6 = 1 OR a.people LIKE $8 \
                     OR ($7 = 1 AND a.kind = 'commands')) ORDER BY a.id DESC LIMIT $9"
                );
                let values = args![
                    actor.unit_path.as_str(),
                    prefix_end(&actor.unit_path),
                    before.as_str(),
                    waiting,
                    *now,
                    i64::from(sees_all(actor)),
                    i64::from(actor.holds(Permission::DevicesRead)),
                    me,
                    *limit + 1
                ];
                let rows = tx.fetch_all_dyn(&sql, values).await?;
                let shown = usize::try_from(*limit).unwrap_or(0);
                let mut items = Vec::new();
                for row in rows.iter().take(shown) {
                    items.push(view(actor, decode(row, *now)?, *now));
                }
                name_in(tx, &mut items).await?;
                let next = items
                    .last()
                    .filter(|_| rows.len() > shown)
                    .map(|last| Cursor::of_text(last.id.as_str()).encode());
                Ok(Page { items, next })
            })
        })
        .await
}

/// How many wait that the actor may see.
pub async fn waiting_count(core: &Core, actor: &Actor) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM approval a JOIN org_unit u ON u.id = a.org_unit_id \
        WHERE a.status = 'waiting' AND a.expires_at > $1 AND u.path >= $2 AND u.path < $3";
    if may(actor, Permission::GuardApprove).is_err() {
        return Ok(0);
    }
    let path = actor.unit_path.as_str();
    let values = args![core.now_ms(), path, prefix_end(path)];
    let row = core.db().query_optional(COUNT, values).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}
