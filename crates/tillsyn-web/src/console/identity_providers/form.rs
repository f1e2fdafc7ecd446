//! The form of a provider, in and out.

use tillsyn_core::accounts::{self, Mapping, Provider, ProviderInput};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::page::{IdentityProviderPage, MappingRow, ProviderForm};
use crate::console::administrators::role_choices;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::organisation::{Problem, unit_choices};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::i18n::Texts;
use crate::ui::Choice;

/// Rows for further groups; more come with each save.
const EMPTY_ROWS: usize = 3;
const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "ES384"];

/// What was typed.
pub(super) struct Fields {
    pub(super) input: ProviderInput,
    pub(super) reason: String,
    pub(super) password: Zeroizing<String>,
}

impl Fields {
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut input = ProviderInput {
            scopes: Vec::new(),
            algorithms: Vec::new(),
            second_factor_values: Vec::new(),
            enabled: false,
            ..ProviderInput::default()
        };
        let mut password = Zeroizing::new(String::new());
        let mut reason = String::new();
        let (mut groups, mut roles, mut units) = (Vec::new(), Vec::new(), Vec::new());
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        for (name, value) in pairs {
            match name.as_str() {
                "name" => input.name = value,
                "issuer" => input.issuer = value,
                "client_id" => input.client_id = value,
                // An empty field keeps the secret that is there.
                "client_secret" if !value.is_empty() => {
                    input.client_secret = Some(Zeroizing::new(value));
                }
                "scopes" => input.scopes = words(&value),
                "algorithm" => input.algorithms.push(value),
                "hosts" => input.hosts = words(&value),
                "groups_claim" => input.groups_claim = value,
                "trusts_second_factor" => input.trusts_second_factor = true,
                "second_factor_values" => input.second_factor_values = words(&value),
                "links_existing" => input.links_existing = true,
                "people" => input.people = true,
                "makes_people_in" => input.makes_people_in = OrgUnitId::parse(&value),
                "enabled" => input.enabled = true,
                "group" => groups.push(value),
                "role" => roles.push(value),
                "unit" => units.push(value),
                "reason" => reason = value,
                "password" => password = Zeroizing::new(value),
                _ => {}
            }
        }
        let rows = groups.into_iter().zip(roles).zip(units);
        let mapping = |((group, role), unit): ((String, String), String)| {
            let group = group.trim().to_owned();
            let unit = OrgUnitId::parse(&unit)?;
            (!group.is_empty()).then_some(Mapping { group, role, unit })
        };
        input.mappings = rows.filter_map(mapping).collect();
        Self {
            input,
            reason,
            password,
        }
    }
}

/// What a page shows of a refusal.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) problem: Problem,
    pub(super) password_error: String,
}

/// The words for a refusal that the form's page shows; every other error has a page of its own.
pub(super) fn shown(l: Texts, error: Error) -> Result<Shown, Failure> {
    if error.field == Some("password") && error.kind == Kind::Invalid {
        let password_error = FieldError::PasswordWrong.text(l);
        return Ok(Shown {
            password_error,
            ..Shown::default()
        });
    }
    let text = match (error.code, error.field) {
        ("issuer_known", _) => l.t("providers-issuer-known"),
        ("permission_not_held", _) => l.t("administrators-not-held"),
        ("platform_beyond", _) => l.t("providers-platform"),
        ("last_owner_here", _) => l.t("providers-last-owner"),
        ("approval_waiting", _) => l.t("providers-waits"),
        ("reason_missing", _) => l.t("administrators-reason-missing"),
        (_, Some("issuer")) => l.t("providers-issuer-wrong"),
        (_, Some("algorithms")) => l.t("providers-algorithms-none"),
        (_, Some("mappings")) => l.t("providers-mappings-wrong"),
        (_, Some("scopes" | "hosts" | "second_factor_values")) => l.t("providers-words-wrong"),
        (_, Some(_)) => l.t("problem-text"),
        _ => return Err(error.into()),
    };
    Ok(Shown {
        problem: Problem {
            text,
            ..Problem::default()
        },
        ..Shown::default()
    })
}

/// The page with these settings in its form; `found` is `None` for a new provider.
pub(super) async fn page_of(
    visitor: &Visitor,
    found: Option<&Provider>,
    (input, reason): (&ProviderInput, &str),
    shown: Shown,
) -> Result<IdentityProviderPage, Failure> {
    let l = visitor.texts;
    let mut mappings = Vec::new();
    let empty = std::iter::repeat_n(None, EMPTY_ROWS);
    for mapping in input.mappings.iter().map(Some).chain(empty) {
        // Whoever forgets to choose gives the least.
        let role = mapping.map_or("read_only", |mapping| &mapping.role);
        let unit = mapping.map_or("", |mapping| mapping.unit.as_str());
        mappings.push(MappingRow {
            number: mappings.len() + 1,
            group: mapping.map_or_else(String::new, |mapping| mapping.group.clone()),
            roles: role_choices(visitor, role).await?,
            units: unit_choices(visitor, unit).await?,
        });
    }
    let algorithm = |name: &&str| Choice {
        value: (*name).to_owned(),
        text: (*name).to_owned(),
        chosen: input.algorithms.iter().any(|chosen| chosen == name),
    };
    Ok(IdentityProviderPage {
        id: found.map_or_else(String::new, |found| found.id.to_string()),
        title: found.map_or_else(|| l.t("providers-new"), |found| found.name.clone()),
        problem: shown.problem,
        report: String::new(),
        report_good: false,
        redirect_uri: found.map_or_else(String::new, |found| {
            accounts::redirect_uri(visitor.core(), &found.id)
        }),
        portal_redirect_uri: found.map_or_else(String::new, |found| {
            accounts::portal_redirect_uri(visitor.core(), &found.id)
        }),
        form: ProviderForm {
            name: input.name.clone(),
            issuer: input.issuer.clone(),
            client_id: input.client_id.clone(),
            has_secret: found.is_some_and(|found| found.has_secret),
            scopes: input.scopes.join(" "),
            algorithms: ALGORITHMS.iter().map(algorithm).collect(),
            hosts: input.hosts.join(" "),
            groups_claim: input.groups_claim.clone(),
            trusts_second_factor: input.trusts_second_factor,
            second_factor_values: input.second_factor_values.join(" "),
            links_existing: input.links_existing,
            people: input.people,
            people_units: people_units(visitor, input).await?,
            enabled: input.enabled,
            mappings,
            reason: reason.to_owned(),
        },
        password: visitor.needs_password() || !shown.password_error.is_empty(),
        password_error: shown.password_error,
        f: visitor.frame(Place::SignOn, "").await?,
    })
}

/// Where a first sign-in makes a person: nowhere, or in a unit.
async fn people_units(visitor: &Visitor, input: &ProviderInput) -> Result<Vec<Choice>, Failure> {
    let chosen = input.makes_people_in.as_ref().map_or("", OrgUnitId::as_str);
    let nowhere = Choice {
        value: String::new(),
        text: visitor.texts.t("providers-people-nowhere"),
        chosen: chosen.is_empty(),
    };
    let mut units = unit_choices(visitor, chosen).await?;
    if chosen.is_empty() {
        for unit in &mut units {
            unit.chosen = false;
        }
    }
    Ok([nowhere].into_iter().chain(units).collect())
}
