//! The proxy's own CA: it signs the profiles that it changed, and issues wrong certificates.

use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms;
use tillsyn_pki::issue::{self, CaIdentity, DeviceSubject, KeyAlgorithm};
use tillsyn_pki::key::PublicKey;
use tillsyn_pki::scep::{CertRep, FailInfo, PkiRequest, get_ca_cert};

use super::Fault;
use crate::{SimError, clock, pool_key};

const NAME: &str = "Fault proxy";

pub(super) struct Authority {
    root: CaIdentity,
    ra: CaIdentity,
    signer: CaIdentity,
    stranger: CaIdentity,
}

impl Authority {
    pub(super) fn new() -> Result<Self, SimError> {
        let now = clock::now_ms();
        let create = |name| issue::create_root_ca(name, NAME, now, 4_000, KeyAlgorithm::P256);
        let root = create(NAME)?;
        Ok(Self {
            ra: issue::create_ra_with_key(&root, pool_key(63)?, NAME, NAME, now, 30)?,
            signer: issue::create_signer(&root, NAME, NAME, now, 30)?,
            stranger: create("A stranger")?,
            root,
        })
    }

    pub(super) fn root(&self) -> &Certificate {
        &self.root.certificate
    }

    pub(super) fn sign(&self, profile: &[u8], fault: Option<Fault>) -> Result<Vec<u8>, SimError> {
        let signer = if fault == Some(Fault::ProfileOfStranger) {
            &self.stranger
        } else {
            &self.signer
        };
        let (certificate, key) = (&signer.certificate, &signer.key);
        Ok(cms::sign_attached(profile, certificate, key, &[])?)
    }

    pub(super) fn ca_certificates(&self) -> (&'static str, Vec<u8>) {
        get_ca_cert(&self.ra.certificate, &self.root.certificate)
    }

    /// A CertRep with the fault in it.
    pub(super) fn answer(&self, message: &[u8], fault: Fault) -> Result<Vec<u8>, SimError> {
        let request = PkiRequest::parse(message)?;
        let mut transaction = request.transaction().clone();
        match fault {
            Fault::CertRepOfOtherTransaction => transaction.id.push('0'),
            Fault::CertRepWithOtherNonce => transaction.sender_nonce = vec![7; 16],
            _ => {
                return self.issue(&request, fault);
            }
        }
        Ok(CertRep::failure(
            &transaction,
            FailInfo::BadRequest,
            None,
            &self.ra,
        )?)
    }

    fn issue(&self, request: &PkiRequest, fault: Fault) -> Result<Vec<u8>, SimError> {
        let refused = |_| SimError::state("the device's SCEP request is unreadable");
        let request = request.verify(true).map_err(refused)?;
        let request = request.open(&self.ra).map_err(refused)?;
        let (ca, key, days): (_, PublicKey, _) = match fault {
            Fault::CertificateForOtherKey => (&self.root, pool_key(62)?.public_key().clone(), 300),
            Fault::CertificateOfStranger => {
                (&self.stranger, request.csr().public_key().clone(), 300)
            }
            _ => (&self.root, request.csr().public_key().clone(), 3_650),
        };
        let subject = DeviceSubject {
            cn: NAME.into(),
            org: NAME.into(),
        };
        let issued =
            issue::issue_device_certificate(ca, &key, &subject, &[], clock::now_ms(), days)?;
        Ok(CertRep::success(&request, &[issued], &self.ra)?)
    }
}
