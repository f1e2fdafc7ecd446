//! Reads what people upload: plain or signed, XML or binary.

use tillsyn_apple::profile::Template;
use tillsyn_pki::cms::{self, SignedLimits};
use zeroize::Zeroizing;

use super::{Document, refused, too_large};
use crate::error::Error;
use crate::profiles::{MAX_BYTES, Signer};

/// An upload that can be used.
pub(crate) struct Upload {
    pub(crate) document: Document,
    /// Whose signature it bears. The signature is good; whether to trust the signer is for people.
    pub(crate) signer: Option<Signer>,
    /// As it came, when that is not how the document is written.
    pub(crate) original: Option<Zeroizing<Vec<u8>>>,
}

impl Document {
    /// Reads an upload without loss.
    ///
    /// # Errors
    /// Invalid for a broken signature, and for what is no profile or over a limit.
    pub(crate) fn upload(bytes: Vec<u8>) -> Result<Upload, Error> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() > MAX_BYTES {
            return Err(too_large());
        }
        let unsigned = unsign(&bytes)?;
        let (plain, signer) = match &unsigned {
            Some((plain, signer)) => (plain, Some(signer.clone())),
            None => (&bytes, None),
        };
        let template = Template::parse(plain).map_err(refused)?;
        if template
            .identifier()
            .is_none_or(|identifier| identifier.trim().is_empty())
        {
            return Err(Error::invalid(
                "content",
                "identifier_missing",
                "This profile has no PayloadIdentifier, by which devices know it. Give it one, such as \
                 org.example.wifi.",
            ));
        }
        let original = (*template.to_plist() != **bytes).then_some(bytes.clone());
        Ok(Upload {
            document: Document(template),
            signer,
            original,
        })
    }
}

/// What a signature holds, and whose it is.
type Unsigned = (Zeroizing<Vec<u8>>, Signer);

/// The content of a signed upload with its signer; `None` when it is not signed.
pub(super) fn unsign(bytes: &[u8]) -> Result<Option<Unsigned>, Error> {
    // A SEQUENCE in DER or BER: CMS around the profile.
    if bytes.first() != Some(&0x30) {
        return Ok(None);
    }
    let limits = SignedLimits {
        max_len: MAX_BYTES,
        ..SignedLimits::default()
    };
    let policy = cms::Policy {
        allow_sha1: false,
        signing_time: None,
    };
    let verified = cms::parse_signed(bytes, limits)
        .and_then(|signed| signed.verify(None, policy))
        .map_err(|error| {
            let text = format!("The profile's signature cannot be used: {error}.");
            Error::invalid("content", "signature", text)
        })?;
    let signer = Signer {
        subject: verified.signer.subject_text(),
        issuer: verified.signer.issuer_text(),
        not_after: verified.signer.not_after_ms(),
        sha256: verified.signer.sha256_hex(),
    };
    let plain = Zeroizing::new(verified.content.unwrap_or_default());
    Ok(Some((plain, signer)))
}
