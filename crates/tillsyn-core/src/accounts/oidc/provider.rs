//! The providers that an organisation knows.

use serde::{Deserialize, Serialize};
use tillsyn_db::args;
use tillsyn_pki::id_token::TokenAlgorithm;

use super::clients::{ProviderReport, Upstream};
use super::input::ProviderInput;
use super::store;
use crate::accounts::factor::Factors;
use crate::accounts::session::Session;
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{IdentityProviderId, OrgUnitId};

/// One group of the provider and what it gives here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pub group: String,
    /// Id of a role.
    pub role: String,
    pub unit: OrgUnitId,
}

/// An identity provider as an administrator sees it; its client secret is never shown.
#[derive(Clone, Debug)]
pub struct Provider {
    pub id: IdentityProviderId,
    pub unit: OrgUnitId,
    pub unit_path: String,
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub has_secret: bool,
    pub scopes: Vec<String>,
    pub algorithms: Vec<String>,
    pub hosts: Vec<String>,
    pub groups_claim: String,
    pub trusts_second_factor: bool,
    pub second_factor_values: Vec<String>,
    pub links_existing: bool,
    /// Whether people sign in to the portal here.
    pub people: bool,
    /// Where a first sign-in makes a person; `None` lets in only those who are known.
    pub makes_people_in: Option<OrgUnitId>,
    pub enabled: bool,
    /// In their order: the first that fits counts.
    pub mappings: Vec<Mapping>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Provider {
    pub(super) fn algorithms(&self) -> Vec<TokenAlgorithm> {
        let names = self.algorithms.iter();
        names.filter_map(|n| TokenAlgorithm::from_name(n)).collect()
    }

    /// The same as whoever changes it sends it.
    pub fn settings(&self) -> ProviderInput {
        ProviderInput {
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: None,
            scopes: self.scopes.clone(),
            algorithms: self.algorithms.clone(),
            hosts: self.hosts.clone(),
            groups_claim: self.groups_claim.clone(),
            trusts_second_factor: self.trusts_second_factor,
            second_factor_values: self.second_factor_values.clone(),
            links_existing: self.links_existing,
            people: self.people,
            makes_people_in: self.makes_people_in.clone(),
            enabled: self.enabled,
            mappings: self.mappings.clone(),
        }
    }

    /// What the first mapping that names one of the groups gives.
    pub(super) fn mapped(&self, groups: &[&str]) -> Option<&Mapping> {
        let mut mappings = self.mappings.iter();
        mappings.find(|mapping| groups.contains(&mapping.group.as_str()))
    }
}

/// One way in on the sign-in page.
#[derive(Clone, Debug)]
pub struct SignInButton {
    pub id: IdentityProviderId,
    pub name: String,
}

/// The providers of the actor's part of the organisation, by name.
pub async fn list_providers(core: &Core, actor: &Actor) -> Result<Vec<Provider>, Error> {
    may(actor, Permission::SignInWrite)?;
    let path = actor.unit_path.clone();
    core.db()
        .read(path, |tx, path| {
            Box::pin(async move { store::list_in(tx, path).await })
        })
        .await
}

/// One of them.
pub async fn provider(
    core: &Core,
    actor: &Actor,
    id: &IdentityProviderId,
) -> Result<Provider, Error> {
    let found = find(core, id).await?;
    let found = found.ok_or_else(|| Error::not_found("identity provider"))?;
    authorize(actor, Permission::SignInWrite, &found.unit_path)?;
    Ok(found)
}

pub(super) async fn find(core: &Core, id: &IdentityProviderId) -> Result<Option<Provider>, Error> {
    core.db()
        .read(id.clone(), |tx, id| {
            Box::pin(async move { store::find_in(tx, id).await })
        })
        .await
}

/// Asks a provider for its discovery document and keys, as a sign-in would.
pub async fn check_provider(
    core: &Core,
    actor: &Actor,
    id: &IdentityProviderId,
) -> Result<ProviderReport, Error> {
    let provider = provider(core, actor, id).await?;
    Ok(Upstream::of(core, &provider)?.report().await)
}

/// What the sign-in page offers.
pub async fn sign_in_buttons(core: &Core) -> Result<Vec<SignInButton>, Error> {
    const ENABLED: &str =
        "SELECT id, name FROM oidc_provider WHERE disabled_at IS NULL ORDER BY name, id LIMIT 20";
    buttons(&core.db().query_all(ENABLED, args![]).await?)
}

/// At which providers the person of a session can show that it is still them.
pub async fn confirm_buttons(core: &Core, session: &Session) -> Result<Vec<SignInButton>, Error> {
    const OF: &str = "SELECT p.id, p.name FROM oidc_provider p \
        JOIN account_identity i ON i.provider_id = p.id \
        WHERE i.account_id = $1 AND p.disabled_at IS NULL AND ($2 = 0 OR p.trusts_second_factor = 1) \
        ORDER BY p.name, p.id LIMIT 20";
    let values = args![&session.account.id, i64::from(shows_two(session.factors))];
    buttons(&core.db().query_all(OF, values).await?)
}

/// Whether the account can show two factors here: then the one of a provider alone does not do (S11).
pub(super) fn shows_two(factors: Factors) -> bool {
    factors.passkeys > 0 || (factors.password && factors.app)
}

pub(super) fn buttons(rows: &[tillsyn_db::Row]) -> Result<Vec<SignInButton>, Error> {
    let read = |row: &tillsyn_db::Row| {
        Ok(SignInButton {
            id: IdentityProviderId::from_store(row.text(0)?),
            name: row.text(1)?,
        })
    };
    rows.iter().map(read).collect()
}
