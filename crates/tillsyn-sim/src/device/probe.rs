//! Requests that a server must refuse: each with wrong credentials, each answered with a plain
//! 403. The device itself is not touched by the answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use tillsyn_apple::checkin::Ids;
use tillsyn_apple::ids::Udid;
use tillsyn_apple::result::CommandResult;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::issue::{self, LeafRequest};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::{cms, oid};

use super::Device;
use super::check_in::{UNRECOGNIZED_DEVICE, error_code};
use crate::{Rule, SimError, Violation, pool_key};

const STEP: &str = "probe";

impl Device {
    /// A poll signed by a certificate that only looks like the device's.
    pub async fn probe_foreign_certificate(&mut self) -> Result<(), SimError> {
        let enrollment = self.enrollment_ref()?;
        let name = enrollment.certificate.subject_cn().unwrap_or_default();
        let key = pool_key(self.config.key_index.wrapping_add(self.keys_used))?;
        let request = LeafRequest::new(vec![(oid::COMMON_NAME, name)], self.now_ms(), 30);
        let certificate = issue::self_signed(&key, &request)?;
        let body = CommandResult::idle(self.ids()?).to_plist();
        let signature = cms::sign_detached_like_device(&body, &certificate, &key, self.digest())?;
        self.probe(
            body,
            Some(signature),
            Rule::PinSkipped,
            "a foreign certificate",
        )
        .await
    }

    /// A poll signed by a certificate that the server issued for something else.
    pub async fn probe_certificate(
        &mut self,
        certificate: &Certificate,
        key: &KeyPair,
    ) -> Result<(), SimError> {
        let body = CommandResult::idle(self.ids()?).to_plist();
        let digest = self.digest_with(key);
        let signature = cms::sign_detached_like_device(&body, certificate, key, digest)?;
        let what = "a certificate that is no identity";
        self.probe(body, Some(signature), Rule::PinSkipped, what)
            .await
    }

    /// A poll with the own identity in the name of another device.
    pub async fn probe_other_device(&mut self) -> Result<(), SimError> {
        let udid = format!("{}-OTHER", self.config.udid);
        let body = CommandResult::idle(Ids::device(Udid::new(udid)?)).to_plist();
        let signature = self.own_signature(&body)?;
        self.probe(
            body,
            Some(signature),
            Rule::PinSkipped,
            "another device's id",
        )
        .await
    }

    /// A poll without `Mdm-Signature`.
    pub async fn probe_unsigned(&mut self) -> Result<(), SimError> {
        let body = CommandResult::idle(self.ids()?).to_plist();
        self.probe(body, None, Rule::SignatureSkipped, "no signature")
            .await
    }

    /// A poll whose signature is over other bytes.
    pub async fn probe_tampered(&mut self) -> Result<(), SimError> {
        let body = CommandResult::idle(self.ids()?).to_plist();
        let signature = self.own_signature(b"something else")?;
        let what = "a signature over other bytes";
        self.probe(body, Some(signature), Rule::SignatureSkipped, what)
            .await
    }

    fn own_signature(&self, body: &[u8]) -> Result<Vec<u8>, SimError> {
        let enrollment = self.enrollment_ref()?;
        let (certificate, key) = (&enrollment.certificate, &enrollment.key);
        let signature =
            cms::sign_detached_like_device(body, certificate, key, self.digest_with(key))?;
        Ok(signature)
    }

    async fn probe(
        &mut self,
        body: Vec<u8>,
        signature: Option<Vec<u8>>,
        rule: Rule,
        what: &str,
    ) -> Result<(), SimError> {
        let enrollment = self.enrollment_ref()?;
        let url = enrollment.profile.server_url.clone();
        let mut out = self.unsigned(STEP, url, body.into(), false);
        if let Some(signature) = signature {
            out = out.header("mdm-signature", STANDARD.encode(signature));
        }
        let reply = self.network.send(&enrollment.http, &out).await;
        let reply = self.note(reply)?;
        match reply.status {
            StatusCode::FORBIDDEN => {
                if error_code(&reply).as_deref() == Some(UNRECOGNIZED_DEVICE) {
                    let detail = format!("{what} was told to unenroll");
                    self.record(Violation::new(Rule::UnrecognizedDevice, detail));
                }
            }
            StatusCode::UNAUTHORIZED => {
                let detail = format!("401 to {what}");
                self.record(Violation::new(Rule::Unauthorized, detail));
            }
            status => {
                let detail = format!("{what}: 403 expected, got {}", status.as_u16());
                self.record(Violation::new(rule, detail));
            }
        }
        Ok(())
    }
}
