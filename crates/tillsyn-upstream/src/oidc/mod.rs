//! What we ask of an identity provider during a sign-in: its discovery document, its keys, tokens for a
//! code, and what it says about a person. OpenID Connect Core and Discovery 1.0, RFC 6749, RFC 7636.
//!
//! The person waits meanwhile: five seconds at most, small answers only, no redirects.

mod client;
mod discovery;

pub use client::{Exchange, OidcClient, OidcConfig, OidcError, Tokens};
pub use discovery::{Discovery, issuer_url};
