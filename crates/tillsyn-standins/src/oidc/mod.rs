//! A stand-in for an identity provider: OpenID Connect with code and PKCE, over TLS.
//!
//! It refuses what the standards do not allow of a client, and on demand does one thing wrong itself: a client that
//! takes any of these answers has a hole. Sources: OpenID Connect Core and Discovery 1.0, RFC 6749, RFC 7636,
//! RFC 9207.

mod faults;
mod rules;
mod server;
mod token;

pub use faults::Fault;
pub use server::{OidcClientOf, OidcPerson, OidcStandin};
