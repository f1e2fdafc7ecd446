use crate::error::Error;

/// Why a file is not the upload for our request. Whoever signed it made the mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    #[error("the file is not a signed push certificate request")]
    NotAnUpload,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the file has no `{key}`")]
    Missing { key: &'static str },
    #[error("`{key}` cannot be read: {error}")]
    Malformed { key: &'static str, error: Error },
    #[error("the file was made for another request")]
    OtherRequest,
    #[error("the vendor's signature does not match")]
    BadSignature,
    /// Apple's portal refuses these today.
    #[error("the vendor signed with SHA-1, which is no longer accepted")]
    SignedWithSha1,
    #[error("the vendor's certificate chain is incomplete or does not fit: {0}")]
    Chain(Error),
}
