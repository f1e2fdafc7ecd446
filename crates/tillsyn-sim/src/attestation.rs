//! Vouching for keys as Apple's attestation service does, under a root of the simulator.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tillsyn_pki::attestation::maker::{AttestationAuthority, Properties};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::issue::CaIdentity;
use tillsyn_pki::key::{KeyPair, PublicKey};

use crate::{SimError, clock};

/// The root that a server under test has to trust as an anchor. Cheap to clone.
#[derive(Clone)]
pub struct AttestationRoot(Arc<AttestationAuthority>);

impl fmt::Debug for AttestationRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AttestationRoot").finish_non_exhaustive()
    }
}

impl AttestationRoot {
    pub fn new() -> Result<Self, SimError> {
        Ok(Self(Arc::new(AttestationAuthority::new(clock::now_ms())?)))
    }

    /// The one in this file, which is made if it is not there: a server keeps its anchor then. It
    /// holds certificate and key of root and intermediate in turn.
    pub fn at(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            let root = Self::new()?;
            let parts = [&root.0.root, &root.0.intermediate];
            let text: String = parts
                .map(|ca| {
                    format!(
                        "{}{}",
                        ca.certificate.to_pem(),
                        ca.key.to_pkcs8_pem().as_str()
                    )
                })
                .concat();
            std::fs::write(path, text)
                .with_context(|| format!("cannot write {}", path.display()))?;
            return Ok(root);
        }
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let certificates = Certificate::all_from_pem(&text)?;
        let mut keys = text
            .split("-----BEGIN PRIVATE KEY-----")
            .skip(1)
            .map(|part| KeyPair::from_pem(&format!("-----BEGIN PRIVATE KEY-----{part}")));
        let mut certificates = certificates.into_iter();
        let mut next = || -> anyhow::Result<CaIdentity> {
            let certificate = certificates.next().context("a certificate is missing")?;
            let key = keys.next().context("a key is missing")??;
            Ok(CaIdentity { certificate, key })
        };
        let (root, intermediate) = (next()?, next()?);
        Ok(Self(Arc::new(AttestationAuthority { root, intermediate })))
    }

    /// For the server's list of anchors.
    pub fn root_pem(&self) -> String {
        self.0.root.certificate.to_pem()
    }

    pub fn root(&self) -> &Certificate {
        &self.0.root.certificate
    }

    pub(crate) fn attest(
        &self,
        key: &PublicKey,
        properties: &Properties,
    ) -> Result<Vec<Certificate>, SimError> {
        Ok(self.0.attest(key, properties, clock::now_ms())?)
    }
}
