//! Making a change at once, or keeping it for a second person.

use serde_json::json;
use tillsyn_db::Tx;

use super::change::{RoleChange, make_in};
use super::check::check_in;
use crate::actor::{Actor, ActorKind, require_fresh};
use crate::approvals::{Asked, Cause, Change, NewApproval, Outcome, Preview, ask_in};
use crate::error::Error;

/// Makes a change that one person may make, or asks for another.
pub(crate) async fn submit_in(
    tx: &Tx,
    actor: &Actor,
    change: &RoleChange,
    asked: &Asked,
    now_ms: i64,
) -> Result<Outcome, Error> {
    let checked = check_in(tx, actor, change).await?;
    require_fresh(actor, now_ms)?;
    if !checked.second_person || actor.kind == ActorKind::Server {
        make_in(tx, actor, change, &checked, asked.reason(), now_ms).await?;
        return Ok(Outcome::Done);
    }
    let after = &checked.after;
    let before = checked.before.as_ref().map(|before| {
        json!({
            "name": before.name, "permissions": before.permissions,
            "second_factor": before.second_factor, "accounts": before.accounts,
        })
    });
    let seen = checked.before.as_ref().map(|before| before.changed_at);
    let new = NewApproval {
        change: Change::Role {
            change: change.clone().seen(seen),
        },
        unit_id: &checked.unit_id,
        permission: checked.permission,
        cause: Cause::Rule,
        preview: Preview {
            act: Some(change.act().to_owned()),
            facts: json!({
                "before": before,
                "after": {
                    "name": after.name, "permissions": after.rights.names(),
                    "second_factor": after.second_factor,
                },
            }),
            ..Preview::default()
        },
        reason: Some(asked.need_reason()?),
        expires_at: None,
        sealed: None,
    };
    Ok(Outcome::Waiting(ask_in(tx, actor, new, now_ms).await?))
}
