//! Writing providers, and removing them.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::change::ProviderChange;
use super::check::Checked;
use super::input::{ProviderInput, changes};
use super::provider::{self, Provider};
use crate::accounts::session::end_sessions_in;
use crate::accounts::{owner_left_in, same_platform};
use crate::actor::{Actor, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, IdentityProviderId, OrgUnitId};
use crate::keys::KeyStore;

pub(super) const SECRET: (&str, &str) = ("oidc_provider", "client_secret_sealed");

/// Removes a provider: whoever came in by it loses the sessions, and needs another way in. Nobody gains by it, so that
/// one person may.
pub async fn remove_provider(
    core: &Core,
    actor: &Actor,
    id: &IdentityProviderId,
) -> Result<(), Error> {
    let before = provider::provider(core, actor, id).await?;
    same_platform(actor, None)?;
    let now_ms = core.now_ms();
    require_fresh(actor, now_ms)?;
    core.db()
        .write(
            (actor.clone(), before, now_ms),
            |tx, (actor, before, now)| {
                Box::pin(async move { remove_in(tx, actor, before, *now).await })
            },
        )
        .await
}

async fn remove_in(tx: &Tx, actor: &Actor, before: &Provider, now_ms: i64) -> Result<(), Error> {
    const GONE: [&str; 4] = [
        "DELETE FROM person_identity WHERE provider_id = $1",
        "DELETE FROM oidc_mapping WHERE provider_id = $1",
        "DELETE FROM account_identity WHERE provider_id = $1",
        "DELETE FROM oidc_provider WHERE id = $1",
    ];
    let accounts = end_sessions_of_in(tx, &before.id).await?;
    for statement in GONE {
        tx.execute(statement, args![&before.id]).await?;
    }
    keeps_owner_in(tx, accounts).await?;
    let (id, unit) = (before.id.as_str(), before.unit.as_str());
    let event = NewEvent::done("identity_provider.remove", "identity_provider", id, unit)
        .with(json!({ "name": before.name, "issuer": before.issuer, "accounts": accounts }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Whoever owns the organisation and comes in by this provider alone could not any more (S04).
async fn keeps_owner_in(tx: &Tx, accounts: usize) -> Result<(), Error> {
    // Where it is nobody's way in, nobody loses it.
    if accounts == 0 {
        return Ok(());
    }
    owner_left_in(tx).await.map_err(|error| match error.code {
        "last_owner" => Error::conflict(
            "last_owner_here",
            "The last owner of the organisation signs in here alone. Let an owner have a password or a passkey first.",
        ),
        _ => error,
    })
}

/// Ends the sessions of everybody who is known by this provider.
async fn end_sessions_of_in(tx: &Tx, id: &IdentityProviderId) -> Result<usize, Error> {
    const KNOWN: &str = "SELECT account_id FROM account_identity WHERE provider_id = $1";
    end_people_in(tx, id).await?;
    let rows = tx.fetch_all(KNOWN, args![id]).await?;
    for row in &rows {
        end_sessions_in(tx, &AccountId::from_store(row.text(0)?)).await?;
    }
    Ok(rows.len())
}

/// Ends the sessions of the portal of everybody who is known by this provider.
async fn end_people_in(tx: &Tx, id: &IdentityProviderId) -> Result<(), Error> {
    const END: &str = "DELETE FROM session WHERE account_id IN (SELECT a.id FROM account a \
        JOIN person_identity i ON i.person_id = a.person_id WHERE i.provider_id = $1)";
    tx.execute(END, args![id]).await?;
    Ok(())
}

/// Makes a change that was checked.
pub(super) async fn make_in(
    tx: &Tx,
    keys: &KeyStore,
    actor: &Actor,
    change: &ProviderChange,
    (checked, reason): (&Checked, Option<&str>),
    now_ms: i64,
) -> Result<(), Error> {
    const UNMAP: &str = "DELETE FROM oidc_mapping WHERE provider_id = $1";
    let (id, input) = (&change.provider_id, &change.settings);
    let secret = input.client_secret.as_ref().filter(|s| !s.is_empty());
    let sealed = secret.map(|secret| {
        let (table, column) = SECRET;
        keys.seal(secret.as_bytes(), table, column, id.as_str())
    });
    let unit = checked.unit.0.as_str();
    let (action, changed) = if let Some(before) = &checked.before {
        update_in(tx, before, input, sealed, now_ms).await?;
        tx.execute(UNMAP, args![id]).await?;
        let changed = changes(&before.settings(), input);
        ("identity_provider.change", changed)
    } else {
        insert_in(tx, id, unit, input, sealed, now_ms).await?;
        ("identity_provider.create", Vec::new())
    };
    map_in(tx, id, input).await?;
    let mappings = input.mappings.iter().map(|mapping| {
        json!({ "group": mapping.group, "role": mapping.role, "unit": mapping.unit.as_str() })
    });
    let event = NewEvent::done(action, "identity_provider", id.as_str(), unit).with(json!({
        "name": input.name, "issuer": input.issuer, "enabled": input.enabled,
        "links_existing": input.links_existing, "trusts_second_factor": input.trusts_second_factor,
        "people": input.people, "makes_people_in": input.makes_people_in,
        "mappings": mappings.collect::<Vec<_>>(), "changed": changed, "reason": reason,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

async fn insert_in(
    tx: &Tx,
    id: &IdentityProviderId,
    unit: &str,
    input: &ProviderInput,
    sealed: Option<Vec<u8>>,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO oidc_provider (id, org_unit_id, name, issuer, client_id, \
        client_secret_sealed, scopes, algorithms, hosts, groups_claim, trusts_second_factor, \
        second_factor_values, links_existing, disabled_at, created_at, updated_at, people, makes_people_in) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17)";
    let values = args![
        id,
        unit,
        &input.name,
        &input.issuer,
        &input.client_id,
        sealed,
        words(&input.scopes),
        words(&input.algorithms),
        words(&input.hosts),
        &input.groups_claim,
        i64::from(input.trusts_second_factor),
        words(&input.second_factor_values),
        i64::from(input.links_existing),
        (!input.enabled).then_some(now_ms),
        now_ms,
        i64::from(input.people),
        input.makes_people_in.as_ref().map(OrgUnitId::as_str)
    ];
    tx.execute(INSERT, values).await?;
    Ok(())
}

async fn update_in(
    tx: &Tx,
    before: &Provider,
    input: &ProviderInput,
    sealed: Option<Vec<u8>>,
    now_ms: i64,
) -> Result<(), Error> {
    const UPDATE: &str = "UPDATE oidc_provider SET name = $2, issuer = $3, client_id = $4, scopes = $5, \
        algorithms = $6, hosts = $7, groups_claim = $8, trusts_second_factor = $9, \
        second_factor_values = $10, links_existing = $11, disabled_at = $12, updated_at = $13, \
        people = $14, makes_people_in = $15 \
        WHERE id = $1";
    const PUT_SECRET: &str = "UPDATE oidc_provider SET client_secret_sealed = $2 WHERE id = $1";
    const FORGET: &str = "DELETE FROM account_identity WHERE provider_id = $1";
    const FORGET_PEOPLE: &str = "DELETE FROM person_identity WHERE provider_id = $1";
    let id = &before.id;
    let values = args![
        id,
        &input.name,
        &input.issuer,
        &input.client_id,
        words(&input.scopes),
        words(&input.algorithms),
        words(&input.hosts),
        &input.groups_claim,
        i64::from(input.trusts_second_factor),
        words(&input.second_factor_values),
        i64::from(input.links_existing),
        (!input.enabled).then_some(now_ms),
        now_ms,
        i64::from(input.people),
        input.makes_people_in.as_ref().map(OrgUnitId::as_str)
    ];
    tx.execute(UPDATE, values).await?;
    if input.client_secret.is_some() {
        tx.execute(PUT_SECRET, args![id, sealed]).await?;
    }
    let mut closed = 0;
    if before.enabled && !input.enabled {
        closed = end_sessions_of_in(tx, id).await?;
    }
    if before.issuer != input.issuer {
        // A subject is unique within its issuer only.
        closed = end_sessions_of_in(tx, id).await?;
        tx.execute(FORGET, args![id]).await?;
        tx.execute(FORGET_PEOPLE, args![id]).await?;
    }
    if before.people && !input.people {
        end_people_in(tx, id).await?;
    }
    keeps_owner_in(tx, closed).await
}

async fn map_in(tx: &Tx, id: &IdentityProviderId, input: &ProviderInput) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO oidc_mapping (provider_id, position, group_value, role, org_unit_id) \
        VALUES ($1, $2, $3, $4, $5)";
    for (position, mapping) in (0_i64..).zip(&input.mappings) {
        let values = args![id, position, &mapping.group, &mapping.role, &mapping.unit];
        tx.execute(INSERT, values).await?;
    }
    Ok(())
}

fn words(words: &[String]) -> String {
    json!(words).to_string()
}
