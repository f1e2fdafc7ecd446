//! CMS EnvelopedData with RSA key transport, as SCEP and S/MIME tokens use it. RFC 5652 §6.

mod cipher;
mod open;
mod seal;
#[cfg(test)]
mod tests;

pub use cipher::ContentCipher;
pub(crate) use open::Envelope;
pub use open::decrypt;
pub use seal::encrypt;
