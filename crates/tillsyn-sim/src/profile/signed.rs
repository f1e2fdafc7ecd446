use tillsyn_pki::cert::{self, Certificate, Validity};
use tillsyn_pki::cms::{self, Policy, SignedLimits};

use crate::{Rule, Violation};

/// A profile out of its signature.
#[derive(Debug)]
pub(crate) struct Unwrapped {
    pub(crate) plain: Vec<u8>,
    /// `None` for a plain profile.
    pub(crate) signer: Option<Signer>,
}

#[derive(Debug)]
pub(crate) struct Signer {
    certificate: Certificate,
    others: Vec<Certificate>,
}

/// A quarter of an hour for clocks that differ.
const SKEW_MS: i64 = 15 * 60 * 1_000;

/// Takes a profile out of its CMS, whose signature must hold. Plain profiles come back as they are.
pub(crate) fn unwrap(bytes: &[u8]) -> Result<Unwrapped, Violation> {
    if bytes.first() != Some(&0x30) {
        return Ok(Unwrapped {
            plain: bytes.to_vec(),
            signer: None,
        });
    }
    let policy = Policy {
        allow_sha1: false,
        signing_time: None,
    };
    let signed = cms::parse_signed(bytes, SignedLimits::default()).map_err(bad)?;
    let verified = signed.verify(None, policy).map_err(bad)?;
    let plain = verified
        .content
        .ok_or_else(|| bad(tillsyn_pki::Error::ContentMissing))?;
    Ok(Unwrapped {
        plain,
        signer: Some(Signer {
            certificate: verified.signer,
            others: signed.certificates().map_err(bad)?,
        }),
    })
}

fn bad(error: tillsyn_pki::Error) -> Violation {
    Violation::new(Rule::ProfileSignature, error.to_string())
}

impl Signer {
    /// Whether a person would see the profile as verified.
    pub(crate) fn check(&self, roots: &[Certificate], now_ms: i64) -> Result<(), Violation> {
        let validity = Validity::Check { skew_ms: SKEW_MS };
        cert::verify_chain(&self.certificate, &self.others, roots, now_ms, validity)
            .map(|_| ())
            .map_err(|error| Violation::new(Rule::ProfileSigner, error.to_string()))
    }
}
