//! How devices get their identity: a setting of the organisation.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::{org, settings};

const DEVICE_IDENTITY: &str = "device_identity";

/// Which method new and renewed profiles carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMethod {
    #[default]
    Scep,
    /// ACME with an attestation for devices that can, SCEP for the others.
    AcmeAttestedWhenAble,
    /// The same, and ACME without an attestation where the hardware keeps the key.
    Acme,
}

impl IdentityMethod {
    pub const ALL: [Self; 3] = [Self::Scep, Self::AcmeAttestedWhenAble, Self::Acme];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scep => "scep",
            Self::AcmeAttestedWhenAble => "acme_attested_when_able",
            Self::Acme => "acme",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }
}

/// How devices get their identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceIdentity {
    pub method: IdentityMethod,
    /// Whether a key may be certified without Apple's word for it.
    pub allow_unattested: bool,
    /// Offer and take SHA-1 digests and 3DES, which older clients need.
    pub scep_legacy: bool,
    /// Name the revocation list in new certificates.
    pub crl_in_certificates: bool,
}

impl Default for DeviceIdentity {
    fn default() -> Self {
        Self {
            method: IdentityMethod::Scep,
            allow_unattested: false,
            scep_legacy: true,
            crl_in_certificates: false,
        }
    }
}

/// The setting in force.
pub async fn device_identity(core: &Core) -> Result<DeviceIdentity, Error> {
    settings::read(core, DEVICE_IDENTITY).await
}

/// Changes how devices get their identity; certificates that exist stay as they are.
///
/// # Errors
/// Forbidden without the permission; a fresh sign-in is asked of people.
pub async fn set_device_identity(
    core: &Core,
    actor: &Actor,
    value: DeviceIdentity,
) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let now_ms = core.now_ms();
    require_fresh(actor, now_ms)?;
    let before = device_identity(core).await?;
    let input = (actor.clone(), value, before, root, now_ms);
    core.db()
        .write(input, |tx, (actor, value, before, root, now)| {
            Box::pin(async move {
                settings::write_in(tx, DEVICE_IDENTITY, value, *now).await?;
                let unit = root.id.as_str();
                let event = NewEvent::done("settings.change", "setting", DEVICE_IDENTITY, unit)
                    .with(json!({ "before": before, "after": value }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
