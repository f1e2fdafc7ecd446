use plist::{Dictionary, Value};

use super::{AcmePayload, ScepPayload};
use crate::WireError;

/// Where the device gets the identity that the MDM payload names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityPayload {
    Scep(ScepPayload),
    Acme(AcmePayload),
}

impl IdentityPayload {
    pub fn uuid(&self) -> &str {
        match self {
            Self::Scep(payload) => &payload.uuid,
            Self::Acme(payload) => &payload.uuid,
        }
    }

    pub fn scep(&self) -> Option<&ScepPayload> {
        match self {
            Self::Scep(payload) => Some(payload),
            Self::Acme(_) => None,
        }
    }

    pub fn acme(&self) -> Option<&AcmePayload> {
        match self {
            Self::Acme(payload) => Some(payload),
            Self::Scep(_) => None,
        }
    }

    /// Type, and the last part of the payload's identifier.
    pub(super) fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::Scep(_) => (ScepPayload::TYPE, "scep"),
            Self::Acme(_) => (AcmePayload::TYPE, "acme"),
        }
    }

    pub(super) fn validate(&self) -> Result<(), WireError> {
        match self {
            Self::Scep(payload) => payload.validate(),
            Self::Acme(payload) => payload.validate(),
        }
    }

    pub(super) fn write(&self, payload: Dictionary) -> Value {
        match self {
            Self::Scep(scep) => scep.write(payload),
            Self::Acme(acme) => acme.write(payload),
        }
    }
}

impl From<ScepPayload> for IdentityPayload {
    fn from(payload: ScepPayload) -> Self {
        Self::Scep(payload)
    }
}

impl From<AcmePayload> for IdentityPayload {
    fn from(payload: AcmePayload) -> Self {
        Self::Acme(payload)
    }
}
