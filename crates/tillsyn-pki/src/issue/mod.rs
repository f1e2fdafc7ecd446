//! Issuing certificates: what goes into one is decided here, never by a request. RFC 5280.

mod build;
mod request;
mod roles;
#[cfg(test)]
mod tests;

pub use build::{CaIdentity, issue_leaf, self_signed};
pub(crate) use build::{encode_name, issue_with_extensions, self_signed_as};
pub use request::{ExtendedKeyUsage, KeyUsage, LeafRequest, San};
pub use roles::{
    DeviceSubject, KeyAlgorithm, create_ra, create_ra_with_key, create_root_ca, create_signer,
    create_statement_signer, create_tls_server, issue_device_certificate,
};
