use tillsyn_pki::scep::FailInfo;

use crate::Violation;

/// Why a step of a simulated device came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The server broke a rule so that a real device would stop here.
    #[error("the server broke a rule: {0}")]
    Violation(#[from] Violation),
    /// The server refused, in a way that it may.
    #[error("{step}: refused with {status}{}", code.as_deref().map(|c| format!(" ({c})")).unwrap_or_default())]
    Refused {
        step: &'static str,
        status: u16,
        /// `code` of a problem document or of an Apple error body.
        code: Option<String>,
    },
    /// The SCEP server answered FAILURE, as the protocol wants it.
    #[error("SCEP request refused: {info:?}")]
    ScepRefused {
        info: Option<FailInfo>,
        text: Option<String>,
    },
    /// The ACME server refused with a problem document.
    #[error("ACME {step}: {}", kind.as_deref().unwrap_or("refused"))]
    AcmeRefused {
        step: &'static str,
        status: u16,
        /// Without `urn:ietf:params:acme:error:`.
        kind: Option<String>,
    },
    /// No answer at all.
    #[error("{step}: {text}")]
    Transport { step: &'static str, text: String },
    /// The device is not in a state for this step, or the simulator was given nonsense.
    #[error("{what}")]
    State { what: String },
    #[error(transparent)]
    Pki(#[from] tillsyn_pki::Error),
    #[error(transparent)]
    Wire(#[from] tillsyn_apple::WireError),
}

impl SimError {
    pub(crate) fn state(what: impl Into<String>) -> Self {
        Self::State { what: what.into() }
    }

    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Violation(violation) => Some(violation),
            _ => None,
        }
    }

    /// Nothing came back, or the server could not do it now: the device comes again.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Transport { .. } => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}
