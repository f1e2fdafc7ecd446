//! Whether somebody may change a provider so, and whether that needs somebody else.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Tx, args};

use super::change::ProviderChange;
use super::input::{ProviderInput, changes};
use super::provider::{Mapping, Provider};
use super::store;
use crate::accounts::same_platform;
use crate::actor::{Actor, ActorKind, Permission, Rights, authorize};
use crate::error::Error;
use crate::org::OrgUnit;
use crate::roles::{RoleView, find_in as role_in, may_give};
use crate::units::find_in as unit_in;

/// What a change of a provider comes to.
pub(super) struct Checked {
    pub(super) before: Option<Provider>,
    /// Where it belongs: id and path.
    pub(super) unit: (String, String),
    /// What each mapping gives, in their order.
    pub(super) gives: Vec<(RoleView, OrgUnit)>,
    pub(super) second_person: bool,
}

/// What the asker saw: when the provider and the rights of its roles were last changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    provider: Option<i64>,
    roles: Vec<i64>,
}

impl Seen {
    pub(super) fn of(checked: &Checked) -> Self {
        Self {
            provider: checked.before.as_ref().map(|before| before.updated_at),
            roles: checked.gives.iter().map(|(r, _)| r.changed_at).collect(),
        }
    }
}

/// Checks against what is stored now. Nobody gives by a mapping what they could not give by hand (S04).
///
/// # Errors
/// Forbidden for what the actor does not hold, not found outside their subtree, invalid mappings, a conflict when
/// the issuer is known already.
pub(super) async fn check_in(
    tx: &Tx,
    actor: &Actor,
    change: &ProviderChange,
) -> Result<Checked, Error> {
    let (before, unit) = if let Some(unit) = &change.new_in {
        let unit = unit_in(tx, unit.as_str()).await?;
        (None, (unit.id.to_string(), unit.path))
    } else {
        let found = store::find_in(tx, &change.provider_id).await?;
        let found = found.ok_or_else(|| Error::not_found("identity provider"))?;
        let unit = (found.unit.to_string(), found.unit_path.clone());
        (Some(found), unit)
    };
    authorize(actor, Permission::SignInWrite, &unit.1)?;
    // A mapping knows no platforms: what it gives is for all of them.
    same_platform(actor, None)?;
    let settings = &change.settings;
    let unit_path = unit.1.clone();
    refuse_known(tx, change).await?;
    let mut gives = Vec::with_capacity(settings.mappings.len());
    for mapping in &settings.mappings {
        gives.push(given_in(tx, actor, mapping, &unit.1).await?);
    }
    if let Some(unit) = &settings.makes_people_in {
        let found = unit_in(tx, unit.as_str()).await;
        let reached =
            |found: &OrgUnit| found.path.starts_with(&unit_path) && actor.reaches(&found.path);
        if !found.is_ok_and(|found| reached(&found)) {
            let text = "There is no such unit.";
            return Err(Error::invalid("makes_people_in", "unknown", text));
        }
    }
    // A token confirms nothing, and whoever stole it could come in as somebody by a provider of their own.
    let weighs =
        actor.kind != ActorKind::Account || gives.iter().any(|(role, _)| mighty(role.rights));
    let stored = before.as_ref().map(Provider::settings);
    let needed = needs_second_person(stored.as_ref(), settings, weighs);
    Ok(Checked {
        second_person: needed && actor.kind != ActorKind::Server,
        before,
        unit,
        gives,
    })
}

async fn refuse_known(tx: &Tx, change: &ProviderChange) -> Result<(), Error> {
    const KNOWN: &str = "SELECT 1 FROM oidc_provider WHERE issuer = $1 AND id <> $2";
    let values = args![&change.settings.issuer, &change.provider_id];
    if tx.fetch_optional(KNOWN, values).await?.is_some() {
        return Err(Error::conflict(
            "issuer_known",
            "There is an identity provider with this issuer already.",
        ));
    }
    Ok(())
}

/// A role and a unit of the provider's part of the organisation, both of which the actor may give.
async fn given_in(
    tx: &Tx,
    actor: &Actor,
    mapping: &Mapping,
    path: &str,
) -> Result<(RoleView, OrgUnit), Error> {
    let unknown = |what| Error::invalid("mappings", "unknown", format!("There is no such {what}."));
    let unit = unit_in(tx, mapping.unit.as_str()).await;
    let unit = unit.map_err(|_| unknown("unit"))?;
    if !unit.path.starts_with(path) || !actor.reaches(&unit.path) {
        return Err(unknown("unit"));
    }
    let role = match role_in(tx, actor, &mapping.role).await {
        Ok(role) if role.serves(&unit.path) => role,
        _ => return Err(unknown("role")),
    };
    may_give(actor, role.rights)?;
    Ok((role, unit))
}

/// Rights that decide on other people's, destroy, reveal or reach everything at once.
fn mighty(rights: Rights) -> bool {
    use Permission as P;
    let such = [
        P::GuardApprove,
        P::AccountsWrite,
        P::RolesWrite,
        P::SignInWrite,
        P::SettingsWrite,
        P::AuditManage,
        P::PushWrite,
        P::EnrollmentsMove,
        P::AssignmentsWrite,
        P::DevicesErase,
        P::DevicesRetire,
        P::DevicesClearPasscode,
        P::DevicesActivationLock,
        P::CertificatesRevoke,
        P::CommandsRaw,
        P::SecretsRotate,
        P::SecretsRevealKeys,
        P::SecretsRevealTokens,
        P::SecretsRevealPins,
    ];
    such.into_iter().any(|permission| rights.holds(permission))
}

/// Whoever says who signs in makes administrators. Where that weighs, since it gives mighty roles or a program asks, or
/// may take existing accounts over, two decide; one may name it anew, renew its secret, and close what is open.
pub(super) fn needs_second_person(
    before: Option<&ProviderInput>,
    after: &ProviderInput,
    weighs: bool,
) -> bool {
    if !weighs && !after.links_existing {
        return false;
    }
    let Some(before) = before else {
        return true;
    };
    changes(before, after).into_iter().any(|field| match field {
        "name" | "client_secret" => false,
        "enabled" => after.enabled,
        "links_existing" => after.links_existing,
        "trusts_second_factor" => after.trusts_second_factor,
        _ => true,
    })
}
