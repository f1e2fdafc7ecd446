//! Clients to vendors, whose base URLs come from configuration, and to targets that people chose.
//!
//! A client says what the vendor answered and what that means for the caller. It keeps no
//! queue and reads no clock, and tries again only what the vendor's closing connection swallowed: the rest
//! belongs to the jobs that call it.

pub mod activation_lock;
pub mod apns;
mod cause;
pub mod ldap;
pub mod oidc;
pub mod smtp;
pub mod webhook;

mod vendor;
