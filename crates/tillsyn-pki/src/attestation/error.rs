use crate::error::Error;

/// Why an attestation does not count. The device made the mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttestationError {
    #[error("the attestation cannot be read: {0}")]
    Malformed(Error),
    #[error("the device did not attest")]
    Absent,
    #[error("the attestation has another format than Apple's")]
    UnknownFormat,
    #[error("the attestation does not lead to a trusted root: {0}")]
    Untrusted(Error),
    #[error("a certificate of the attestation is out of its time: {0}")]
    OutOfTime(Error),
    #[error("the attested key is refused: {0}")]
    Key(Error),
    #[error("the attestation carries no freshness code")]
    FreshnessMissing,
    #[error("the attestation was made for another challenge")]
    FreshnessDiffers,
}

/// A result of looking at an attestation.
pub(super) type Result<T> = std::result::Result<T, AttestationError>;
