/// Why a signed request was refused. The client made the mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    #[error("malformed {what}")]
    Malformed { what: &'static str },
    #[error("{what} is larger than the limit of {limit} bytes")]
    TooLarge { what: &'static str, limit: usize },
    #[error("the signature algorithm is not one of ES256, ES384, ES512 and RS256")]
    UnsupportedAlgorithm,
    #[error("the account key is refused: {what}")]
    BadKey { what: &'static str },
    #[error("the signature does not match")]
    BadSignature,
}

/// A result of looking at a signed request.
pub(super) type Result<T> = std::result::Result<T, JwsError>;

impl JwsError {
    pub(super) const fn malformed(what: &'static str) -> Self {
        Self::Malformed { what }
    }

    /// The error type of the problem document. RFC 8555 §6.7.
    pub const fn acme_type(self) -> &'static str {
        match self {
            Self::UnsupportedAlgorithm => "urn:ietf:params:acme:error:badSignatureAlgorithm",
            Self::BadKey { .. } => "urn:ietf:params:acme:error:badPublicKey",
            // The standard has no type of its own for a wrong signature.
            Self::Malformed { .. } | Self::TooLarge { .. } | Self::BadSignature => {
                "urn:ietf:params:acme:error:malformed"
            }
        }
    }
}
