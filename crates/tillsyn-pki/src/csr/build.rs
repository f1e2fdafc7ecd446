use crate::asn1::{Oid, context_constructed, oid, text as strings, writer};
use crate::error::Result;
use crate::issue::encode_name;
use crate::key::KeyPair;
use crate::pem;

/// A signed request in DER.
pub fn build(key: &KeyPair, subject: &[(Oid, String)], challenge: Option<&str>) -> Result<Vec<u8>> {
    let attributes = match challenge {
        None => Vec::new(),
        Some(challenge) => {
            // RFC 2985 §5.4.1: PrintableString where it can carry the text.
            let value = if strings::is_printable(challenge) {
                writer::printable(challenge)
            } else {
                writer::utf8(challenge)
            };
            writer::sequence(&[
                &writer::oid(&oid::CHALLENGE_PASSWORD),
                &writer::set_of(vec![value]),
            ])
        }
    };
    let info = writer::sequence(&[
        &writer::small(0),
        &encode_name(subject),
        key.public_key().spki_der(),
        &writer::tlv(context_constructed(0), &attributes),
    ]);
    let signature = key.sign(key.preferred_digest(), &info)?;
    Ok(writer::sequence(&[
        &info,
        &key.signature_algorithm(),
        &writer::bits(&signature),
    ]))
}

/// PEM form of a DER request.
pub fn to_pem(der: &[u8]) -> String {
    pem::encode("CERTIFICATE REQUEST", der)
}
