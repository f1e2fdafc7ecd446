//! The first steps of an installation: organisation and authorities, then the first administrator by a
//! one-time code printed on the server (security S17). There is no default account.

use serde_json::json;
use tillsyn_db::{Db, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::{Guesses, blocked, failed, own_password, password, store};
use crate::actor::{Actor, Role};
use crate::clock::{Clock, HOUR_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::keys::{self, KeyStore, NewAuthorities};
use crate::org;
use crate::people::normal_email;
use crate::settings::{self, Organisation};

/// What `tillsyn init` asks.
#[derive(Clone, Debug)]
pub struct InitInput {
    pub organisation: Organisation,
}

/// Makes organisation, root unit and authorities on an empty, migrated database.
///
/// # Errors
/// A conflict when the database already belongs to an organisation.
pub async fn initialise(
    db: &Db,
    clock: &Clock,
    keys: &KeyStore,
    input: InitInput,
) -> Result<(), Error> {
    const ANY: &str = "SELECT id FROM org_unit";
    let now_ms = clock.now_ms();
    let name = input.organisation.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name_length",
            "The name has 1 to 100 characters.",
        ));
    }
    let for_keys = name.clone();
    let made = tokio::task::spawn_blocking(move || NewAuthorities::make(&for_keys, now_ms))
        .await
        .map_err(|error| Error::internal("Making keys was interrupted.").caused_by(error))??;
    let organisation = Organisation {
        name,
        ..input.organisation
    };
    db.write(
        (keys.clone(), made, organisation, now_ms),
        |tx, (keys, made, organisation, now)| {
            Box::pin(async move {
                if !tx.fetch_all(ANY, args![]).await?.is_empty() {
                    return Err(Error::conflict(
                        "already_initialised",
                        "This database already belongs to an organisation; nothing was changed.",
                    ));
                }
                let root = org::ensure_root_in(tx, &organisation.name, *now).await?;
                keys::create_in(tx, keys, made, *now).await?;
                settings::write_in(tx, settings::ORGANISATION, organisation, *now).await?;
                let event = NewEvent::done(
                    "organisation.create",
                    "org_unit",
                    root.id.as_str(),
                    root.id.as_str(),
                );
                events::record(tx, &Actor::server(), *now, event).await?;
                Ok(())
            })
        },
    )
    .await
}

/// Whether this migrated database belongs to an organisation already; needs no key.
pub async fn is_initialised(db: &Db) -> Result<bool, Error> {
    const ANY: &str = "SELECT id FROM org_unit LIMIT 1";
    Ok(db.query_optional(ANY, args![]).await?.is_some())
}

/// Whether nobody can sign in yet: the first administrator has to be made by one-time code.
pub async fn needs_first_account(core: &Core) -> Result<bool, Error> {
    core.db()
        .read((), |tx, ()| {
            Box::pin(async move { Ok::<_, Error>(store::count_active(tx).await? == 0) })
        })
        .await
}

/// A fresh one-time code for the first administrator, valid for a day; earlier ones end. `None` when an
/// administrator exists.
pub async fn new_bootstrap_code(core: &Core) -> Result<Option<String>, Error> {
    const CLEAR: &str = "DELETE FROM bootstrap_code";
    const INSERT: &str = "INSERT INTO bootstrap_code (code_hash, expires_at) VALUES ($1, $2)";
    let code = hash::random_code("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 16);
    let now_ms = core.now_ms();
    let made = core
        .db()
        .write((code.clone(), now_ms), |tx, (code, now)| {
            Box::pin(async move {
                if store::count_active(tx).await? > 0 {
                    return Ok(false);
                }
                tx.execute(CLEAR, args![]).await?;
                let hash = hash::sha256_hex(code.as_bytes());
                tx.execute(INSERT, args![hash, *now + 24 * HOUR_MS]).await?;
                Ok::<_, Error>(true)
            })
        })
        .await?;
    Ok(made.then_some(code))
}

/// Makes the owner's account from the one-time code.
///
/// # Errors
/// Forbidden with a wrong, used or expired code; invalid input named by field.
pub async fn create_first_account(
    core: &Core,
    code: &str,
    name: &str,
    email: &str,
    password: Zeroizing<String>,
    address: Option<String>,
) -> Result<AccountId, Error> {
    const TAKE: &str = "UPDATE bootstrap_code SET used_at = $2 \
        WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2";
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name_length",
            "The name has 1 to 100 characters.",
        ));
    }
    let email = normal_email(email)?;
    let about = own_password::about(core, &name, &email).await?;
    let password_hash = password::hash_new_password(password, about).await?;
    let code_hash = hash::sha256_hex(
        code.chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect::<String>()
            .to_uppercase()
            .as_bytes(),
    );
    let now_ms = core.now_ms();
    let id = AccountId::new(now_ms);
    let root = org::root(core).await?;
    let input = (
        code_hash,
        name,
        email,
        password_hash,
        address,
        id.clone(),
        root,
        now_ms,
    );
    let wrong = core
        .db()
        .write(
            input,
            |tx, (code_hash, name, email, password_hash, address, id, root, now)| {
                Box::pin(async move {
                    // Per address: the code's 80 bits need no limit that a stranger could use up.
                    let subject = format!("bootstrap:{}", address.as_deref().unwrap_or("unknown"));
                    blocked(tx, &subject, *now).await?;
                    if store::count_active(tx).await? > 0
                        || tx.execute(TAKE, args![code_hash.as_str(), *now]).await? == 0
                    {
                        // Committed, so that the failure counts.
                        failed(tx, &subject, Guesses::ACCOUNT, *now).await?;
                        return Ok(true);
                    }
                    store::insert(
                        tx,
                        id,
                        root.id.as_str(),
                        email,
                        name,
                        password_hash,
                        Role::Owner,
                        None,
                        *now,
                    )
                    .await?;
                    let mut actor = Actor::server();
                    actor.address.clone_from(address);
                    let event =
                        NewEvent::done("account.create", "account", id.as_str(), root.id.as_str())
                            .with(json!({"role": Role::Owner.as_str(), "by": "one_time_code"}));
                    events::record(tx, &actor, *now, event).await?;
                    Ok::<_, Error>(false)
                })
            },
        )
        .await?;
    if wrong {
        return Err(Error::new(
            Kind::Forbidden,
            "bootstrap_code",
            "This code is wrong, used or expired. The server prints a new one with `tillsyn init --new-code`.",
        ));
    }
    Ok(id)
}
