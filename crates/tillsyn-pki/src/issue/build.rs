use std::net::IpAddr;

use super::{ExtendedKeyUsage, KeyUsage, LeafRequest, San};
use crate::asn1::{
    BIT_STRING, IA5_STRING, Oid, PRINTABLE_STRING, SEQUENCE, context, context_constructed, oid,
    time, writer,
};
use crate::cert::{Certificate, usage};
use crate::error::{Error, Result};
use crate::hash;
use crate::key::{KeyPair, PublicKey};

/// A certificate with its private key: a CA, a registration authority, a signer or a device.
#[derive(Debug, Clone)]
pub struct CaIdentity {
    pub certificate: Certificate,
    pub key: KeyPair,
}

/// Any certificate under the CA; its life ends no later than the CA's.
pub fn issue_leaf(
    ca: &CaIdentity,
    public_key: &PublicKey,
    request: LeafRequest,
) -> Result<Certificate> {
    issue_with_extensions(ca, public_key, request, &[])
}

/// As `issue_leaf`, with more extensions, none of them critical.
pub(crate) fn issue_with_extensions(
    ca: &CaIdentity,
    public_key: &PublicKey,
    mut request: LeafRequest,
    more: &[(Oid, Vec<u8>)],
) -> Result<Certificate> {
    request.not_after_ms = request.not_after_ms.min(ca.certificate.not_after_ms());
    if request.not_after_ms <= request.not_before_ms {
        return Err(Error::Expired);
    }
    let subject = encode_name(&request.subject);
    let authority = match ca.certificate.subject_key_identifier() {
        Some(identifier) => identifier.to_vec(),
        None => ca.key.public_key().key_identifier(),
    };
    let issuer = Issuer {
        name: ca.certificate.subject(),
        key: &ca.key,
        authority,
    };
    build(&request, &subject, public_key, &issuer, more)
}

/// A certificate that the key signs for itself, as SCEP clients make before they have one.
pub fn self_signed(key: &KeyPair, request: &LeafRequest) -> Result<Certificate> {
    let subject = encode_name(&request.subject);
    build(
        request,
        &subject,
        key.public_key(),
        &Issuer::own(&subject, key),
        &[],
    )
}

/// A certificate that carries this key and DER subject, signed by the key itself.
pub(crate) fn self_signed_as(
    key: &KeyPair,
    subject: &[u8],
    now_ms: i64,
    days: u32,
) -> Result<Certificate> {
    let request = LeafRequest::new(Vec::new(), now_ms, days);
    build(
        &request,
        subject,
        key.public_key(),
        &Issuer::own(subject, key),
        &[],
    )
}

/// DER Name with one attribute per relative name.
pub(crate) fn encode_name(attributes: &[(Oid, String)]) -> Vec<u8> {
    let relative_names: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(kind, value)| {
            let value = if *kind == oid::COUNTRY || *kind == oid::SERIAL_NUMBER {
                writer::tlv(PRINTABLE_STRING, value.as_bytes())
            } else if *kind == oid::EMAIL_ADDRESS || *kind == oid::DOMAIN_COMPONENT {
                writer::tlv(IA5_STRING, value.as_bytes())
            } else {
                writer::utf8(value)
            };
            writer::set_of(vec![writer::sequence(&[&writer::oid(kind), &value])])
        })
        .collect();
    writer::tlv(SEQUENCE, &relative_names.concat())
}

struct Issuer<'a> {
    name: &'a [u8],
    key: &'a KeyPair,
    /// The issuer's own subject key identifier.
    authority: Vec<u8>,
}

impl<'a> Issuer<'a> {
    fn own(name: &'a [u8], key: &'a KeyPair) -> Self {
        Self {
            name,
            key,
            authority: key.public_key().key_identifier(),
        }
    }
}

fn build(
    request: &LeafRequest,
    subject: &[u8],
    public_key: &PublicKey,
    issuer: &Issuer<'_>,
    more: &[(Oid, Vec<u8>)],
) -> Result<Certificate> {
    let algorithm = issuer.key.signature_algorithm();
    let mut extensions = extensions(request, public_key, &issuer.authority);
    for (kind, value) in more {
        extensions.extend(writer::sequence(&[
            &writer::oid(kind),
            &writer::octets(value),
        ]));
    }
    let tbs = writer::sequence(&[
        &writer::tlv(context_constructed(0), &writer::small(2)),
        &writer::unsigned(&serial()),
        &algorithm,
        issuer.name,
        &writer::sequence(&[
            &time::encode(request.not_before_ms),
            &time::encode(request.not_after_ms),
        ]),
        subject,
        public_key.spki_der(),
        &writer::tlv(context_constructed(3), &writer::tlv(SEQUENCE, &extensions)),
    ]);
    let signature = issuer.key.sign(issuer.key.preferred_digest(), &tbs)?;
    Certificate::from_der(&writer::sequence(&[
        &tbs,
        &algorithm,
        &writer::bits(&signature),
    ]))
}

/// 126 random bits below a fixed pair, so that the number is positive and always 16 bytes long.
fn serial() -> [u8; 16] {
    let mut serial = hash::random_bytes::<16>();
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    serial
}

fn extensions(request: &LeafRequest, key: &PublicKey, authority: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut push = |kind: &Oid, is_critical: bool, value: &[u8]| {
        let critical = if is_critical {
            writer::boolean(true)
        } else {
            Vec::new()
        };
        out.extend(writer::sequence(&[
            &writer::oid(kind),
            &critical,
            &writer::octets(value),
        ]));
    };
    let ca = if request.is_ca {
        writer::boolean(true)
    } else {
        Vec::new()
    };
    push(&oid::BASIC_CONSTRAINTS, true, &writer::sequence(&[&ca]));
    if !request.key_usage.is_empty() {
        push(&oid::KEY_USAGE, true, &key_usage(&request.key_usage));
    }
    if !request.extended_key_usage.is_empty() {
        let usages: Vec<Vec<u8>> = request
            .extended_key_usage
            .iter()
            .map(|usage| match usage {
                ExtendedKeyUsage::ClientAuth => writer::oid(&oid::EKU_CLIENT_AUTH),
                ExtendedKeyUsage::ServerAuth => writer::oid(&oid::EKU_SERVER_AUTH),
            })
            .collect();
        push(
            &oid::EXTENDED_KEY_USAGE,
            false,
            &writer::tlv(SEQUENCE, &usages.concat()),
        );
    }
    if !request.sans.is_empty() {
        let names: Vec<Vec<u8>> = request.sans.iter().map(general_name).collect();
        push(
            &oid::SUBJECT_ALT_NAME,
            false,
            &writer::tlv(SEQUENCE, &names.concat()),
        );
    }
    if let Some(url) = &request.crl_url {
        // RFC 5280 §4.2.1.13: one point with a full name.
        let name = writer::tlv(
            context_constructed(0),
            &general_name(&San::Uri(url.clone())),
        );
        let point = writer::sequence(&[&writer::tlv(context_constructed(0), &name)]);
        push(
            &oid::CRL_DISTRIBUTION_POINTS,
            false,
            &writer::sequence(&[&point]),
        );
    }
    push(
        &oid::SUBJECT_KEY_IDENTIFIER,
        false,
        &writer::octets(&key.key_identifier()),
    );
    let authority = writer::tlv(context(0), authority);
    push(
        &oid::AUTHORITY_KEY_IDENTIFIER,
        false,
        &writer::sequence(&[&authority]),
    );
    out
}

fn general_name(name: &San) -> Vec<u8> {
    match name {
        San::Email(text) => writer::tlv(context(1), text.as_bytes()),
        San::Dns(text) => writer::tlv(context(2), text.as_bytes()),
        San::Uri(text) => writer::tlv(context(6), text.as_bytes()),
        // RFC 5280 §4.2.1.6: otherName is a type with its value in an explicit tag.
        San::PrincipalName(text) => writer::tlv(
            context_constructed(0),
            &[
                writer::oid(&oid::PRINCIPAL_NAME),
                writer::tlv(context_constructed(0), &writer::utf8(text)),
            ]
            .concat(),
        ),
        San::Ip(IpAddr::V4(ip)) => writer::tlv(context(7), &ip.octets()),
        San::Ip(IpAddr::V6(ip)) => writer::tlv(context(7), &ip.octets()),
    }
}

fn key_usage(usages: &[KeyUsage]) -> Vec<u8> {
    let bits = usages.iter().fold(0u16, |bits, usage| {
        bits | match usage {
            KeyUsage::DigitalSignature => usage::DIGITAL_SIGNATURE,
            KeyUsage::KeyEncipherment => usage::KEY_ENCIPHERMENT,
            KeyUsage::KeyCertSign => usage::KEY_CERT_SIGN,
            KeyUsage::CrlSign => usage::CRL_SIGN,
        }
    });
    // All usages that we set lie in the first byte; DER drops trailing zero bits.
    let byte = bits.to_be_bytes().first().copied().unwrap_or(0);
    let unused = u8::try_from(byte.trailing_zeros()).unwrap_or(0) & 7;
    writer::tlv(BIT_STRING, &[unused, byte])
}
