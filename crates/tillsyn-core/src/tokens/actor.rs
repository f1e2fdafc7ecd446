//! Who stands behind a presented token.

use tillsyn_db::args;
use tillsyn_pki::hash;

use super::PREFIX;
use crate::accounts;
use crate::actor::{Actor, ActorKind, Rights};
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::ids::AccountId;

const FIND: &str = "SELECT t.id, t.name, t.permissions, t.expires_at, t.last_used_at, t.revoked_at, \
    a.id, a.status, u.path, a.role_changed_at, a.platform, r.id, r.name, r.permissions, r.changed_at, \
    (SELECT tu.path FROM org_unit tu WHERE tu.id = t.org_unit_id), t.org_unit_id \
    FROM api_token t JOIN account a ON a.id = t.account_id JOIN org_unit u ON u.id = a.org_unit_id \
    JOIN role r ON r.id = a.role WHERE t.token_hash = $1";
const USED: &str = "UPDATE api_token SET last_used_at = $2 WHERE id = $1";

/// The actor behind a presented token. Read on every request, so that a revoked token, a disabled account or
/// a changed role counts at once on every node.
pub async fn actor_for_token(
    core: &Core,
    value: &str,
    address: Option<String>,
) -> Result<Actor, Error> {
    let refused = || {
        Error::new(
            Kind::NotSignedIn,
            "token",
            "This API token is unknown, expired or revoked.",
        )
    };
    if !value.starts_with(PREFIX) || value.len() > 128 {
        return Err(refused());
    }
    let now_ms = core.now_ms();
    let token_hash = hash::sha256_hex(value.as_bytes());
    let row = core
        .db()
        .query_optional(FIND, args![token_hash])
        .await?
        .ok_or_else(refused)?;
    if row.i64(3)? <= now_ms || row.opt_i64(5)?.is_some() || row.str(7)? != "active" {
        return Err(refused());
    }
    let mut standing = accounts::standing(&row, 8)?;
    if standing.role.id == accounts::portal::ROLE {
        return Err(refused());
    }
    if row.opt_text(16)?.is_some() {
        // The unit left the account's subtree, or the account that of the unit: it reaches nothing there.
        let narrower = row.opt_text(15)?.unwrap_or_default();
        if !narrower.starts_with(&standing.unit_path) {
            return Err(refused());
        }
        standing.unit_path = narrower;
    }
    let only = Rights::stored(row.str(2)?, "api_token");
    let id = row.text(0)?;
    if row.opt_i64(4)?.is_none_or(|at| now_ms - at > MINUTE_MS) {
        core.db().execute(USED, args![id.as_str(), now_ms]).await?;
    }
    let mut actor = Actor::account(
        ActorKind::Token,
        &id,
        AccountId::from_store(row.text(6)?),
        row.text(1)?,
        standing,
        Some(only),
    );
    actor.address = address;
    Ok(actor)
}
