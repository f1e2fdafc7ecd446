use crate::csr;
use crate::error::{Error, Result};
use crate::key::{KeyKind, KeyPair};
use crate::oid;

/// The names in the request. The portal copies none of them; they tell rows apart.
#[derive(Debug, Clone)]
pub struct PushNames<'a> {
    pub common_name: &'a str,
    /// Two letters.
    pub country: &'a str,
    pub email: &'a str,
}

/// The request in DER. Apple takes RSA keys of 2048 bits only; the key stays with us.
pub fn build_csr(key: &KeyPair, names: &PushNames<'_>) -> Result<Vec<u8>> {
    if !matches!(key.public_key().kind(), KeyKind::Rsa { bits: 2048 }) {
        return Err(Error::WeakKey {
            what: "push certificates need RSA with 2048 bits",
        });
    }
    let country = names.country.to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Error::malformed("country"));
    }
    // RFC 5280 appendix A: upper bounds of the attributes.
    let length = names.common_name.chars().count();
    if length == 0 || length > 64 || names.common_name.chars().any(char::is_control) {
        return Err(Error::malformed("common name"));
    }
    let is_address = names.email.is_ascii()
        && names.email.len() <= 128
        && names.email.contains('@')
        && !names.email.contains(char::is_whitespace);
    if !is_address {
        return Err(Error::malformed("mail address"));
    }
    let subject = [
        (oid::COUNTRY, country),
        (oid::COMMON_NAME, names.common_name.to_owned()),
        (oid::EMAIL_ADDRESS, names.email.to_owned()),
    ];
    csr::build(key, &subject, None)
}
