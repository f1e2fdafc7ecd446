//! Identity providers as the API shows them, and takes them.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::accounts::{self, Provider, ProviderInput, ProviderReport};
use tillsyn_core::ids::{ApprovalId, IdentityProviderId, OrgUnitId};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::api::time::Time;
use crate::error::AppError;

/// Where administrators sign in; its client secret is never shown.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct IdentityProvider {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    unit_id: String,
    name: String,
    issuer: String,
    client_id: String,
    has_secret: bool,
    /// Where the provider must send browsers back to.
    redirect_uri: String,
    scopes: Vec<String>,
    /// Which of RS256, PS256, ES256, ES384 its tokens may be signed with.
    algorithms: Vec<String>,
    /// Hosts besides the issuer's own that its endpoints may be on.
    hosts: Vec<String>,
    /// The claim that names a person's groups; dots lead into objects.
    groups_claim: String,
    /// Whether the provider's second factor counts as ours.
    trusts_second_factor: bool,
    /// What in `amr` or `acr` says that one was shown.
    second_factor_values: Vec<String>,
    /// Whether a first sign-in may take over the account of the same verified mail address.
    links_existing: bool,
    /// Whether people sign in to the portal here.
    people: bool,
    /// The unit in which a first sign-in at the portal makes a person; absent lets in only those who are known.
    #[schema(format = "uuid")]
    makes_people_in: Option<String>,
    /// Where the provider must send the browsers of people back to.
    portal_redirect_uri: String,
    enabled: bool,
    /// In their order: the first that names one of a person's groups counts.
    mappings: Vec<GroupMapping>,
    created_at: Time,
    updated_at: Time,
}

/// What a group of the provider gives.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct GroupMapping {
    group: String,
    /// Id of a role.
    role: String,
    #[schema(format = "uuid")]
    unit_id: String,
}

impl IdentityProvider {
    pub(super) fn of(core: &tillsyn_core::Core, found: Provider) -> Self {
        let mappings = found.mappings.into_iter().map(|mapping| GroupMapping {
            group: mapping.group,
            role: mapping.role,
            unit_id: mapping.unit.to_string(),
        });
        Self {
            redirect_uri: accounts::redirect_uri(core, &found.id),
            unit_id: found.unit.to_string(),
            name: found.name,
            issuer: found.issuer,
            client_id: found.client_id,
            has_secret: found.has_secret,
            scopes: found.scopes,
            algorithms: found.algorithms,
            hosts: found.hosts,
            groups_claim: found.groups_claim,
            trusts_second_factor: found.trusts_second_factor,
            second_factor_values: found.second_factor_values,
            links_existing: found.links_existing,
            people: found.people,
            makes_people_in: found.makes_people_in.map(|unit| unit.to_string()),
            portal_redirect_uri: accounts::portal_redirect_uri(core, &found.id),
            id: found.id.to_string(),
            enabled: found.enabled,
            mappings: mappings.collect(),
            created_at: Time(found.created_at),
            updated_at: Time(found.updated_at),
        }
    }
}

/// Settings of an identity provider: all of them. What is absent has its default, but for the secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct IdentityProviderBody {
    name: String,
    /// `https://` and a host, as the provider itself writes it.
    issuer: String,
    client_id: String,
    /// Absent keeps the one that is there; an empty one removes it.
    client_secret: Option<String>,
    scopes: Option<Vec<String>>,
    algorithms: Option<Vec<String>>,
    hosts: Option<Vec<String>>,
    groups_claim: Option<String>,
    trusts_second_factor: Option<bool>,
    second_factor_values: Option<Vec<String>>,
    links_existing: Option<bool>,
    people: Option<bool>,
    #[schema(format = "uuid")]
    makes_people_in: Option<String>,
    enabled: Option<bool>,
    mappings: Option<Vec<GroupMapping>>,
    /// Why; it goes to the audit trail and to the second person.
    pub(super) reason: Option<String>,
}

impl IdentityProviderBody {
    pub(super) fn input(self) -> Result<ProviderInput, AppError> {
        let default = ProviderInput::default();
        let mappings = self.mappings.unwrap_or_default().into_iter();
        let mappings = mappings.map(|mapping| {
            let unit = OrgUnitId::parse(&mapping.unit_id);
            let unit = unit
                .ok_or_else(|| Error::invalid("mappings", "unknown", "There is no such unit."))?;
            Ok(accounts::Mapping {
                group: mapping.group,
                role: mapping.role,
                unit,
            })
        });
        Ok(ProviderInput {
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: self.client_secret.map(Zeroizing::new),
            scopes: self.scopes.unwrap_or(default.scopes),
            algorithms: self.algorithms.unwrap_or(default.algorithms),
            hosts: self.hosts.unwrap_or(default.hosts),
            groups_claim: self.groups_claim.unwrap_or(default.groups_claim),
            trusts_second_factor: self.trusts_second_factor.unwrap_or_default(),
            second_factor_values: self
                .second_factor_values
                .unwrap_or(default.second_factor_values),
            links_existing: self.links_existing.unwrap_or_default(),
            people: self.people.unwrap_or_default(),
            makes_people_in: match self.makes_people_in.filter(|unit| !unit.is_empty()) {
                Some(unit) => Some(OrgUnitId::parse(&unit).ok_or_else(|| {
                    Error::invalid("makes_people_in", "unknown", "There is no such unit.")
                })?),
                None => None,
            },
            enabled: self.enabled.unwrap_or(true),
            mappings: mappings.collect::<Result<_, Error>>()?,
        })
    }
}

/// What came of a change that the guard may keep for a second person.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct IdentityProviderOutcome {
    #[schema(format = "uuid")]
    identity_provider_id: String,
    /// `done`, or `waiting` for a second person.
    status: &'static str,
    /// What a second person decides on.
    #[schema(format = "uuid")]
    approval_id: Option<String>,
    /// Where the provider must send browsers back to.
    redirect_uri: String,
}

impl IdentityProviderOutcome {
    pub(super) fn answer(
        core: &tillsyn_core::Core,
        id: &IdentityProviderId,
        waits: Option<&ApprovalId>,
        done: StatusCode,
    ) -> Response {
        let body = Self {
            identity_provider_id: id.to_string(),
            status: if waits.is_some() { "waiting" } else { "done" },
            approval_id: waits.map(ToString::to_string),
            redirect_uri: accounts::redirect_uri(core, id),
        };
        let status = waits.map_or(done, |_| StatusCode::ACCEPTED);
        (status, Json(body)).into_response()
    }
}

/// What a provider answered.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct IdentityProviderReport {
    usable: bool,
    /// What is wrong; absent when it can be used.
    problem: Option<String>,
    /// The same as a word: `address`, `other_issuer`, `foreign_host`, `unreachable`, `status`, `too_large`,
    /// `not_json` or `no_keys`.
    problem_code: Option<&'static str>,
    /// Keys that can verify its tokens.
    keys: usize,
    /// Where browsers are sent.
    sign_in_url: Option<String>,
}

impl From<ProviderReport> for IdentityProviderReport {
    fn from(report: ProviderReport) -> Self {
        Self {
            usable: report.problem.is_none(),
            problem_code: report.problem.as_ref().map(|problem| problem.code),
            problem: report.problem.map(|problem| problem.text),
            keys: report.keys,
            sign_in_url: report.sign_in_url,
        }
    }
}
