//! Accounts as lists and pages show them.

use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, Rights, authorize, may, rights_of};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::groups::{cut, place};
use crate::ids::{AccountId, OrgUnitId};
use crate::paging::{Page, page_size};
use crate::text;
use crate::units::scope;

/// The platforms that an account can be limited to.
pub const PLATFORMS: &[&str] = &["apple"];

/// One administrator or service.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AccountDetail {
    pub id: AccountId,
    /// `person` or `service`.
    pub kind: String,
    pub name: String,
    /// Absent for services.
    pub email: Option<String>,
    /// `active` or `disabled`.
    pub status: String,
    pub role_id: String,
    pub role_name: String,
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    #[serde(skip)]
    pub unit_path: String,
    #[serde(skip)]
    pub rights: Rights,
    /// The one platform that it reaches; absent reaches all.
    pub platform: Option<String>,
    /// Who answers for a service.
    pub owner_id: Option<AccountId>,
    pub owner_name: Option<String>,
    /// Whether its role wants a second factor, and whether it has one.
    pub second_factor_needed: bool,
    pub second_factor: bool,
    /// Whether it has no way to sign in yet.
    pub unopened: bool,
    /// Good API tokens.
    pub tokens: i64,
    pub created_at: i64,
    pub role_changed_at: i64,
    pub last_sign_in_at: Option<i64>,
    pub disabled_at: Option<i64>,
}

/// Which accounts.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// Part of name or mail address.
    pub search: Option<String>,
    pub status: Option<String>,
    pub kind: Option<String>,
    pub role: Option<String>,
    /// In this unit or below.
    pub unit: Option<OrgUnitId>,
}

const COLUMNS: &str = "SELECT a.id, a.kind, a.name, a.email, a.status, r.id, r.name, r.permissions, \
    u.id, u.name, u.path, a.platform, a.owner_id, o.name, r.second_factor, \
    (SELECT count(*) FROM account_totp t WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL) \
    + (SELECT count(*) FROM passkey k WHERE k.account_id = a.id), \
    (SELECT count(*) FROM passkey k WHERE k.account_id = a.id) \
    + (SELECT count(*) FROM account_identity i JOIN oidc_provider p ON p.id = i.provider_id \
    WHERE i.account_id = a.id AND p.disabled_at IS NULL), a.password_hash, \
    (SELECT count(*) FROM api_token t WHERE t.account_id = a.id AND t.revoked_at IS NULL \
    AND t.expires_at > $1), a.created_at, a.role_changed_at, a.last_sign_in_at, a.disabled_at \
    FROM account a JOIN org_unit u ON u.id = a.org_unit_id JOIN role r ON r.id = a.role \
    LEFT JOIN account o ON o.id = a.owner_id";

fn decode(row: &Row) -> Result<AccountDetail, Error> {
    let kind = row.text(1)?;
    let role_id = row.text(5)?;
    let person = kind == "person";
    Ok(AccountDetail {
        id: AccountId::from_store(row.text(0)?),
        name: row.text(2)?,
        email: row.opt_text(3)?.filter(|_| person),
        status: row.text(4)?,
        rights: rights_of(&role_id, row.str(7)?),
        role_id,
        role_name: row.text(6)?,
        unit_id: OrgUnitId::from_store(row.text(8)?),
        unit_name: row.text(9)?,
        unit_path: row.text(10)?,
        platform: row.opt_text(11)?,
        owner_id: row.opt_text(12)?.map(AccountId::from_store),
        owner_name: row.opt_text(13)?,
        second_factor_needed: row.i64(14)? != 0,
        second_factor: row.i64(15)? > 0,
        unopened: person && row.i64(16)? == 0 && row.str(17)? == super::super::NO_PASSWORD,
        tokens: row.i64(18)?,
        created_at: row.i64(19)?,
        role_changed_at: row.i64(20)?,
        last_sign_in_at: row.opt_i64(21)?,
        disabled_at: row.opt_i64(22)?,
        kind,
    })
}

/// One account by its id, whoever asks.
pub(super) async fn load_in(tx: &Tx, id: &AccountId, now_ms: i64) -> Result<AccountDetail, Error> {
    // People's own accounts are looked after where people are.
    let sql = format!("{COLUMNS} WHERE a.id = $2 AND a.role <> 'portal'");
    let rows = tx.fetch_all_dyn(&sql, args![now_ms, id]).await?;
    decode(rows.first().ok_or_else(|| Error::not_found("account"))?)
}

/// One account of the actor's scope.
pub async fn account(core: &Core, actor: &Actor, id: &AccountId) -> Result<AccountDetail, Error> {
    core.db()
        .read((id.clone(), actor.clone(), core.now_ms()), |tx, input| {
            let (id, actor, now) = input;
            Box::pin(async move {
                let found = load_in(tx, id, *now).await?;
                authorize(actor, Permission::AccountsRead, &found.unit_path)?;
                Ok::<_, Error>(found)
            })
        })
        .await
}

/// Whether an account exists for the actor; what may be done with it is decided where it is done.
///
/// # Errors
/// Not found when there is none, or not for this actor.
pub async fn reach(core: &Core, actor: &Actor, id: &AccountId) -> Result<(), Error> {
    core.db()
        .read((id.clone(), actor.clone(), core.now_ms()), |tx, input| {
            let (id, actor, now) = input;
            Box::pin(async move {
                let found = load_in(tx, id, *now).await?;
                if actor.reaches(&found.unit_path) {
                    return Ok(());
                }
                Err(Error::not_found("account"))
            })
        })
        .await
}

/// How many active accounts the actor sees.
pub async fn count_accounts(core: &Core, actor: &Actor) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM account a JOIN org_unit u ON u.id = a.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2 AND a.status = 'active' AND a.role <> 'portal'";
    may(actor, Permission::AccountsRead)?;
    let path = actor.unit_path.as_str();
    let values = args![path, prefix_end(path)];
    let row = core.db().query_optional(COUNT, values).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// How many active people of the actor's scope sign in with a password of ours, and how many of them without a
/// second step.
pub async fn count_second_steps(core: &Core, actor: &Actor) -> Result<(i64, i64), Error> {
    const COUNT: &str = "SELECT count(*), CAST(COALESCE(SUM(CASE WHEN \
        EXISTS (SELECT 1 FROM account_totp t WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL) \
        OR EXISTS (SELECT 1 FROM passkey k WHERE k.account_id = a.id) \
        OR EXISTS (SELECT 1 FROM account_identity i JOIN oidc_provider p ON p.id = i.provider_id \
        WHERE i.account_id = a.id AND p.disabled_at IS NULL) THEN 0 ELSE 1 END), 0) AS BIGINT) \
        FROM account a JOIN org_unit u ON u.id = a.org_unit_id WHERE u.path >= $1 AND u.path < $2 \
        AND a.status = 'active' AND a.kind = 'person' AND a.role <> 'portal'";
    may(actor, Permission::AccountsRead)?;
    let path = actor.unit_path.as_str();
    let values = args![path, prefix_end(path)];
    let row = core.db().query_optional(COUNT, values).await?;
    let row = row.ok_or_else(|| Error::internal("A count had no row."))?;
    Ok((row.i64(0)?, row.i64(1)?))
}

/// The accounts of the actor's scope by name.
pub async fn list_accounts(
    core: &Core,
    actor: &Actor,
    filter: &AccountFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<AccountDetail>, Error> {
    may(actor, Permission::AccountsRead)?;
    let limit = page_size(limit)?;
    let status = one_of(
        "status",
        filter.status.as_deref(),
        &["active", "disabled"],
        "An account is active or disabled.",
    )?;
    let kind = one_of(
        "kind",
        filter.kind.as_deref(),
        &["person", "service"],
        "An account is of a person or of a service.",
    )?;
    let (from, to) = scope(core, actor, filter.unit.as_ref()).await?;
    let (name, id) = place(after)?;
    let sql = format!(
        "{COLUMNS} WHERE u.path >= $2 AND u.path < $3 AND a.role <> 'portal' AND ($4 = '' OR lower(a.name) LIKE $4 ESCAPE '\\' \
         OR a.email LIKE $4 ESCAPE '\\') AND ($5 = '' OR a.status = $5) AND ($6 = '' OR a.kind = $6) \
         AND ($7 = '' OR a.role = $7) AND (a.name > $8 OR (a.name = $8 AND a.id > $9)) \
         ORDER BY a.name, a.id LIMIT $10"
    );
    let search = text::pattern(filter.search.as_deref());
    let role = filter.role.clone().unwrap_or_default();
    let now = core.now_ms();
    let values = args![
        now,
        from,
        to,
        search,
        status,
        kind,
        role,
        name,
        id,
        limit + 1
    ];
    core.db()
        .read((sql, values, limit), |tx, (sql, values, limit)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                let found = rows.iter().map(decode).collect::<Result<Vec<_>, Error>>()?;
                Ok::<_, Error>(cut(found, *limit, |account| {
                    (&account.name, account.id.as_str())
                }))
            })
        })
        .await
}

fn one_of(
    field: &'static str,
    value: Option<&str>,
    known: &[&'static str],
    otherwise: &'static str,
) -> Result<&'static str, Error> {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Ok("");
    };
    known
        .iter()
        .find(|word| **word == value)
        .copied()
        .ok_or_else(|| Error::invalid(field, "word_unknown", otherwise))
}
