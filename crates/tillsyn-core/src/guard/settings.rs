//! The guard's figures: tightened by one person, loosened by two (security §6).

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::approvals::{Asked, Cause, Change, NewApproval, Outcome, Preview, ask_in};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::OrgUnitId;
use crate::settings::{GUARD, GuardSettings, UnitGuard, read_in, write_in};

/// Whether any figure lets more happen than before.
pub fn loosens(before: &GuardSettings, after: &GuardSettings) -> bool {
    after.hold_minutes < before.hold_minutes
        || after.day_floor > before.day_floor
        || after.day_percent > before.day_percent
        || after.short_limit > before.short_limit
        || after.second_person_from > before.second_person_from
        || before.units.iter().any(|(unit, was)| {
            let is = after.units.get(unit).copied().unwrap_or_default();
            is.hold_minutes < was.hold_minutes || from(is) > from(*was)
        })
}

/// From how many devices it takes two, as the unit says: never, when it says nothing.
fn from(unit: UnitGuard) -> i64 {
    unit.second_person_from.unwrap_or(i64::MAX)
}

/// The figures for devices in these units: of all that are set on the way to any of them the strictest.
pub(crate) fn within<'a>(
    settings: &GuardSettings,
    paths: impl Iterator<Item = &'a str>,
) -> GuardSettings {
    let mut all = settings.clone();
    if settings.units.is_empty() {
        return all;
    }
    // A path is the ids of the units on it.
    for unit in paths.flat_map(|path| path.split('/')) {
        if let Some(own) = settings.units.get(unit) {
            all.hold_minutes = all.hold_minutes.max(own.hold_minutes.unwrap_or(0));
            all.second_person_from = all.second_person_from.min(from(*own));
        }
    }
    all
}

/// Figures inside the table's bounds.
///
/// # Errors
/// Invalid, naming the figure.
pub fn check_settings(settings: &GuardSettings) -> Result<(), Error> {
    let figures: [(&'static str, i64, i64, i64); 5] = [
        ("hold_minutes", settings.hold_minutes, 0, 10),
        ("day_floor", settings.day_floor, 1, 100_000),
        ("day_percent", settings.day_percent, 0, 100),
        ("short_limit", settings.short_limit, 1, 100_000),
        // Never more than the table's row: above five there are always two.
        ("second_person_from", settings.second_person_from, 1, 6),
    ];
    for (field, value, least, most) in figures {
        if !(least..=most).contains(&value) {
            let detail = format!("This figure is {least} to {most}.");
            return Err(Error::invalid(field, "guard_figure", detail));
        }
    }
    for unit in settings.units.values() {
        let figures = [
            ("hold_minutes", unit.hold_minutes, 0..=10),
            ("second_person_from", unit.second_person_from, 1..=6),
        ];
        for (field, value, bounds) in figures {
            if value.is_some_and(|value| !bounds.contains(&value)) {
                let detail = format!("This figure is {} to {}.", bounds.start(), bounds.end());
                return Err(Error::invalid(field, "guard_figure", detail));
            }
        }
    }
    Ok(())
}

pub(crate) async fn current_settings_in(tx: &Tx) -> Result<GuardSettings, Error> {
    read_in(tx, GUARD).await
}

async fn root_in(tx: &Tx) -> Result<(String, String), Error> {
    const ROOT: &str = "SELECT id, path FROM org_unit WHERE parent_id IS NULL";
    let row = tx.fetch_one(ROOT, args![]).await?;
    Ok((row.text(0)?, row.text(1)?))
}

/// Changes the figures, or keeps the wish for a second person when it loosens any.
pub(crate) async fn submit_settings_in(
    tx: &Tx,
    actor: &Actor,
    settings: &GuardSettings,
    asked: &Asked,
    now_ms: i64,
) -> Result<Outcome, Error> {
    let (unit_id, path) = root_in(tx).await?;
    authorize(actor, Permission::SettingsWrite, &path)?;
    require_fresh(actor, now_ms)?;
    let before = current_settings_in(tx).await?;
    let turn = Turn {
        tx,
        actor,
        unit_id: &unit_id,
        asked,
        now_ms,
    };
    let facts = json!({ "before": &before, "after": settings });
    turn.submit(&before, settings, facts).await
}

/// That the unit is there, and that the actor sets its figures.
pub async fn unit_there(core: &Core, actor: &Actor, unit: &OrgUnitId) -> Result<(), Error> {
    const PATH: &str = "SELECT path FROM org_unit WHERE id = $1";
    let row = core.db().query_optional(PATH, args![unit]).await?;
    let row = row.ok_or_else(|| Error::not_found("organisational unit"))?;
    authorize(actor, Permission::SettingsWrite, row.str(0)?)
}

/// Changes what a unit wants stricter for its subtree, or keeps the wish when it loosens anything.
pub async fn submit_unit(
    core: &Core,
    actor: &Actor,
    unit: &OrgUnitId,
    figures: UnitGuard,
    asked: Asked,
) -> Result<Outcome, Error> {
    let input = (actor.clone(), unit.clone(), figures, asked, core.now_ms());
    core.db()
        .write(input, |tx, (actor, unit, figures, asked, now)| {
            Box::pin(async move {
                submit_unit_in(tx, actor, unit.as_str(), *figures, asked, *now).await
            })
        })
        .await
}

async fn submit_unit_in(
    tx: &Tx,
    actor: &Actor,
    unit_id: &str,
    figures: UnitGuard,
    asked: &Asked,
    now_ms: i64,
) -> Result<Outcome, Error> {
    const UNIT: &str = "SELECT path, name FROM org_unit WHERE id = $1";
    let row = tx.fetch_optional(UNIT, args![unit_id]).await?;
    let row = row.ok_or_else(|| Error::not_found("organisational unit"))?;
    authorize(actor, Permission::SettingsWrite, row.str(0)?)?;
    require_fresh(actor, now_ms)?;
    let before = current_settings_in(tx).await?;
    let mut after = before.clone();
    if figures == UnitGuard::default() {
        after.units.remove(unit_id);
    } else {
        after.units.insert(unit_id.to_owned(), figures);
    }
    let turn = Turn {
        tx,
        actor,
        unit_id,
        asked,
        now_ms,
    };
    let facts = json!({
        "before": &before, "after": &after, "unit": row.text(1)?, "unit_id": unit_id,
    });
    turn.submit(&before, &after, facts).await
}

/// One wish, in its transaction.
struct Turn<'a> {
    tx: &'a Tx,
    actor: &'a Actor,
    /// Whose figures they are.
    unit_id: &'a str,
    asked: &'a Asked,
    now_ms: i64,
}

impl Turn<'_> {
    async fn submit(
        &self,
        before: &GuardSettings,
        after: &GuardSettings,
        facts: Json,
    ) -> Result<Outcome, Error> {
        let (tx, actor, now_ms) = (self.tx, self.actor, self.now_ms);
        check_settings(after)?;
        if !loosens(before, after) {
            change_settings_in(tx, actor, after, self.unit_id, self.asked.reason(), now_ms).await?;
            return Ok(Outcome::Done);
        }
        let new = NewApproval {
            change: Change::Guard {
                settings: after.clone(),
            },
            unit_id: self.unit_id,
            permission: Permission::SettingsWrite,
            cause: Cause::Rule,
            preview: Preview {
                act: Some("guard".to_owned()),
                facts,
                ..Preview::default()
            },
            reason: Some(self.asked.need_reason()?),
            expires_at: None,
            sealed: None,
        };
        Ok(Outcome::Waiting(ask_in(tx, actor, new, now_ms).await?))
    }
}

/// Writes the figures.
pub(crate) async fn change_settings_in(
    tx: &Tx,
    actor: &Actor,
    settings: &GuardSettings,
    unit_id: &str,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let before = current_settings_in(tx).await?;
    if before == *settings {
        return Ok(());
    }
    write_in(tx, GUARD, settings, now_ms).await?;
    let event = NewEvent::done("guard.change", "setting", GUARD, unit_id)
        .with(json!({ "before": before, "after": settings, "reason": reason }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
