//! Keys, certificate authority, CSR policy, CMS and SCEP messages, sealed secrets. No I/O and no
//! clock: times are parameters, in Unix milliseconds UTC.
//!
//! ASN.1 is read and written by a small module of our own: devices send BER with indefinite
//! lengths and unsorted sets, signatures cover the bytes as they were sent, and one crypto library
//! serves everything. Every parser is bounded and borrows; none panics on foreign bytes.

// Foreign bytes never index: tests may.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice))]

mod asn1;
pub mod attestation;
pub mod ber;
pub mod bypass_code;
pub mod cert;
pub mod client_cert;
pub mod cms;
pub mod crl;
pub mod csr;
pub mod envelope;
mod error;
pub mod hash;
pub mod id_token;
pub mod issue;
pub mod jws;
pub mod key;
mod pem;
pub mod push_request;
pub mod recovery_key;
pub mod scep;
pub mod seal;
#[cfg(test)]
mod testing;
pub mod totp;
pub mod webauthn;

pub use error::{Error, Result};

/// Object identifiers of names, for subjects.
pub mod oid {
    pub use crate::asn1::oid::{
        COMMON_NAME, COUNTRY, EMAIL_ADDRESS, LOCALITY, ORGANIZATION, ORGANIZATIONAL_UNIT, Oid,
        SERIAL_NUMBER, STATE, USER_ID,
    };
}
