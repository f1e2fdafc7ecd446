use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::error::UploadError;
use super::plist;
use crate::cert::{self, Certificate, Validity};
use crate::csr::Csr;
use crate::error::{Error, Result};
use crate::issue::CaIdentity;
use crate::key::{Digest, KeyKind, PublicKey};
use crate::pem;

const CSR: &str = "PushCertRequestCSR";
const CHAIN: &str = "PushCertCertificateChain";
const SIGNATURE: &str = "PushCertSignature";
const MAX_LEN: usize = 256 << 10;
const MAX_CHAIN: usize = 8;

/// A signed request as the portal takes it, read and not yet verified.
#[derive(Debug, Clone)]
pub struct Upload {
    csr: Csr,
    /// The vendor's certificate, the intermediate, the root.
    chain: Vec<Certificate>,
    signature: Vec<u8>,
}

/// Signs a request (DER) as the holder of a vendor certificate. `chain` are Apple's intermediate
/// and root, in this order. The result is the file to upload.
pub fn sign_for_upload(
    csr_der: &[u8],
    vendor: &CaIdentity,
    chain: &[Certificate],
    now_ms: i64,
) -> std::result::Result<String, UploadError> {
    let malformed = |error| UploadError::Malformed { key: CSR, error };
    let csr = Csr::from_der(csr_der).map_err(malformed)?;
    csr.verify().map_err(malformed)?;
    let fits = vendor.certificate.public_key() == vendor.key.public_key()
        && matches!(vendor.key.public_key().kind(), KeyKind::Rsa { .. });
    if !fits {
        return Err(UploadError::Chain(Error::WeakKey {
            what: "the vendor's key is not RSA, or not the certificate's",
        }));
    }
    let chain: Vec<Certificate> = std::iter::once(vendor.certificate.clone())
        .chain(chain.iter().cloned())
        .collect();
    check_chain(&chain, now_ms)?;
    // Old tools used SHA-1, which the portal refuses.
    let signature = vendor.key.sign(Digest::Sha256, csr_der);
    let signature = signature.map_err(UploadError::Chain)?;
    Ok(Upload {
        csr,
        chain,
        signature,
    }
    .to_file())
}

impl Upload {
    /// Reads what an outside signer returned: the file for the portal, or the property list in it.
    pub fn parse(bytes: &[u8]) -> std::result::Result<Self, UploadError> {
        if bytes.len() > MAX_LEN {
            return Err(UploadError::TooLarge { limit: MAX_LEN });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| UploadError::NotAnUpload)?;
        let text = text.trim_start_matches('\u{feff}').trim();
        let decoded = if text.starts_with('<') {
            text.to_owned()
        } else {
            let plain = decode(text).map_err(|_| UploadError::NotAnUpload)?;
            String::from_utf8(plain).map_err(|_| UploadError::NotAnUpload)?
        };
        let entries = plist::read(decoded.trim()).ok_or(UploadError::NotAnUpload)?;
        let find = |key: &'static str| {
            let mut found = entries.iter().filter(|(name, _)| *name == key);
            let value = found.next().map(|(_, value)| *value);
            // Two values under one key would be read differently by others.
            match (value, found.next()) {
                (Some(value), None) => Ok(value),
                (Some(_), Some(_)) => Err(UploadError::NotAnUpload),
                (None, _) => Err(UploadError::Missing { key }),
            }
        };
        let malformed = |key| move |error| UploadError::Malformed { key, error };
        let csr = decode(find(CSR)?).and_then(|der| Csr::from_der(&der));
        let chain = Certificate::all_from_pem(find(CHAIN)?);
        let chain = chain.map_err(malformed(CHAIN))?;
        if chain.len() > MAX_CHAIN {
            let limit = MAX_CHAIN;
            let what = "number of certificates";
            return Err(malformed(CHAIN)(Error::TooLarge { what, limit }));
        }
        Ok(Self {
            csr: csr.map_err(malformed(CSR))?,
            chain,
            signature: decode(find(SIGNATURE)?).map_err(malformed(SIGNATURE))?,
        })
    }

    /// Whether the portal will take it for our key: the request is ours, the vendor signed it, and
    /// the chain leads to the root that it carries. Whose root that is the portal decides.
    pub fn verify(&self, ours: &PublicKey, now_ms: i64) -> std::result::Result<(), UploadError> {
        if self.csr.public_key() != ours {
            return Err(UploadError::OtherRequest);
        }
        check_chain(&self.chain, now_ms)?;
        let vendor = self.chain.first().ok_or(UploadError::BadSignature)?;
        let signed_with = |digest| {
            let key = vendor.public_key();
            key.verify(digest, self.csr.der(), &self.signature).is_ok()
        };
        if signed_with(Digest::Sha256) {
            Ok(())
        } else if signed_with(Digest::Sha1) {
            Err(UploadError::SignedWithSha1)
        } else {
            Err(UploadError::BadSignature)
        }
    }

    pub fn csr(&self) -> &Csr {
        &self.csr
    }

    /// The certificate of the vendor who signed.
    pub fn vendor(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    /// The file to upload: base64 of a property list.
    pub fn to_file(&self) -> String {
        let chain: String = self.chain.iter().map(Certificate::to_pem).collect();
        BASE64_STANDARD.encode(plist::write(&[
            (CSR, &BASE64_STANDARD.encode(self.csr.der())),
            (CHAIN, &chain),
            (SIGNATURE, &BASE64_STANDARD.encode(&self.signature)),
        ]))
    }
}

/// Vendor, intermediates and root must be there and fit together.
fn check_chain(chain: &[Certificate], now_ms: i64) -> std::result::Result<(), UploadError> {
    let incomplete = UploadError::Chain(Error::Untrusted {
        what: "the vendor's certificate, an intermediate and a root are needed",
    });
    let [vendor, intermediates @ .., root] = chain else {
        return Err(incomplete);
    };
    if intermediates.is_empty() || !root.is_self_issued() {
        return Err(incomplete);
    }
    let validity = Validity::Check { skew_ms: 0 };
    let roots = std::slice::from_ref(root);
    cert::verify_chain(vendor, intermediates, roots, now_ms, validity)
        .map(drop)
        .map_err(UploadError::Chain)
}

fn decode(text: &str) -> Result<Vec<u8>> {
    let base64: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    pem::LENIENT
        .decode(base64)
        .map_err(|_| Error::malformed("base64"))
}
