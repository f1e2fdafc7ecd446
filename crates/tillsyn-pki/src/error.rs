/// Why a key, certificate or message was refused. The sender made the mistake unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("malformed {what}")]
    Malformed { what: &'static str },
    #[error("unsupported {what}")]
    Unsupported { what: &'static str },
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge { what: &'static str, limit: usize },
    #[error("the signature does not match")]
    BadSignature,
    #[error("the signed digest does not match the content")]
    DigestMismatch,
    #[error("{found} signers where exactly one is needed")]
    SignerCount { found: usize },
    #[error("the signer's certificate is not in the message")]
    SignerCertificateMissing,
    #[error("the signing time is {off_by_ms} ms away from now")]
    SigningTime { off_by_ms: i64 },
    #[error("there is no content to verify")]
    ContentMissing,
    #[error("the embedded content differs from the body")]
    ContentDiffers,
    /// Every way in which decryption can fail, on purpose without a reason.
    #[error("not decryptable")]
    NotDecryptable,
    #[error("not trusted: {what}")]
    Untrusted { what: &'static str },
    #[error("the certificate is not valid yet")]
    NotYetValid,
    #[error("the certificate has expired")]
    Expired,
    #[error("key refused: {what}")]
    WeakKey { what: &'static str },
    /// Our own data or key: sealed under a master key that we do not hold.
    #[error("sealed under master key {id}, which is not loaded")]
    UnknownMasterKey { id: u32 },
    /// Our own data or key: the value is damaged, moved, or the key is wrong.
    #[error("a sealed value cannot be opened")]
    BadSeal,
    /// Our own fault: the crypto library refused an operation that should work.
    #[error("cryptographic operation failed: {what}")]
    Crypto { what: &'static str },
}

/// A result whose error says whose fault it was.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) const fn malformed(what: &'static str) -> Self {
        Self::Malformed { what }
    }

    pub(crate) const fn unsupported(what: &'static str) -> Self {
        Self::Unsupported { what }
    }

    pub(crate) const fn crypto(what: &'static str) -> Self {
        Self::Crypto { what }
    }
}
