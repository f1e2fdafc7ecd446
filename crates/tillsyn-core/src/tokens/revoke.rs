//! Ending a token.

use serde_json::json;
use tillsyn_db::args;

use super::view::find_in;
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::TokenId;

/// Ends a token at once: one's own, or of an account of the actor's scope with the right to change accounts.
pub async fn revoke_token(core: &Core, actor: &Actor, id: &TokenId) -> Result<(), Error> {
    const REVOKE: &str =
        "UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    const UNIT: &str = "SELECT org_unit_id FROM account WHERE id = $1";
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let found = find_in(tx, id).await?;
                if actor.account_id.as_ref() == Some(&found.account_id) {
                    if !actor.holds(Permission::AccountsWrite) {
                        may(actor, Permission::TokensOwn)?;
                    }
                } else if actor.holds(Permission::AccountsWrite) {
                    authorize(actor, Permission::AccountsWrite, &found.account_path)?;
                } else {
                    // Whose tokens there are is not told.
                    return Err(Error::not_found("API token"));
                }
                if tx.execute(REVOKE, args![id, *now]).await? == 0 {
                    return Err(Error::not_found("API token"));
                }
                let unit = tx
                    .fetch_one(UNIT, args![&found.account_id])
                    .await?
                    .text(0)?;
                let event = NewEvent::done("token.revoke", "api_token", id.as_str(), &unit)
                    .with(json!({ "account_id": found.account_id }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
