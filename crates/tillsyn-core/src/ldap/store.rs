//! The settings' SQL, and saving them.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_upstream::ldap::Password;

use super::input::{LdapInput, checked, is_same_place};
use super::settings::{LdapSettings, LdapState, LdapView};
use crate::actor::{Actor, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::DirectoryId;
use crate::keys::KeyStore;

const SECRET: (&str, &str) = ("ldap_source", "password_sealed");

/// What is kept of an LDAP directory.
pub(super) struct Stored {
    pub(super) settings: LdapSettings,
    pub(super) state: LdapState,
    sealed: Vec<u8>,
}

impl Stored {
    /// The password of the account that reads.
    pub(super) fn password(&self, keys: &KeyStore, id: &DirectoryId) -> Result<Password, Error> {
        let (table, column) = SECRET;
        let bytes = keys.open(&self.sealed, table, column, id.as_str())?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Error::internal("A stored password cannot be read."))?;
        Password::new(text).ok_or_else(|| Error::internal("A stored password is empty."))
    }
}

const FIND: &str = "SELECT settings, password_sealed, product, delta, last_full_at, last_run_at, last_code, \
    people_count, group_count, refs, full_due_at, run_due_at, lease_until FROM ldap_source WHERE source_id = $1";

pub(super) async fn find(core: &Core, id: &DirectoryId) -> Result<Option<Stored>, Error> {
    let now_ms = core.now_ms();
    core.db()
        .read((id.clone(), now_ms), |tx, (id, now)| {
            Box::pin(async move { find_in(tx, id, *now).await })
        })
        .await
}

async fn find_in(tx: &Tx, id: &DirectoryId, now_ms: i64) -> Result<Option<Stored>, Error> {
    match tx.fetch_optional(FIND, args![id]).await? {
        Some(row) => decode(&row, now_ms).map(Some),
        None => Ok(None),
    }
}

fn decode(row: &Row, now_ms: i64) -> Result<Stored, Error> {
    let broken = |error: serde_json::Error| {
        Error::internal("Stored settings cannot be read.").caused_by(error)
    };
    let delta = row.opt_text(3)?;
    Ok(Stored {
        settings: serde_json::from_str(row.str(0)?).map_err(broken)?,
        sealed: row.blob(1)?,
        state: LdapState {
            product: row.opt_text(2)?,
            delta: delta.and_then(|text| serde_json::from_str(&text).ok()),
            last_full_at: row.opt_i64(4)?,
            last_run_at: row.opt_i64(5)?,
            code: row.opt_text(6)?,
            people: row.opt_i64(7)?,
            groups: row.opt_i64(8)?,
            references: row.i64(9)?,
            next_full_at: row.i64(10)?,
            next_run_at: row.i64(11)?,
            running: row.i64(12)? > now_ms,
        },
    })
}

/// Saves how a directory is reached and read, and reads it in full soon. A password that is kept already goes only
/// where it was given for: with other servers, another authority or another account it has to be typed again.
pub async fn save_settings(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
    input: LdapInput,
) -> Result<LdapView, Error> {
    let source = super::ldap_source(core, actor, id).await?;
    let now_ms = core.now_ms();
    require_fresh(actor, now_ms)?;
    let input = checked(input)?;
    let sealed = input.password.as_ref().map(|password| {
        let (table, column) = SECRET;
        core.keys()
            .seal(password.as_bytes(), table, column, id.as_str())
    });
    let unit = source.unit_id.as_str().to_owned();
    let work = (
        id.clone(),
        input.settings,
        sealed,
        (unit, actor.clone()),
        now_ms,
    );
    core.db()
        .write(work, |tx, (id, settings, sealed, (unit, actor), now)| {
            Box::pin(async move {
                const INSERT: &str = "INSERT INTO ldap_source (source_id, settings, password_sealed, refs, \
                    full_due_at, run_due_at, lease_holder, lease_until, updated_at) \
                    VALUES ($1, $2, $3, 0, $4, $4, '', 0, $4)";
                const UPDATE: &str = "UPDATE ldap_source SET settings = $2, \
                    password_sealed = COALESCE($3, password_sealed), delta = NULL, full_due_at = $4, \
                    run_due_at = $4, updated_at = $4 WHERE source_id = $1";
                let before = find_in(tx, id, *now).await?;
                let before = before.map(|stored| stored.settings);
                check_against(tx, id, before.as_ref(), settings, sealed.is_some()).await?;
                let text = json!(settings).to_string();
                let values = args![id, text, sealed.clone(), *now];
                let statement = if before.is_some() { UPDATE } else { INSERT };
                tx.execute(statement, values).await?;
                let changed = changes(&before.unwrap_or_default(), settings, sealed.is_some());
                let event = NewEvent::done("directory.ldap", "directory", id.as_str(), unit)
                    .with(json!({ "servers": settings.servers, "changed": changed }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    super::ldap(core, actor, id).await
}

async fn check_against(
    tx: &Tx,
    id: &DirectoryId,
    before: Option<&LdapSettings>,
    after: &LdapSettings,
    has_password: bool,
) -> Result<(), Error> {
    const LINKED: &str = "SELECT 1 FROM directory_link WHERE source_id = $1 LIMIT 1";
    if !has_password && !before.is_some_and(|before| is_same_place(before, after)) {
        return Err(password_again());
    }
    let Some(before) = before else {
        return Ok(());
    };
    let other_key = before.attributes.get("key") != after.attributes.get("key");
    if other_key && tx.fetch_optional(LINKED, args![id]).await?.is_some() {
        return Err(Error::conflict(
            "ldap_key_fixed",
            "People of this directory are known by its key already; with another one everybody would be somebody \
             new. Add it as another directory instead.",
        ));
    }
    Ok(())
}

/// Settings that go to a server with the password that is kept, or with the one that came.
pub(super) fn password_for(
    core: &Core,
    id: &DirectoryId,
    stored: Option<&Stored>,
    input: &LdapInput,
) -> Result<Password, Error> {
    if let Some(given) = &input.password {
        return Password::new(given).ok_or_else(password_again);
    }
    match stored {
        Some(stored) if is_same_place(&stored.settings, &input.settings) => {
            stored.password(core.keys(), id)
        }
        _ => Err(password_again()),
    }
}

fn password_again() -> Error {
    Error::invalid(
        "password",
        "ldap_password_again",
        "Type the password of the account that reads: it is used only for the servers, authority and account \
         that it was given for.",
    )
}

fn changes(before: &LdapSettings, after: &LdapSettings, has_password: bool) -> Vec<&'static str> {
    let fields = [
        ("servers", before.servers != after.servers),
        ("ca_pem", before.ca_pem != after.ca_pem),
        ("bind_dn", before.bind_dn != after.bind_dn),
        ("password", has_password),
        ("user_base", before.user_base != after.user_base),
        ("user_filter", before.user_filter != after.user_filter),
        ("login_filter", before.login_filter != after.login_filter),
        ("group_base", before.group_base != after.group_base),
        ("group_filter", before.group_filter != after.group_filter),
        ("attributes", before.attributes != after.attributes),
        ("signs_in", before.signs_in != after.signs_in),
        ("password_url", before.password_url != after.password_url),
    ];
    let changed = fields.into_iter().filter(|(_, changed)| *changed);
    changed.map(|(name, _)| name).collect()
}
