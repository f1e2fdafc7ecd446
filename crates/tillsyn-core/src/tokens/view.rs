//! Tokens as lists show them; their values are never seen again.

use serde_json::Value as Json;
use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{AccountId, OrgUnitId, TokenId};
use crate::paging::{Cursor, Page, page_size};

/// A token as listed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct TokenView {
    pub id: TokenId,
    pub name: String,
    pub permissions: Vec<String>,
    pub account_id: AccountId,
    pub account_name: String,
    /// `person` or `service`.
    pub account_kind: String,
    #[serde(skip)]
    pub account_path: String,
    /// The smaller unit that it is limited to.
    pub unit_id: Option<OrgUnitId>,
    pub unit_name: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

const COLUMNS: &str = "SELECT t.id, t.name, t.permissions, a.id, a.name, a.kind, u.path, tu.id, tu.name, \
    t.created_at, t.expires_at, t.last_used_at, t.revoked_at FROM api_token t \
    JOIN account a ON a.id = t.account_id JOIN org_unit u ON u.id = a.org_unit_id \
    LEFT JOIN org_unit tu ON tu.id = t.org_unit_id";

fn decode(row: &Row) -> Result<TokenView, Error> {
    Ok(TokenView {
        id: TokenId::from_store(row.text(0)?),
        name: row.text(1)?,
        permissions: serde_json::from_str(row.str(2)?).unwrap_or_default(),
        account_id: AccountId::from_store(row.text(3)?),
        account_name: row.text(4)?,
        account_kind: row.text(5)?,
        account_path: row.text(6)?,
        unit_id: row.opt_text(7)?.map(OrgUnitId::from_store),
        unit_name: row.opt_text(8)?,
        created_at: row.i64(9)?,
        expires_at: row.i64(10)?,
        last_used_at: row.opt_i64(11)?,
        revoked_at: row.opt_i64(12)?,
    })
}

pub(super) async fn find_in(tx: &Tx, id: &TokenId) -> Result<TokenView, Error> {
    let sql = format!("{COLUMNS} WHERE t.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    decode(rows.first().ok_or_else(|| Error::not_found("API token"))?)
}

async fn of_account(core: &Core, id: AccountId) -> Result<Vec<TokenView>, Error> {
    let sql =
        format!("{COLUMNS} WHERE t.account_id = $1 ORDER BY t.created_at DESC, t.id LIMIT 1000");
    core.db()
        .read((sql, id), |tx, (sql, id)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![&*id]).await?;
                rows.iter().map(decode).collect()
            })
        })
        .await
}

/// The acting account's tokens, newest first.
pub async fn list_tokens(core: &Core, actor: &Actor) -> Result<Vec<TokenView>, Error> {
    may(actor, Permission::TokensOwn)?;
    match &actor.account_id {
        Some(id) => of_account(core, id.clone()).await,
        None => Ok(Vec::new()),
    }
}

/// The tokens of one account of the actor's scope, newest first.
pub async fn tokens_of(
    core: &Core,
    actor: &Actor,
    account: &AccountId,
) -> Result<Vec<TokenView>, Error> {
    let found = crate::accounts::account(core, actor, account).await?;
    authorize(actor, Permission::AccountsRead, &found.unit_path)?;
    of_account(core, found.id).await
}

/// The tokens of all accounts of the actor's scope, newest first.
pub async fn list_all_tokens(
    core: &Core,
    actor: &Actor,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<TokenView>, Error> {
    may(actor, Permission::AccountsRead)?;
    let limit = page_size(limit)?;
    let (at, id) = match after.map(Cursor::decode).transpose()? {
        None => (i64::MAX, String::new()),
        Some(cursor) => match cursor.values() {
            [Json::Number(at), Json::String(id)] => (at.as_i64().unwrap_or(i64::MAX), id.clone()),
            _ => {
                return Err(Error::invalid(
                    "after",
                    "cursor",
                    "This cursor is not one of ours; start without it.",
                ));
            }
        },
    };
    let sql = format!(
        "{COLUMNS} WHERE u.path >= $1 AND u.path < $2 \
         AND (t.created_at < $3 OR (t.created_at = $3 AND t.id > $4)) \
         ORDER BY t.created_at DESC, t.id LIMIT $5"
    );
    let path = actor.unit_path.as_str();
    let values = args![path, prefix_end(path), at, id, limit + 1];
    core.db()
        .read((sql, values, limit), |tx, (sql, values, limit)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                let mut items = rows.iter().map(decode).collect::<Result<Vec<_>, Error>>()?;
                let keep = usize::try_from(*limit).unwrap_or(usize::MAX);
                let more = items.len() > keep;
                items.truncate(keep);
                let next = items.last().filter(|_| more).map(|last| {
                    let place = vec![Json::from(last.created_at), Json::from(last.id.as_str())];
                    Cursor::new(place).encode()
                });
                Ok::<_, Error>(Page { items, next })
            })
        })
        .await
}
