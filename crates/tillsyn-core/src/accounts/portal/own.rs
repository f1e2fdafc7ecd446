//! The account behind a person, and what else lets them in.

use tillsyn_db::{Tx, args};

use crate::accounts::NO_PASSWORD;
use crate::accounts::store::Account;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::ids::{AccountId, PersonId};

/// What a way in needs of a person.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: PersonId,
    pub(super) name: String,
    /// Empty without one.
    pub(super) email: String,
    pub(super) language: Option<String>,
    pub(super) active: bool,
    pub(super) unit_id: String,
    pub(super) unit_path: String,
    /// A provider that is switched on for people vouches for them.
    pub(super) vouched: bool,
    /// The account has a password or a passkey.
    pub(super) opened: bool,
    /// Their address is another since they chose a password: it proves nobody yet.
    pub(super) readdressed: bool,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT p.id, p.name, COALESCE(p.email, ''), p.language, p.status, u.id, u.path, \
             (SELECT count(*) FROM person_identity i JOIN oidc_provider o ON o.id = i.provider_id \
             WHERE i.person_id = p.id AND o.people = 1 AND o.disabled_at IS NULL), \
             COALESCE(a.password_hash, '!'), (SELECT count(*) FROM passkey k WHERE k.account_id = a.id), p.email_changed_at \
             FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
             LEFT JOIN account a ON a.person_id = p.id WHERE p.status <> 'erased' AND ",
            $where
        )
    };
}

fn decode(row: &tillsyn_db::Row) -> Result<Person, Error> {
    Ok(Person {
        id: PersonId::from_store(row.text(0)?),
        name: row.text(1)?,
        email: row.text(2)?,
        language: row.opt_text(3)?,
        active: row.str(4)? == "active",
        unit_id: row.text(5)?,
        unit_path: row.text(6)?,
        vouched: row.i64(7)? > 0,
        opened: row.str(8)? != NO_PASSWORD || row.i64(9)? > 0,
        readdressed: row.opt_i64(10)?.is_some(),
    })
}

pub(super) async fn find_in(tx: &Tx, id: &PersonId) -> Result<Option<Person>, Error> {
    const FIND: &str = select!("p.id = $1");
    let row = tx.fetch_optional(FIND, args![id]).await?;
    row.as_ref().map(decode).transpose()
}

/// Whether a provider vouches for the person whose own account this is: it knows who still belongs to the
/// organisation, and a passkey does not.
pub(in crate::accounts) async fn vouched_in(tx: &Tx, account: &Account) -> Result<bool, Error> {
    let Some(person) = account.person.as_ref().filter(|_| account.portal_only) else {
        return Ok(false);
    };
    let found = find_in(tx, person).await?;
    Ok(found.is_some_and(|person| person.vouched))
}

/// Somebody active with this address.
pub(super) async fn find_by_email_in(tx: &Tx, email: &str) -> Result<Option<Person>, Error> {
    const FIND: &str = select!("p.email = $1 AND p.status = 'active'");
    let row = tx.fetch_optional(FIND, args![email]).await?;
    row.as_ref().map(decode).transpose()
}

pub(super) async fn by_email(core: &Core, email: &str) -> Result<Option<Person>, Error> {
    core.db()
        .read(email.to_owned(), |tx, email| {
            Box::pin(async move { find_by_email_in(tx, email).await })
        })
        .await
}

/// The account of a person; made under `new_id` when there is none. It has no way in yet.
pub(in crate::accounts) async fn ensure_in(
    tx: &Tx,
    person: &PersonId,
    new_id: &AccountId,
    now_ms: i64,
) -> Result<AccountId, Error> {
    const FIND: &str = "SELECT id FROM account WHERE person_id = $1";
    // Address and name are the person's; the column of addresses wants something of its own in each row.
    const INSERT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
        person_id, created_at, role_changed_at, password_changed_at) \
        SELECT $1, u.id, $2, '', $3, $4, 'active', $5, $6, $6, $6 FROM org_unit u WHERE u.parent_id IS NULL";
    if let Some(row) = tx.fetch_optional(FIND, args![person]).await? {
        return Ok(AccountId::from_store(row.text(0)?));
    }
    let values = args![
        new_id,
        format!("person:{person}"),
        NO_PASSWORD,
        super::ROLE,
        person,
        now_ms
    ];
    tx.execute(INSERT, values).await?;
    Ok(new_id.clone())
}

/// Gives the account this password. It is the person's own, or one that they have to change until then.
pub(super) async fn set_password_in(
    tx: &Tx,
    account: &AccountId,
    hash: &str,
    temporary_until: Option<i64>,
    now_ms: i64,
) -> Result<(), Error> {
    const SET: &str = "UPDATE account SET password_hash = $2, password_changed_at = $3, \
        must_change_password = $4, temporary_until = $5 WHERE id = $1";
    let change = i64::from(temporary_until.is_some());
    tx.execute(SET, args![account, hash, now_ms, change, temporary_until])
        .await?;
    if hash == NO_PASSWORD {
        return Ok(());
    }
    super::settled_in(tx, account.as_str()).await
}

/// Who may have a password here: an active person with a mail address, for whom nobody else checks one.
pub(super) fn may_have_password(person: &Person, elsewhere: bool) -> Result<(), Error> {
    if !person.active {
        return Err(Error::conflict(
            "person_inactive",
            "This person is inactive and cannot sign in.",
        ));
    }
    if person.email.is_empty() {
        return Err(Error::conflict(
            "person_no_email",
            "This person has no mail address; they sign in with it.",
        ));
    }
    if person.vouched || elsewhere {
        return Err(Error::conflict(
            "password_elsewhere",
            "This person signs in with the password of the directory or identity provider.",
        ));
    }
    Ok(())
}

/// The person, whoever asks.
pub(super) async fn get_in(tx: &Tx, id: &PersonId) -> Result<Person, Error> {
    find_in(tx, id)
        .await?
        .ok_or_else(|| Error::new(Kind::NotFound, "not_found", "There is no such person."))
}

/// The same outside a transaction.
pub(super) async fn get(core: &Core, id: &PersonId) -> Result<Person, Error> {
    core.db()
        .read(id.clone(), |tx, id| {
            Box::pin(async move { get_in(tx, id).await })
        })
        .await
}
