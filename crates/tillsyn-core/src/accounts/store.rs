//! The accounts' SQL.

use tillsyn_db::{Row, Tx, args};

use super::Door;
use crate::actor::{Role, RoleName, Standing, rights_of};
use crate::error::Error;
use crate::ids::{AccountId, PersonId};

/// An account as its owner sees it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AccountView {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    /// The word of a built-in role, else an id.
    pub role: String,
    pub role_name: String,
    pub language: Option<String>,
    pub theme: Option<String>,
}

/// What sign-in and sessions need of an account.
pub(super) struct Account {
    pub(super) view: AccountView,
    pub(super) standing: Standing,
    pub(super) password_hash: String,
    pub(super) active: bool,
    pub(super) unit_id: String,
    /// Whose own account it is, while they are active.
    pub(super) person: Option<PersonId>,
    /// It is nothing but a person's own account.
    pub(super) portal_only: bool,
    /// When a temporary password ends.
    temporary_until: Option<i64>,
}

impl Account {
    /// Whether its password was for a while, and that is over.
    pub(super) fn password_ended(&self, now_ms: i64) -> bool {
        self.temporary_until.is_some_and(|until| until <= now_ms)
    }

    /// Whether it lets anybody in there.
    pub(super) fn opens(&self, door: Door) -> bool {
        self.active
            && match door {
                Door::Console => !self.portal_only,
                Door::Portal => self.portal_only && self.person.is_some(),
            }
    }
}

/// Every lookup joins unit and role, so that a change of either counts from the next request on.
macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT a.id, COALESCE(p.name, a.name), CASE WHEN a.person_id IS NULL THEN a.email \
             ELSE COALESCE(p.email, '') END, COALESCE(p.language, a.language), a.theme, a.password_hash, a.status, \
             u.id, u.path, a.role_changed_at, a.platform, r.id, r.name, r.permissions, r.changed_at, \
             a.person_id, p.status, a.temporary_until FROM account a LEFT JOIN person p ON p.id = a.person_id \
             JOIN org_unit u ON u.id = COALESCE(p.org_unit_id, a.org_unit_id) \
             JOIN role r ON r.id = a.role WHERE ",
            $where
        )
    };
}
const BY_EMAIL: &str = select!("a.email = $1 AND a.role <> 'portal'");
/// A person's own account has no address of its own: theirs is in the list of people.
const BY_PERSONS_EMAIL: &str = select!("p.email = $1 AND a.role = 'portal'");
const BY_ID: &str = select!("a.id = $1");
const INSERT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
    language, created_at, role_changed_at, password_changed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $8, $8)";
const COUNT: &str = "SELECT count(*) FROM account WHERE status = 'active' AND role <> 'portal'";
/// Of an account `a`: that it has a way to sign in. One that nobody opened yet, or that was reset, has none.
pub(crate) const OPENED: &str = "(a.password_hash <> '!' \
    OR EXISTS (SELECT 1 FROM passkey k WHERE k.account_id = a.id) \
    OR EXISTS (SELECT 1 FROM account_identity i JOIN oidc_provider p ON p.id = i.provider_id \
    WHERE i.account_id = a.id AND p.disabled_at IS NULL))";
/// Of an account `a`: that a provider that is switched on vouches for it.
pub(crate) const VOUCHED: &str = "EXISTS (SELECT 1 FROM account_identity i \
    JOIN oidc_provider p ON p.id = i.provider_id WHERE i.account_id = a.id AND p.disabled_at IS NULL)";
const SET_PREFERENCES: &str = "UPDATE account SET language = $2, theme = $3 WHERE id = $1";

fn decode(row: &Row) -> Result<Account, Error> {
    let standing = standing(row, 8)?;
    let person = row.opt_text(15)?;
    let here = row.opt_text(16)?.as_deref() == Some("active");
    Ok(Account {
        person: person.filter(|_| here).map(PersonId::from_store),
        portal_only: standing.role.id == super::portal::ROLE,
        view: AccountView {
            id: AccountId::from_store(row.text(0)?),
            name: row.text(1)?,
            email: row.text(2)?,
            role: standing.role.id.clone(),
            role_name: standing.role.name.clone(),
            language: row.opt_text(3)?,
            theme: row.opt_text(4)?,
        },
        temporary_until: row.opt_i64(17)?,
        standing,
        password_hash: row.text(5)?,
        active: row.text(6)? == "active",
        unit_id: row.text(7)?,
    })
}

/// Reads unit path, `role_changed_at`, platform of the account and id, name, permissions, `changed_at` of its
/// role, from column `at` on.
pub(crate) fn standing(row: &Row, at: usize) -> Result<Standing, Error> {
    let role = RoleName {
        id: row.text(at + 3)?,
        name: row.text(at + 4)?,
    };
    Ok(Standing {
        rights: rights_of(&role.id, row.str(at + 5)?),
        role,
        unit_path: row.text(at)?,
        platform: row.opt_text(at + 2)?,
        trusted_since: row.i64(at + 1)?.max(row.i64(at + 6)?),
    })
}

pub(super) async fn find_by_email(tx: &Tx, email: &str) -> Result<Option<Account>, Error> {
    tx.fetch_optional(BY_EMAIL, args![email])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

/// The account that somebody means who gives this address at this door.
pub(super) async fn find_at(tx: &Tx, door: Door, email: &str) -> Result<Option<Account>, Error> {
    match door {
        Door::Console => find_by_email(tx, email).await,
        Door::Portal => tx
            .fetch_optional(BY_PERSONS_EMAIL, args![email])
            .await?
            .as_ref()
            .map(decode)
            .transpose(),
    }
}

pub(super) async fn find(tx: &Tx, id: &AccountId) -> Result<Option<Account>, Error> {
    tx.fetch_optional(BY_ID, args![id])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

/// The unit of an account, for events about it.
pub(super) async fn unit_of(tx: &Tx, id: &AccountId) -> Result<String, Error> {
    const UNIT: &str = "SELECT COALESCE(p.org_unit_id, a.org_unit_id) FROM account a \
        LEFT JOIN person p ON p.id = a.person_id WHERE a.id = $1";
    Ok(tx.fetch_one(UNIT, args![id]).await?.text(0)?)
}

pub(super) async fn count_active(tx: &Tx) -> Result<i64, Error> {
    Ok(tx.fetch_one(COUNT, args![]).await?.i64(0)?)
}

#[expect(clippy::too_many_arguments, reason = "one column each")]
pub(super) async fn insert(
    tx: &Tx,
    id: &AccountId,
    org_unit_id: &str,
    email: &str,
    name: &str,
    password_hash: &str,
    role: Role,
    language: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    tx.execute(
        INSERT,
        args![
            id,
            org_unit_id,
            email,
            name,
            password_hash,
            role.as_str(),
            language,
            now_ms
        ],
    )
    .await?;
    Ok(())
}

/// Ends every session of an account (S13).
pub(crate) async fn end_sessions_in(tx: &Tx, id: &AccountId) -> Result<(), Error> {
    const END: &str = "DELETE FROM session WHERE account_id = $1";
    tx.execute(END, args![id]).await?;
    Ok(())
}

/// Ends every session of the accounts of a role (S13).
pub(crate) async fn end_sessions_of_role_in(tx: &Tx, role: &str) -> Result<(), Error> {
    const END: &str =
        "DELETE FROM session WHERE account_id IN (SELECT id FROM account WHERE role = $1)";
    tx.execute(END, args![role]).await?;
    Ok(())
}

pub(super) async fn set_preferences(
    tx: &Tx,
    id: &AccountId,
    language: Option<&str>,
    theme: Option<&str>,
) -> Result<(), Error> {
    tx.execute(SET_PREFERENCES, args![id, language, theme])
        .await?;
    Ok(())
}
