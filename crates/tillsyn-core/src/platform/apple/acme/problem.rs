//! What a client is told when a request is not done (RFC 8555 §6.7).

use tillsyn_pki::jws::JwsError;

use crate::error::Error;

const PREFIX: &str = "urn:ietf:params:acme:error:";

/// Why an ACME request was not done.
#[derive(Debug)]
pub enum AcmeError {
    /// The client's fault: type, HTTP status, and a text for its owner.
    Problem {
        kind: String,
        status: u16,
        detail: String,
    },
    /// Ours: the client tries again.
    Ours(Error),
}

impl AcmeError {
    pub(super) fn new(kind: &str, status: u16, detail: impl Into<String>) -> Self {
        Self::Problem {
            kind: format!("{PREFIX}{kind}"),
            status,
            detail: detail.into(),
        }
    }

    pub(super) fn malformed(detail: impl Into<String>) -> Self {
        Self::new("malformed", 400, detail)
    }

    pub(super) fn rejected() -> Self {
        // One answer for unknown, expired and used: nothing to learn by guessing.
        Self::new(
            "rejectedIdentifier",
            403,
            "This ClientIdentifier cannot be used.",
        )
    }

    pub(super) fn bad_csr(detail: impl Into<String>) -> Self {
        Self::new("badCSR", 400, detail)
    }
}

impl<E: Into<Error>> From<E> for AcmeError {
    fn from(error: E) -> Self {
        Self::Ours(error.into())
    }
}

impl AcmeError {
    pub(super) fn of_jws(error: JwsError) -> Self {
        Self::Problem {
            kind: error.acme_type().to_owned(),
            status: 400,
            detail: format!("The request cannot be used: {error}."),
        }
    }
}
