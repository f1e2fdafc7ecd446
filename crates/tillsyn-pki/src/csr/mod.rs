//! PKCS#10 certification requests. RFC 2986.

mod build;
mod request;
#[cfg(test)]
mod tests;

pub use build::{build, to_pem};
pub use request::Csr;
