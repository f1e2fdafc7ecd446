//! Strict stand-ins for vendors' servers, on the wire.
//!
//! They listen on loopback only and share no code with the clients in `tillsyn-upstream`: what
//! they accept is written from the vendors' documents.

pub mod activation_lock;
pub mod apns;
pub mod declarative;
mod hex;
mod loopback;
pub mod oidc;
pub mod smtp;
mod tls;
pub mod webhook;
