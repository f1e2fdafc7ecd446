//! Tokens of SCIM connectors: each opens one connector and nothing else; two may be valid at a time, so that
//! one can be exchanged without a gap.

use serde_json::json;
use tillsyn_db::args;
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::source::{SourceKind, SourceStatus, SourceView, find, source, source_in, writable_in};
use crate::accounts::Proof;
use crate::actor::{Actor, Permission, may};
use crate::audit::prove;
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{DirectoryId, new_uuid};

/// Scanners find leaked tokens by how they begin.
const PREFIX: &str = "tillsyn_scim_";
/// Tokens of a connector that are valid at a time.
const MOST: i64 = 2;
/// Longest life in days.
const MOST_DAYS: i64 = 730;

/// A token as it is listed: never its value.
#[derive(Clone, Debug)]
pub struct ScimTokenView {
    pub id: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub last_used_at: Option<i64>,
    /// It ends within thirty days.
    pub expiring: bool,
}

/// The tokens of a connector that are valid.
pub async fn scim_tokens(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
) -> Result<Vec<ScimTokenView>, Error> {
    const LIST: &str = "SELECT id, created_at, expires_at, last_used_at FROM directory_token \
        WHERE source_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY created_at, id";
    source(core, actor, id).await?;
    let now = core.now_ms();
    let mut found = Vec::new();
    for row in core.db().query_all(LIST, args![id, now]).await? {
        let expires_at = row.i64(2)?;
        found.push(ScimTokenView {
            id: row.text(0)?,
            created_at: row.i64(1)?,
            expires_at,
            last_used_at: row.opt_i64(3)?,
            expiring: expires_at - now < 30 * DAY_MS,
        });
    }
    Ok(found)
}

/// Makes a token; its value is returned once. Whoever asks proves freshly who they are.
pub async fn create_scim_token(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
    days: i64,
    proof: Option<Proof>,
) -> Result<(ScimTokenView, Zeroizing<String>), Error> {
    may(actor, Permission::SignInWrite)?;
    prove(core, actor, proof).await?;
    if !(1..=MOST_DAYS).contains(&days) {
        let text = format!("A token lives 1 to {MOST_DAYS} days.");
        return Err(Error::invalid("days", "token_days", text));
    }
    let now = core.now_ms();
    let value = Zeroizing::new(format!("{PREFIX}{}", hash::random_token(32)));
    let view = ScimTokenView {
        id: new_uuid(now).to_string(),
        created_at: now,
        expires_at: now + days * DAY_MS,
        last_used_at: None,
        expiring: days < 30,
    };
    let kept = hash::sha256_hex(value.as_bytes());
    let input = ((actor.clone(), id.clone()), view.clone(), kept, now);
    core.db()
        .write(input, |tx, ((actor, id), view, kept, now)| {
            Box::pin(async move {
                const COUNT: &str = "SELECT count(*) FROM directory_token WHERE source_id = $1 \
                    AND revoked_at IS NULL AND expires_at > $2";
                const INSERT: &str = "INSERT INTO directory_token (id, source_id, token_hash, created_by, \
                    created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
                let found = writable_in(tx, actor, id).await?;
                if found.kind != SourceKind::Scim {
                    let text = "Only a SCIM connector has tokens.";
                    return Err(Error::conflict("directory_kind", text));
                }
                if tx.fetch_one(COUNT, args![id, *now]).await?.i64(0)? >= MOST {
                    let text = "Two tokens are valid already; revoke the one that is not used.";
                    return Err(Error::conflict("directory_tokens", text));
                }
                let values = args![
                    view.id.as_str(),
                    id,
                    kept.as_str(),
                    actor.id.as_str(),
                    *now,
                    view.expires_at
                ];
                tx.execute(INSERT, values).await?;
                let unit = found.unit_id.as_str();
                let event = NewEvent::done("directory.token", "directory", id.as_str(), unit)
                    .with(json!({"token": view.id, "expires_at": view.expires_at}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok((view, value))
}

/// Ends a token.
pub async fn revoke_scim_token(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
    token: &str,
) -> Result<(), Error> {
    may(actor, Permission::SignInWrite)?;
    let input = ((actor.clone(), id.clone()), token.to_owned(), core.now_ms());
    core.db()
        .write(input, |tx, ((actor, id), token, now)| {
            Box::pin(async move {
                const REVOKE: &str = "UPDATE directory_token SET revoked_at = $3 WHERE id = $1 \
                    AND source_id = $2 AND revoked_at IS NULL";
                let found = writable_in(tx, actor, id).await?;
                if tx.execute(REVOKE, args![token.as_str(), id, *now]).await? == 0 {
                    return Err(Error::not_found("token"));
                }
                let unit = found.unit_id.as_str();
                let event =
                    NewEvent::done("directory.token_revoke", "directory", id.as_str(), unit)
                        .with(json!({ "token": token }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// The connector that a token opens. Whatever is wrong with either, the answer is the same.
///
/// # Errors
/// Not signed in; `directory_paused` for the right token of a connector that is not listened to.
pub async fn scim_connector(
    core: &Core,
    connector: &str,
    token: &str,
) -> Result<SourceView, Error> {
    const FIND: &str = "SELECT t.id, t.last_used_at FROM directory_token t JOIN directory_source s \
        ON s.id = t.source_id WHERE t.token_hash = $1 AND t.source_id = $2 AND t.revoked_at IS NULL \
        AND t.expires_at > $3 AND s.kind = 'scim' AND s.status <> 'removed'";
    const USED: &str = "UPDATE directory_token SET last_used_at = $2 WHERE id = $1";
    let refused = || {
        let text = "Send the token of this connector as `Authorization: Bearer tillsyn_scim_…`.";
        Error::new(Kind::NotSignedIn, "not_signed_in", text)
    };
    let id = DirectoryId::parse(connector).ok_or_else(refused)?;
    if !token.starts_with(PREFIX) || token.len() > 200 {
        return Err(refused());
    }
    let (now, kept) = (core.now_ms(), hash::sha256_hex(token.as_bytes()));
    let row = core
        .db()
        .query_optional(FIND, args![kept, &id, now])
        .await?
        .ok_or_else(refused)?;
    if row.opt_i64(1)?.is_none_or(|at| now - at > 5 * MINUTE_MS) {
        core.db().execute(USED, args![row.text(0)?, now]).await?;
    }
    let found = find(core, &id).await?;
    if found.status == SourceStatus::Paused {
        return Err(Error::forbidden(
            "directory_paused",
            "This connector is paused.",
        ));
    }
    Ok(found)
}

/// Notes attributes that came and are not read, by name only.
pub async fn note_ignored(core: &Core, id: &DirectoryId, names: Vec<String>) -> Result<(), Error> {
    const KEEP: &str = "UPDATE directory_source SET diagnostics = $2 WHERE id = $1";
    if names.is_empty() {
        return Ok(());
    }
    core.db()
        .write((id.clone(), names), |tx, (id, names)| {
            Box::pin(async move {
                let found = source_in(tx, id).await?;
                let mut known = found.diagnostics.as_object().cloned().unwrap_or_default();
                let before = known.len();
                for name in names {
                    let name: String = name.chars().take(120).collect();
                    if known.len() < 100 {
                        known.entry(name).or_insert(json!(1));
                    }
                }
                if known.len() == before {
                    return Ok(());
                }
                let text = serde_json::Value::Object(known).to_string();
                tx.execute(KEEP, args![id, text]).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
