//! What the stand-in can do wrong.

/// One deliberate fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    // Claims of the ID token.
    OtherIssuer,
    OtherAudience,
    /// Ours among others, made out to another client.
    OtherParty,
    OtherNonce,
    NoNonce,
    Expired,
    FromTheFuture,
    NotYetValid,
    NoSubject,
    EmptySubject,
    OldSignIn,
    NoSignInTime,
    // Its signature.
    AlgorithmNone,
    /// HS256 with the public key, in its published form, as the secret.
    PublicKeyAsSecret,
    OtherKey,
    /// Signed by another key that the header leads to.
    KeyAddress,
    /// Signed by another key that stands in the header.
    KeyInHeader,
    /// By a published key, with an algorithm that was not chosen.
    OtherAlgorithm,
    Tampered,
    // The answer of the token endpoint.
    TokenError,
    TokenUnavailable,
    TokenSlow,
    TokenNoJson,
    TokenHuge,
    NoIdToken,
    // The answer to the browser.
    Declined,
    OtherState,
    AnswerOfOtherIssuer,
    AnswerOfNoIssuer,
    // Discovery, keys and user info.
    DiscoveryOfOtherIssuer,
    KeysElsewhere,
    KeysNoJson,
    OtherPersonInUserInfo,
}
