//! Rewrites BER as DER: definite lengths, octet strings in one piece. Real devices and
//! `openssl -stream` send indefinite lengths; every parser of this crate except the one for
//! `Mdm-Signature` reads DER only.
//! Source: X.690 §8 and §10.

mod normalise;
#[cfg(test)]
mod tests;

pub use normalise::{Limits, to_der};
