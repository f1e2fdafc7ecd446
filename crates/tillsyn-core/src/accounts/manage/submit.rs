//! Making a change at once, or keeping it for a second person.

use serde_json::{Value as Json, json};
use tillsyn_db::Tx;

use super::carry::make_in;
use super::change::{AccountChange, Seen};
use super::check::{Checked, check_in};
use crate::actor::{Actor, Permission, require_fresh};
use crate::approvals::{Asked, Cause, Change, NewApproval, Outcome, Preview, ask_in, cover_in};
use crate::error::Error;

/// Makes a change that one person may make, or asks for another.
pub(crate) async fn submit_in(
    tx: &Tx,
    actor: &Actor,
    change: &AccountChange,
    asked: &Asked,
    now_ms: i64,
) -> Result<Outcome, Error> {
    let checked = check_in(tx, actor, change, now_ms).await?;
    require_fresh(actor, now_ms)?;
    if !checked.second_person {
        make_in(tx, actor, change, &checked, asked.reason(), now_ms).await?;
        return Ok(Outcome::Done);
    }
    let paths = checked.units.iter().map(|unit| unit.path.as_str());
    let unit_id = cover_in(tx, paths).await?;
    let new = NewApproval {
        change: Change::Account {
            change: change.clone().seen(Seen::of(&checked)),
        },
        unit_id: &unit_id,
        permission: Permission::AccountsWrite,
        cause: Cause::Rule,
        preview: Preview {
            act: Some(change.act().to_owned()),
            facts: facts(&checked),
            ..Preview::default()
        },
        reason: Some(asked.need_reason()?),
        expires_at: None,
        sealed: None,
    };
    Ok(Outcome::Waiting(ask_in(tx, actor, new, now_ms).await?))
}

/// What the asker sees, and with them whoever decides.
fn facts(checked: &Checked) -> Json {
    let after = &checked.after;
    let before = checked.before.as_ref().map(|before| {
        json!({
            "role": before.role_id, "role_name": before.role_name, "unit_id": before.unit_id,
            "unit_name": before.unit_name, "platform": before.platform,
        })
    });
    json!({
        "name": after.name,
        "email": after.email,
        "before": before,
        "after": {
            "role": after.role.id, "role_name": after.role.name, "unit_id": after.unit.id,
            "unit_name": after.unit.name, "platform": after.platform,
        },
        "permissions": after.role.permissions,
    })
}
