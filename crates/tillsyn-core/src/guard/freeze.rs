//! The freeze: no new destructive act in a unit's subtree until two people agree (S54).

use serde_json::json;
use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::approvals::{Asked, Cause, Change, NewApproval, Outcome, Preview, ask_in, who};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// One freeze, as whoever reaches its unit knows it.
#[derive(Clone, Debug)]
pub struct Freeze {
    pub id: String,
    pub unit_id: String,
    pub unit_name: String,
    pub(crate) unit_path: String,
    pub reason: Option<String>,
    pub frozen_by: String,
    /// The account's name; of the server's own shell the word.
    pub frozen_by_name: String,
    pub frozen_at: i64,
}

/// A freeze, as somebody sees it whom it stops.
#[derive(Clone, Debug)]
pub struct FreezeView {
    pub id: String,
    pub frozen_at: i64,
    /// Its unit, who stopped it and why; nothing of one that lies above the reader's scope, where neither
    /// the unit nor the person exists for them (S02).
    pub known: Option<Freeze>,
}

/// What is said of a freeze to whoever may not know more, and where it is kept for anybody to read.
pub(crate) const FROZEN: &str =
    "Everything destructive is stopped here; nothing of the kind begins until two people end that.";

fn decode(row: &Row) -> Result<Freeze, Error> {
    let by = row.text(5)?;
    Ok(Freeze {
        id: row.text(0)?,
        unit_id: row.text(1)?,
        unit_name: row.text(2)?,
        unit_path: row.text(3)?,
        reason: row.opt_text(4)?,
        frozen_by_name: row.opt_text(6)?.unwrap_or_else(|| by.clone()),
        frozen_by: by,
        frozen_at: row.i64(7)?,
    })
}

/// All that hold; few, for there is at most one of each unit.
pub(super) async fn active_in(tx: &Tx) -> Result<Vec<Freeze>, Error> {
    const ACTIVE: &str = "SELECT f.id, f.org_unit_id, u.name, u.path, f.reason, f.frozen_by, a.name, \
        f.frozen_at FROM guard_freeze f JOIN org_unit u ON u.id = f.org_unit_id \
        LEFT JOIN account a ON a.id = f.frozen_by WHERE f.ended_at IS NULL ORDER BY u.path";
    tx.fetch_all(ACTIVE, args![])
        .await?
        .iter()
        .map(decode)
        .collect()
}

/// Refuses a destructive act in any of these units while it is frozen, in the transaction of the act.
pub(crate) async fn refuse_frozen_in<'a>(
    tx: &Tx,
    actor: &Actor,
    paths: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    let active = active_in(tx).await?;
    if active.is_empty() {
        return Ok(());
    }
    for path in paths {
        if let Some(freeze) = active.iter().find(|f| path.starts_with(&f.unit_path)) {
            return Err(frozen(actor, freeze));
        }
    }
    Ok(())
}

/// The same for devices, wherever they are now.
pub(crate) async fn refuse_frozen_devices_in(
    tx: &Tx,
    actor: &Actor,
    devices: &[String],
) -> Result<(), Error> {
    const PATHS: &str = "SELECT DISTINCT u.path FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id {ids}";
    if devices.is_empty() || active_in(tx).await?.is_empty() {
        return Ok(());
    }
    let rows = tx.fetch_all_in(PATHS, devices.to_vec(), args![]).await?;
    let paths = rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<Vec<_>, _>>()?;
    refuse_frozen_in(tx, actor, paths.iter().map(String::as_str)).await
}

/// Refuses to take something out of a frozen subtree: what is moved from `from` to `to` would be destroyed there.
/// Freezes below `along` go with it.
pub(crate) async fn refuse_leaving_in<'a>(
    tx: &Tx,
    actor: &Actor,
    from: impl Iterator<Item = &'a str>,
    to: &str,
    along: Option<&str>,
) -> Result<(), Error> {
    let active = active_in(tx).await?;
    let stays = |freeze: &&Freeze| {
        to.starts_with(&freeze.unit_path)
            || along.is_some_and(|along| freeze.unit_path.starts_with(along))
    };
    let left: Vec<_> = active.iter().filter(|freeze| !stays(freeze)).collect();
    for path in from {
        if let Some(freeze) = left.iter().find(|f| path.starts_with(&f.unit_path)) {
            return Err(frozen(actor, freeze));
        }
    }
    Ok(())
}

fn frozen(actor: &Actor, freeze: &Freeze) -> Error {
    if !actor.reaches(&freeze.unit_path) {
        let data = json!({ "freeze_id": freeze.id, "frozen_at": freeze.frozen_at });
        return Error::conflict("frozen", FROZEN).with_data(data);
    }
    let detail = format!(
        "{} stopped everything destructive; nothing of the kind begins until two people end that.",
        freeze.frozen_by_name
    );
    let data = json!({
        "freeze_id": freeze.id, "frozen_by": freeze.frozen_by_name,
        "frozen_at": freeze.frozen_at, "reason": freeze.reason,
    });
    Error::conflict("frozen", detail).with_data(data)
}

/// Whether nothing destructive may go to this device.
pub(crate) async fn device_frozen_in(tx: &Tx, device_id: &str) -> Result<bool, Error> {
    const PATH: &str = "SELECT u.path FROM device_summary d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE d.device_id = $1";
    let active = active_in(tx).await?;
    if active.is_empty() {
        return Ok(false);
    }
    let Some(row) = tx.fetch_optional(PATH, args![device_id]).await? else {
        return Ok(false);
    };
    let path = row.str(0)?;
    Ok(active.iter().any(|f| path.starts_with(&f.unit_path)))
}

/// The freezes that concern the actor: in their subtree, or above it.
pub async fn freezes(core: &Core, actor: &Actor) -> Result<Vec<FreezeView>, Error> {
    let active = core
        .db()
        .read((), |tx, ()| Box::pin(async move { active_in(tx).await }))
        .await?;
    let view = |freeze: Freeze| {
        let within = actor.reaches(&freeze.unit_path);
        (within || actor.unit_path.starts_with(&freeze.unit_path)).then(|| FreezeView {
            id: freeze.id.clone(),
            frozen_at: freeze.frozen_at,
            known: within.then_some(freeze),
        })
    };
    Ok(active.into_iter().filter_map(view).collect())
}

async fn find_in(tx: &Tx, actor: &Actor, id: &str) -> Result<Freeze, Error> {
    let active = active_in(tx).await?;
    let found = active.into_iter().find(|freeze| freeze.id == id);
    let found = found.ok_or_else(|| Error::not_found("freeze"))?;
    authorize(actor, Permission::GuardApprove, &found.unit_path)?;
    Ok(found)
}

/// Asks for the end of a freeze: it always takes two.
pub(crate) async fn submit_unfreeze_in(
    tx: &Tx,
    actor: &Actor,
    freeze_id: &str,
    asked: &Asked,
    now_ms: i64,
) -> Result<Outcome, Error> {
    let freeze = find_in(tx, actor, freeze_id).await?;
    require_fresh(actor, now_ms)?;
    let new = NewApproval {
        change: Change::Unfreeze {
            freeze_id: freeze_id.to_owned(),
        },
        unit_id: &freeze.unit_id,
        permission: Permission::GuardApprove,
        cause: Cause::Rule,
        preview: Preview {
            act: Some("unfreeze".to_owned()),
            facts: json!({
                "unit": freeze.unit_name, "frozen_by": freeze.frozen_by_name,
                "frozen_at": freeze.frozen_at, "reason": freeze.reason,
            }),
            ..Preview::default()
        },
        reason: Some(asked.need_reason()?),
        expires_at: None,
        sealed: None,
    };
    Ok(Outcome::Waiting(ask_in(tx, actor, new, now_ms).await?))
}

/// Ends a freeze.
pub(crate) async fn unfreeze_in(
    tx: &Tx,
    actor: &Actor,
    freeze_id: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const END: &str = "UPDATE guard_freeze SET ended_at = $2, ended_by = $3 \
        WHERE id = $1 AND ended_at IS NULL";
    let freeze = find_in(tx, actor, freeze_id).await?;
    let by = who(actor);
    tx.execute(END, args![freeze_id, now_ms, by]).await?;
    let event = NewEvent::done("guard.unfreeze", "guard_freeze", freeze_id, &freeze.unit_id)
        .with(json!({ "frozen_at": freeze.frozen_at, "frozen_by": freeze.frozen_by }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
