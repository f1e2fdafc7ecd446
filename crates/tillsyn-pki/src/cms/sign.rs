use super::parts::signer_identifier;
use crate::asn1::{Oid, SEQUENCE, SET, context_constructed, oid, writer};
use crate::cert::Certificate;
use crate::error::Result;
use crate::key::{Digest, KeyKind, KeyPair};

/// A DER SignedData around the body, signed with the key's preferred digest; the signer's
/// certificate and the chain travel in it.
pub fn sign_attached(
    body: &[u8],
    signer: &Certificate,
    key: &KeyPair,
    chain: &[Certificate],
) -> Result<Vec<u8>> {
    let certificates: Vec<&Certificate> = std::iter::once(signer).chain(chain).collect();
    sign(&Signing {
        content: Some(body),
        signer,
        key,
        digest: key.preferred_digest(),
        extra_attributes: Vec::new(),
        certificates: &certificates,
    })
}

/// A SignedData without content and signers that carries certificates, in this order.
pub fn certs_only(certificates: &[Certificate]) -> Vec<u8> {
    let certificates: Vec<&Certificate> = certificates.iter().collect();
    content_info(
        &oid::SIGNED_DATA,
        &signed_data(&[], None, &certificates, &[]),
    )
}

pub(crate) struct Signing<'a> {
    pub(crate) content: Option<&'a [u8]>,
    pub(crate) signer: &'a Certificate,
    pub(crate) key: &'a KeyPair,
    pub(crate) digest: Digest,
    /// Finished attributes beside content type and message digest.
    pub(crate) extra_attributes: Vec<Vec<u8>>,
    pub(crate) certificates: &'a [&'a Certificate],
}

/// A DER SignedData with signed attributes.
pub(crate) fn sign(signing: &Signing<'_>) -> Result<Vec<u8>> {
    let digest = signing.digest;
    let mut attributes = vec![
        attribute(&oid::CONTENT_TYPE, &writer::oid(&oid::DATA)),
        attribute(
            &oid::MESSAGE_DIGEST,
            &writer::octets(&digest.of(signing.content.unwrap_or_default())),
        ),
    ];
    attributes.extend(signing.extra_attributes.iter().cloned());
    let attributes = writer::sorted(attributes);
    // RFC 5652 §5.4: signed as a SET, sent under [0].
    let signature = signing.key.sign(digest, &writer::tlv(SET, &attributes))?;
    let signer_info = writer::sequence(&[
        &writer::small(1),
        &signer_identifier(signing.signer),
        &digest.algorithm(),
        &writer::tlv(context_constructed(0), &attributes),
        &signature_algorithm(signing.key),
        &writer::octets(&signature),
    ]);
    let signed = signed_data(
        &digest.algorithm(),
        signing.content,
        signing.certificates,
        &signer_info,
    );
    Ok(content_info(&oid::SIGNED_DATA, &signed))
}

/// An attribute with one value.
pub(crate) fn attribute(kind: &Oid, value: &[u8]) -> Vec<u8> {
    writer::sequence(&[&writer::oid(kind), &writer::set_of(vec![value.to_vec()])])
}

pub(super) fn signature_algorithm(key: &KeyPair) -> Vec<u8> {
    match key.public_key().kind() {
        KeyKind::P256 | KeyKind::P384 => key.signature_algorithm(),
        // RFC 3370 §3.2: the digest is named beside it.
        _ => writer::sequence(&[&writer::oid(&oid::RSA_ENCRYPTION), &writer::null()]),
    }
}

fn signed_data(
    digest_algorithms: &[u8],
    content: Option<&[u8]>,
    certificates: &[&Certificate],
    signer_infos: &[u8],
) -> Vec<u8> {
    let content = match content {
        Some(content) => writer::tlv(context_constructed(0), &writer::octets(content)),
        None => Vec::new(),
    };
    // Not sorted: clients take the first certificate of a SCEP answer for their own, and
    // CertificateSet is BER in RFC 5652 unless the whole message is DER.
    let certificates: Vec<&[u8]> = certificates.iter().map(|c| c.der()).collect();
    writer::sequence(&[
        &writer::small(1),
        &writer::tlv(SET, digest_algorithms),
        &writer::sequence(&[&writer::oid(&oid::DATA), &content]),
        &writer::constructed(context_constructed(0), &certificates),
        &writer::tlv(SET, signer_infos),
    ])
}

pub(crate) fn content_info(kind: &Oid, content: &[u8]) -> Vec<u8> {
    writer::constructed(
        SEQUENCE,
        &[
            &writer::oid(kind),
            &writer::tlv(context_constructed(0), content),
        ],
    )
}
