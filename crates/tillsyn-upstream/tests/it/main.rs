//! The clients against the stand-ins, over real TLS and HTTP/2.
#![expect(clippy::unwrap_used, reason = "tests")]

mod activation_lock;
mod apns;
mod oidc;
mod smtp;
mod webhook;
