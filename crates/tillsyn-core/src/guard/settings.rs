//! The guard's figures: tightened by one person, loosened by two (security §6).

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::approvals::{Asked, Cause, Change, NewApproval, Outcome, Preview, ask_in};
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::settings::{GUARD, GuardSettings, read_in, write_in};

/// Whether any figure lets more happen than before.
pub fn loosens(before: &GuardSettings, after: &GuardSettings) -> bool {
    after.hold_minutes < before.hold_minutes
        || after.day_floor > before.day_floor
        || after.day_percent > before.day_percent
        || after.short_limit > before.short_limit
        || after.second_person_from > before.second_person_from
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
    check_settings(settings)?;
    let before = current_settings_in(tx).await?;
    if !loosens(&before, settings) {
        change_settings_in(tx, actor, settings, asked.reason(), now_ms).await?;
        return Ok(Outcome::Done);
    }
    let new = NewApproval {
        change: Change::Guard {
            settings: settings.clone(),
        },
        unit_id: &unit_id,
        permission: Permission::SettingsWrite,
        cause: Cause::Rule,
        preview: Preview {
            act: Some("guard".to_owned()),
            facts: json!({ "before": before, "after": settings }),
            ..Preview::default()
        },
        reason: Some(asked.need_reason()?),
        in_name_of: None,
        expires_at: None,
        sealed: None,
    };
    Ok(Outcome::Waiting(ask_in(tx, actor, new, now_ms).await?))
}

/// Writes the figures.
pub(crate) async fn change_settings_in(
    tx: &Tx,
    actor: &Actor,
    settings: &GuardSettings,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let (unit_id, _) = root_in(tx).await?;
    let before = current_settings_in(tx).await?;
    if before == *settings {
        return Ok(());
    }
    write_in(tx, GUARD, settings, now_ms).await?;
    let event = NewEvent::done("guard.change", "setting", GUARD, &unit_id)
        .with(json!({ "before": before, "after": settings, "reason": reason }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
