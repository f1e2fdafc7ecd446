//! API tokens: prefix and 256 random bits, shown once, only the hash stored (security S14).

use serde_json::json;
use tillsyn_db::args;
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use crate::accounts;
use crate::actor::{Actor, ActorKind, Permission, Rights, may, require_fresh};
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, TokenId};
use crate::org;

/// Every token begins so, which lets scanners find leaked ones.
pub const PREFIX: &str = "tillsyn_";

/// What to make.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub name: String,
    /// A subset of the owner's permissions.
    pub permissions: Vec<Permission>,
    /// Life in days, 1 to 365.
    pub days: i64,
}

/// A token as listed; its value is never seen again.
#[derive(Clone, Debug, serde::Serialize)]
pub struct TokenView {
    pub id: TokenId,
    pub name: String,
    pub permissions: Vec<String>,
    pub created_at: i64,
    pub expires_at: i64,
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

const INSERT: &str = "INSERT INTO api_token (id, account_id, name, token_hash, permissions, \
    created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const LIST: &str = "SELECT id, name, permissions, created_at, expires_at, last_used_at, revoked_at \
    FROM api_token WHERE account_id = $1 ORDER BY created_at DESC LIMIT 1000";
const REVOKE: &str = "UPDATE api_token SET revoked_at = $3 \
    WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL";
const FIND: &str = "SELECT t.id, t.name, t.permissions, t.expires_at, t.last_used_at, t.revoked_at, \
    a.id, a.status, u.path, a.role_changed_at, a.platform, r.id, r.name, r.permissions, r.changed_at \
    FROM api_token t JOIN account a ON a.id = t.account_id JOIN org_unit u ON u.id = a.org_unit_id \
    JOIN role r ON r.id = a.role WHERE t.token_hash = $1";
const USED: &str = "UPDATE api_token SET last_used_at = $2 WHERE id = $1";

/// Makes a token for the acting account; its value is returned once.
pub async fn create_token(
    core: &Core,
    actor: &Actor,
    new: NewToken,
) -> Result<(TokenView, Zeroizing<String>), Error> {
    may(actor, Permission::TokensOwn)?;
    let now_ms = core.now_ms();
    let (ActorKind::Account, Some(account_id)) = (actor.kind, actor.account_id.clone()) else {
        return Err(Error::forbidden(
            "token_by_token",
            "Only a person signed in can make a token.",
        ));
    };
    require_fresh(actor, now_ms)?;
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name_length",
            "The name has 1 to 100 characters.",
        ));
    }
    if !(1..=365).contains(&new.days) {
        return Err(Error::invalid(
            "days",
            "token_days",
            "A token lives 1 to 365 days.",
        ));
    }
    if new.permissions.is_empty() {
        return Err(Error::invalid(
            "permissions",
            "permissions_empty",
            "Choose at least one permission.",
        ));
    }
    if let Some(missing) = new.permissions.iter().find(|p| !actor.holds(**p)) {
        return Err(Error::forbidden(
            "permission_not_held",
            format!("You do not hold the permission {}.", missing.as_str()),
        ));
    }
    let value = Zeroizing::new(format!("{PREFIX}{}", hash::random_token(32)));
    let view = TokenView {
        id: TokenId::new(now_ms),
        name,
        permissions: new
            .permissions
            .iter()
            .map(|p| p.as_str().to_owned())
            .collect(),
        created_at: now_ms,
        expires_at: now_ms + new.days * DAY_MS,
        last_used_at: None,
        revoked_at: None,
    };
    let unit = org::of_path(core, &actor.unit_path).await?;
    let input = (
        view.clone(),
        hash::sha256_hex(value.as_bytes()),
        account_id,
        actor.clone(),
        unit,
    );
    core.db()
        .write(input, |tx, (view, token_hash, account_id, actor, unit)| {
            Box::pin(async move {
                let permissions = json!(view.permissions).to_string();
                tx.execute(
                    INSERT,
                    args![
                        &view.id,
                        account_id,
                        view.name.as_str(),
                        token_hash.as_str(),
                        permissions,
                        view.created_at,
                        view.expires_at
                    ],
                )
                .await?;
                let event = NewEvent::done(
                    "token.create",
                    "api_token",
                    view.id.as_str(),
                    unit.id.as_str(),
                )
                .with(json!({"permissions": view.permissions, "expires_at": view.expires_at}));
                events::record(tx, actor, view.created_at, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok((view, value))
}

/// The acting account's tokens, newest first.
pub async fn list_tokens(core: &Core, actor: &Actor) -> Result<Vec<TokenView>, Error> {
    may(actor, Permission::TokensOwn)?;
    let Some(account_id) = &actor.account_id else {
        return Ok(Vec::new());
    };
    let rows = core.db().query_all(LIST, args![account_id]).await?;
    rows.iter()
        .map(|row| {
            Ok(TokenView {
                id: TokenId::from_store(row.text(0)?),
                name: row.text(1)?,
                permissions: serde_json::from_str(&row.text(2)?).unwrap_or_default(),
                created_at: row.i64(3)?,
                expires_at: row.i64(4)?,
                last_used_at: row.opt_i64(5)?,
                revoked_at: row.opt_i64(6)?,
            })
        })
        .collect()
}

/// Ends a token of the acting account at once.
pub async fn revoke_token(core: &Core, actor: &Actor, id: &TokenId) -> Result<(), Error> {
    may(actor, Permission::TokensOwn)?;
    let Some(account_id) = actor.account_id.clone() else {
        return Err(Error::not_found("API token"));
    };
    let unit = org::of_path(core, &actor.unit_path).await?;
    let input = (id.clone(), account_id, actor.clone(), unit, core.now_ms());
    core.db()
        .write(input, |tx, (id, account_id, actor, unit, now)| {
            Box::pin(async move {
                if tx.execute(REVOKE, args![id, account_id, *now]).await? == 0 {
                    return Err(Error::not_found("API token"));
                }
                let event =
                    NewEvent::done("token.revoke", "api_token", id.as_str(), unit.id.as_str());
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}

/// The actor behind a presented token. Read on every request, so that a revoked token or a disabled
/// account stops at once on every node.
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
    let only = Rights::stored(row.str(2)?, "api_token");
    let id = row.text(0)?;
    if row.opt_i64(4)?.is_none_or(|at| now_ms - at > MINUTE_MS) {
        core.db().execute(USED, args![id.as_str(), now_ms]).await?;
    }
    let mut actor = Actor::account(
        ActorKind::Token,
        id,
        AccountId::from_store(row.text(6)?),
        row.text(1)?,
        accounts::standing(&row, 8)?,
        Some(only),
    );
    actor.address = address;
    Ok(actor)
}
