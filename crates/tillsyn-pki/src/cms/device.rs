use super::parts::signer_identifier;
use super::sign::signature_algorithm;
use crate::asn1::{SEQUENCE, SET, context_constructed, oid, writer};
use crate::cert::Certificate;
use crate::error::Result;
use crate::key::{Digest, KeyPair};

const INDEFINITE: u8 = 0x80;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// A detached signature in the form that Apple devices send in `Mdm-Signature`: BER with
/// indefinite lengths, no signed attributes, the signer's certificate included. Only simulated
/// devices make these.
pub fn sign_detached_like_device(
    body: &[u8],
    certificate: &Certificate,
    key: &KeyPair,
    digest: Digest,
) -> Result<Vec<u8>> {
    let digest_algorithm = writer::sequence(&[&writer::oid(&digest.oid()), &writer::null()]);
    let signer_info = writer::sequence(&[
        &writer::small(1),
        &signer_identifier(certificate),
        &digest_algorithm,
        &signature_algorithm(key),
        &writer::octets(&key.sign(digest, body)?),
    ]);
    let mut out = Vec::with_capacity(certificate.der().len() + signer_info.len() + 64);
    out.extend([SEQUENCE, INDEFINITE]);
    out.extend(writer::oid(&oid::SIGNED_DATA));
    out.extend([context_constructed(0), INDEFINITE]);
    out.extend([SEQUENCE, INDEFINITE]);
    out.extend(writer::small(1));
    out.extend(writer::tlv(SET, &digest_algorithm));
    out.extend([SEQUENCE, INDEFINITE]);
    out.extend(writer::oid(&oid::DATA));
    out.extend(END_OF_CONTENTS);
    out.extend([context_constructed(0), INDEFINITE]);
    out.extend(certificate.der());
    out.extend(END_OF_CONTENTS);
    out.extend(writer::tlv(SET, &signer_info));
    for _ in 0..3 {
        out.extend(END_OF_CONTENTS);
    }
    Ok(out)
}
