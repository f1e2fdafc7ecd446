//! Getting an identity: GetCACert, GetCACaps, PKIOperation. RFC 8894.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use tillsyn_pki::Error as PkiError;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::csr::{self, Csr};
use tillsyn_pki::envelope::ContentCipher;
use tillsyn_pki::key::{Digest, KeyPair};
use tillsyn_pki::oid;
use tillsyn_pki::scep::client::{self, Answer, CaCertificates};

use crate::network::{Network, Outgoing};
use crate::profile::ScepSettings;
use crate::{Rule, SimError, Violation};

const MS_PER_DAY: i64 = 86_400_000;
/// Longest life that the platform accepts for a TLS-like leaf, and the limit for identities here.
const MAX_LIFE_DAYS: i64 = 398;

/// Everything about one request for a certificate.
pub(crate) struct Request<'a> {
    pub(crate) network: &'a Network,
    pub(crate) http: &'a reqwest::Client,
    pub(crate) settings: &'a ScepSettings,
    pub(crate) key: &'a KeyPair,
    /// The certificate that is renewed; without it the request signs itself.
    pub(crate) signer: Option<(&'a Certificate, &'a KeyPair)>,
    pub(crate) digest: Digest,
    /// As Macs send it.
    pub(crate) by_get: bool,
    /// The device's own clock.
    pub(crate) now_ms: i64,
    pub(crate) fallback_name: &'a str,
}

impl Request<'_> {
    /// The issued certificate. Small breaches go into `found`.
    pub(crate) async fn run(&self, found: &mut Vec<Violation>) -> Result<Certificate, SimError> {
        let ca = self.ca_certificates(found).await?;
        let aes = self.capabilities(found).await?;
        let cipher = if aes && self.digest != Digest::Sha1 {
            ContentCipher::Aes256Cbc
        } else {
            ContentCipher::DesEde3Cbc
        };
        let mut subject = vec![(
            oid::COMMON_NAME,
            self.settings
                .common_name
                .clone()
                .unwrap_or_else(|| self.fallback_name.to_owned()),
        )];
        if let Some(organization) = &self.settings.organization {
            subject.push((oid::ORGANIZATION, organization.clone()));
        }
        let csr = csr::build(self.key, &subject, Some(&self.settings.challenge))?;
        let (signer, signer_key) = if let Some((certificate, key)) = self.signer {
            (certificate.clone(), key)
        } else {
            let own = client::self_signed_for(&Csr::from_der(&csr)?, self.key, self.now_ms)?;
            (own, self.key)
        };
        let sent = client::build_pkcs_req(
            &csr,
            signer_key,
            &signer,
            &ca.recipient,
            self.digest,
            cipher,
        )?;
        let body = self.pki_operation(&sent.der, found).await?;
        let answer = client::parse_cert_rep(&body, &sent, signer_key, &signer, &ca)
            .map_err(|error| answer_violation(&error))?;
        match &answer {
            Answer::Refused { info, text } => Err(SimError::ScepRefused {
                info: *info,
                text: text.clone(),
            }),
            Answer::Pending => {
                let detail = "PENDING makes a device wait until its patience ends";
                Err(Violation::new(Rule::ScepAnswer, detail).into())
            }
            Answer::Issued { certificates } => {
                let issued = answer.certificate_for(self.key).ok_or_else(|| {
                    Violation::new(Rule::IssuedKey, "no certificate has the requested key")
                })?;
                // Clients take the first certificate for their own.
                if certificates.first() != Some(issued) {
                    let detail = "the issued certificate does not come first";
                    found.push(Violation::new(Rule::IssuedKey, detail));
                }
                self.check_issued(issued, &ca, found)?;
                Ok(issued.clone())
            }
        }
    }

    fn url(&self, operation: &str) -> String {
        let url = &self.settings.url;
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}operation={operation}")
    }

    async fn ca_certificates(
        &self,
        found: &mut Vec<Violation>,
    ) -> Result<CaCertificates, SimError> {
        const STEP: &str = "GetCACert";
        let mut url = self.url(STEP);
        if let Some(name) = &self.settings.name {
            let mut with_name = reqwest::Url::parse(&url)
                .map_err(|_| Violation::new(Rule::ScepUrl, "the SCEP URL is none"))?;
            with_name.query_pairs_mut().append_pair("message", name);
            url = with_name.into();
        }
        let reply = self
            .network
            .send(self.http, &Outgoing::get(STEP, url))
            .await?;
        check_status(STEP, reply.status)?;
        let ca = client::parse_ca_cert(&reply.body)
            .map_err(|e| Violation::new(Rule::ScepCaCertificates, e.to_string()))?;
        let expected = if ca.all.len() == 1 {
            "application/x-x509-ca-cert"
        } else {
            "application/x-x509-ca-ra-cert"
        };
        if reply.media_type() != expected {
            let detail = format!("{STEP}: {expected} expected, got `{}`", reply.media_type());
            found.push(Violation::new(Rule::ScepContentType, detail));
        }
        // Some clients encrypt to the first certificate whatever it may do.
        if ca.all.first() != Some(&ca.recipient) {
            let detail = "the recipient of requests does not come first";
            found.push(Violation::new(Rule::ScepCaCertificates, detail));
        }
        Ok(ca)
    }

    /// Whether AES is offered.
    async fn capabilities(&self, found: &mut Vec<Violation>) -> Result<bool, SimError> {
        const STEP: &str = "GetCACaps";
        let out = Outgoing::get(STEP, self.url(STEP));
        let reply = self.network.send(self.http, &out).await?;
        check_status(STEP, reply.status)?;
        if reply.media_type() != "text/plain" {
            let detail = format!("{STEP}: text/plain expected, got `{}`", reply.media_type());
            found.push(Violation::new(Rule::ScepContentType, detail));
        }
        let text = String::from_utf8_lossy(&reply.body);
        let has = |word: &str| text.lines().any(|line| line.trim() == word);
        // iOS refuses a CA without any of these.
        if !["SHA-1", "SHA-256", "SHA-512"].into_iter().any(has) {
            let detail = "none of SHA-1, SHA-256 and SHA-512 is offered";
            return Err(Violation::new(Rule::ScepCapabilities, detail).into());
        }
        for word in ["Renewal", "POSTPKIOperation", "SCEPStandard", "AES"] {
            if !has(word) {
                let detail = format!("{word} is not offered");
                found.push(Violation::new(Rule::ScepCapabilities, detail));
            }
        }
        Ok(has("AES"))
    }

    async fn pki_operation(
        &self,
        message: &[u8],
        found: &mut Vec<Violation>,
    ) -> Result<bytes::Bytes, SimError> {
        const STEP: &str = "PKIOperation";
        let url = self.url(STEP);
        let out = if self.by_get {
            // macOS escapes `=` and leaves `+` and `/` as they are.
            let message = STANDARD.encode(message).replace('=', "%3D");
            Outgoing::get(STEP, format!("{url}&message={message}"))
        } else {
            Outgoing {
                step: STEP,
                method: Method::POST,
                url,
                headers: Vec::new(),
                body: message.to_vec().into(),
            }
            .header("content-type", "application/x-pki-message")
        };
        let reply = self.network.send(self.http, &out).await?;
        // A refusal is a CertRep with HTTP 200.
        check_status(STEP, reply.status)?;
        if reply.media_type() != "application/x-pki-message" {
            let detail = format!(
                "{STEP}: application/x-pki-message expected, got `{}`",
                reply.media_type()
            );
            found.push(Violation::new(Rule::ScepContentType, detail));
        }
        Ok(reply.body)
    }

    fn check_issued(
        &self,
        issued: &Certificate,
        ca: &CaCertificates,
        found: &mut Vec<Violation>,
    ) -> Result<(), Violation> {
        if !ca.all.iter().any(|c| issued.verify_issued_by(c).is_ok()) {
            let detail = "the certificate is not issued by the CA of GetCACert";
            return Err(Violation::new(Rule::IssuedIssuer, detail));
        }
        check_life(issued, self.now_ms, found)
    }
}

/// Life and serial number of an identity, however it came.
pub(crate) fn check_life(
    issued: &Certificate,
    now_ms: i64,
    found: &mut Vec<Violation>,
) -> Result<(), Violation> {
    if issued.not_before_ms() > now_ms || issued.not_after_ms() <= now_ms {
        let detail = "the certificate is not valid by the device's clock";
        return Err(Violation::new(Rule::IssuedValidity, detail));
    }
    let life_ms = issued.not_after_ms().saturating_sub(issued.not_before_ms());
    // NotBefore is back-dated for clocks that run behind.
    if life_ms > (MAX_LIFE_DAYS + 1) * MS_PER_DAY {
        let detail = format!("valid for {} days", life_ms / MS_PER_DAY);
        return Err(Violation::new(Rule::IssuedValidity, detail));
    }
    // 64 random bits; leading zeros may shorten what is shown.
    if issued.serial_hex().len() < 14 {
        let detail = "the serial number has fewer than 64 bits";
        found.push(Violation::new(Rule::IssuedSerial, detail));
    }
    Ok(())
}

fn check_status(step: &str, status: StatusCode) -> Result<(), Violation> {
    if status == StatusCode::OK {
        return Ok(());
    }
    let detail = format!("{step}: 200 expected, got {}", status.as_u16());
    Err(Violation::new(Rule::ScepStatus, detail))
}

fn answer_violation(error: &PkiError) -> Violation {
    let rule = match error {
        PkiError::Malformed {
            what: "recipient nonce",
        } => Rule::ScepRecipientNonce,
        PkiError::Malformed {
            what: "answer to another transaction",
        } => Rule::ScepTransaction,
        _ => Rule::ScepAnswer,
    };
    Violation::new(rule, error.to_string())
}
