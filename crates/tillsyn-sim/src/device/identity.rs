//! The device's own key and certificate: by SCEP or ACME, as the profile says.

use serde_json::json;
use tillsyn_pki::attestation::maker::{self, Properties};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::key::{Digest, KeyKind, KeyPair};

use super::{Device, Enrollment};
use crate::keys::new_p384_key;
use crate::profile::{
    AcmeKey, AcmeSettings, EnrollmentProfile, IdentitySettings, ScepSettings, read_scep,
};
use crate::{Authentication, Rule, SimError, Unattested, Violation, acme, pool_key, scep};

impl Device {
    /// Gets a certificate for a new key by the identity payload.
    pub(crate) async fn certify(
        &mut self,
        profile: EnrollmentProfile,
    ) -> Result<Enrollment, SimError> {
        let number = self.config.key_index.wrapping_add(self.keys_used);
        self.keys_used = self.keys_used.wrapping_add(1);
        let key = match &profile.identity {
            IdentitySettings::Acme(AcmeSettings {
                key: AcmeKey::P256, ..
            }) => KeyPair::generate_p256()?,
            IdentitySettings::Acme(AcmeSettings {
                key: AcmeKey::P384, ..
            }) => new_p384_key()?,
            _ => pool_key(number)?,
        };
        let http = self
            .network
            .client(&profile.roots, self.config.behaviours.title_case_headers)?;
        let certificate = match &profile.identity {
            IdentitySettings::Scep(settings) => self.by_scep(&http, settings, &key, None).await?,
            IdentitySettings::Acme(settings) => {
                let certificate = self.by_acme(&http, settings, &key, profile.byod).await?;
                let mut found = Vec::new();
                let checked = scep::check_life(&certificate, self.now_ms(), &mut found);
                self.record_all(found);
                checked?;
                certificate
            }
        };
        let http = match self.config.authentication {
            Authentication::MutualTls => {
                self.network
                    .client_with_identity(&profile.roots, &certificate, &key)?
            }
            _ => http,
        };
        Ok(Enrollment {
            certificate,
            profile,
            key,
            http,
            enrollment_id: uuid::Uuid::new_v4().to_string().to_ascii_uppercase(),
        })
    }

    /// The certificate of a SCEP payload in a profile that is not the enrollment profile.
    pub(crate) async fn certify_payload(
        &mut self,
        payload: &plist::Dictionary,
    ) -> Result<Certificate, SimError> {
        let mut found = Vec::new();
        let settings = read_scep(payload, &self.network, &mut found);
        self.record_all(found);
        let settings = settings?;
        self.memory.challenge = Some(settings.challenge.clone());
        let number = self.config.key_index.wrapping_add(self.keys_used);
        self.keys_used = self.keys_used.wrapping_add(1);
        let key = pool_key(number)?;
        let http = self.enrollment_ref()?.http.clone();
        self.by_scep(&http, &settings, &key, None).await
    }

    async fn by_scep(
        &mut self,
        http: &reqwest::Client,
        settings: &ScepSettings,
        key: &KeyPair,
        signer: Option<(&Certificate, &KeyPair)>,
    ) -> Result<Certificate, SimError> {
        let mut found = Vec::new();
        let request = scep::Request {
            network: &self.network,
            http,
            settings,
            key,
            signer,
            digest: self.digest(),
            by_get: self.config.kind.is_mac(),
            now_ms: self.now_ms(),
            fallback_name: &self.config.serial,
        };
        let certificate = request.run(&mut found).await;
        self.record_all(found);
        certificate
    }

    async fn by_acme(
        &mut self,
        http: &reqwest::Client,
        settings: &AcmeSettings,
        key: &KeyPair,
        byod: bool,
    ) -> Result<Certificate, SimError> {
        let mut found = Vec::new();
        let request = acme::Request {
            network: &self.network,
            http,
            settings,
            key,
            fallback_name: &self.config.serial,
        };
        let answer = |token: &str| self.challenge_answer(settings, key, byod, token);
        let certificate = request.run(answer, &mut found).await;
        self.record_all(found);
        certificate
    }

    /// What the challenge is answered with: an attestation, where device and profile want one.
    fn challenge_answer(
        &self,
        settings: &AcmeSettings,
        key: &KeyPair,
        byod: bool,
        token: &str,
    ) -> Result<serde_json::Value, SimError> {
        if let Some(root) = self.network.attestation()
            && settings.attest
            && self.config.can_attest()
        {
            let properties = self.attested_properties(byod).for_token(token);
            let chain = root.attest(key.public_key(), &properties)?;
            return Ok(acme::attestation_payload(&maker::object(&chain)));
        }
        Ok(match self.config.behaviours.unattested {
            Unattested::FormatNone => {
                acme::attestation_payload(&maker::object_without_attestation())
            }
            Unattested::Empty => json!({ "attObj": "" }),
            Unattested::Absent => json!({}),
            Unattested::Failed => json!({ "error": "attestation_failed" }),
        })
    }

    /// What Apple's service knows about the device.
    // Apple, "Validating a Managed Device Attestation"
    pub(crate) fn attested_properties(&self, byod: bool) -> Properties {
        let config = &self.config;
        let mac = config.kind.is_mac();
        let text = |text: &str| Some(text.to_owned());
        // On a Mac it is the provisioning UDID, which the MDM protocol never shows.
        let udid = if mac {
            let digest = hash::sha256_hex(config.serial.as_bytes());
            let part = |range| digest.get(range).unwrap_or_default();
            format!("{}-{}", part(0..8), part(8..24)).to_ascii_uppercase()
        } else {
            config.udid.clone()
        };
        Properties {
            serial_number: (!byod).then(|| config.serial.clone()),
            udid: (!byod).then_some(udid),
            software_update_device_id: text(config.model.product_name),
            os_version: text(&config.os_version),
            sep_os_version: text("22.1.1"),
            llb_version: text("11881.62.2"),
            sip: mac.then_some(0),
            secure_boot: if mac { text("Full Security") } else { None },
            kexts: mac.then_some(0),
            ..Properties::default()
        }
    }

    /// A Mac renews its SCEP identity by itself: signed with the certificate that it has, with the
    /// old challenge, and without an `Authenticate` afterwards.
    pub async fn renew_identity_by_scep(&mut self) -> Result<(), SimError> {
        let enrollment = self.enrollment_ref()?.clone();
        let IdentitySettings::Scep(settings) = &enrollment.profile.identity else {
            return Err(SimError::state("the identity does not come by SCEP"));
        };
        let key = pool_key(self.config.key_index.wrapping_add(self.keys_used))?;
        self.keys_used = self.keys_used.wrapping_add(1);
        let signer = Some((&enrollment.certificate, &enrollment.key));
        let outcome = self.by_scep(&enrollment.http, settings, &key, signer).await;
        let certificate = self.note(outcome)?;
        if certificate.sha256() == enrollment.certificate.sha256() {
            let detail = "a renewal brought the old certificate";
            self.record(Violation::new(Rule::IssuedKey, detail));
        }
        let http = match self.config.authentication {
            Authentication::MutualTls => {
                self.network
                    .client_with_identity(&enrollment.profile.roots, &certificate, &key)?
            }
            _ => enrollment.http.clone(),
        };
        self.enrollment = Some(Enrollment {
            certificate,
            key,
            http,
            ..enrollment
        });
        Ok(())
    }

    /// Where its identity came from, if by ACME.
    pub fn acme_directory(&self) -> Option<String> {
        match &self.enrollment.as_ref()?.profile.identity {
            IdentitySettings::Acme(settings) => Some(settings.directory_url.clone()),
            IdentitySettings::Scep(_) => None,
        }
    }

    /// Requests that an ACME server must refuse.
    pub async fn probe_acme(&mut self, directory_url: &str) -> Result<(), SimError> {
        let http = self.first_client()?;
        let network = self.network.clone();
        let mut talk = match acme::Conversation::open(&network, &http, directory_url).await {
            Ok(talk) => talk,
            Err(error) => return self.note(Err(error)),
        };
        let outcome = talk.probe().await;
        self.record_all(std::mem::take(&mut talk.found));
        self.note(outcome)
    }

    /// The digest of signatures with this key.
    pub(super) fn digest_with(&self, key: &KeyPair) -> Digest {
        match key.public_key().kind() {
            KeyKind::P256 | KeyKind::P384 => key.preferred_digest(),
            _ => self.digest(),
        }
    }
}
