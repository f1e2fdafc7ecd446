/// Why a passkey was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebauthnError {
    #[error("malformed {0}")]
    Malformed(&'static str),
    #[error("the answer is of another kind of ceremony")]
    WrongType,
    #[error("the challenge is not the one that was given")]
    WrongChallenge,
    #[error("the answer was made for another origin")]
    WrongOrigin,
    #[error("the answer was made for another relying party")]
    WrongParty,
    #[error("the user was not present")]
    NotPresent,
    #[error("the user was not verified")]
    NotVerified,
    #[error("the key is of a kind that was not offered")]
    UnknownAlgorithm,
    #[error("the signature does not match")]
    BadSignature,
    #[error("the signature counter went backwards: the key may have been copied")]
    CounterWentBack,
}

pub(super) type Result<T> = std::result::Result<T, WebauthnError>;
