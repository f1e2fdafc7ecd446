use plist::{Dictionary, Value};
use tillsyn_apple::plist_guard::Limits;
use tillsyn_pki::cert::Certificate;

use super::answer::Answer;
use crate::SimError;
use crate::device::Device;
use crate::plists::{dictionary, text};
use crate::profile::{StoredProfile, check_update, unwrap};

const MDM: &str = "com.apple.mdm";
const SCEP: &str = "com.apple.security.scep";
const ESCROW: &str = "com.apple.security.FDERecoveryKeyEscrow";

impl Device {
    // Apple schema mdm/commands/profile.install.yaml
    pub(super) async fn install_profile(
        &mut self,
        channel: usize,
        request: &Dictionary,
    ) -> Result<Answer, SimError> {
        let Some(bytes) = request.get("Payload").and_then(Value::as_data) else {
            return Ok(Answer::format_error());
        };
        let mut profile = match read(bytes) {
            Ok(profile) => profile,
            Err(detail) => return Ok(malformed(&detail)),
        };
        if profile.payload_types().contains(&MDM) {
            return self.update_enrollment(&profile, bytes).await;
        }
        let own = &self.enrollment_ref()?.profile.stored.identifier;
        if profile.identifier == *own {
            return Ok(malformed("the enrollment profile needs its MDM payload"));
        }
        if channel == 0 && self.config.kind.is_mac() {
            self.memory.file_vault_escrow =
                escrow_certificate(bytes).or(self.memory.file_vault_escrow.take());
        }
        let certificates = match self.profile_certificates(bytes).await {
            Ok(certificates) => certificates,
            // Apple, MCSCEPErrorDomain: a payload that fails takes its whole profile with it.
            Err(error) => {
                return Ok(refused(&format!(
                    "The profile “{}” could not be installed.",
                    profile.identifier
                ))
                .caused_by("MCSCEPErrorDomain", 22_013, error.to_string()));
            }
        };
        profile.certificates = certificates;
        let installed = self.profiles.entry(channel).or_default();
        installed.retain(|old| old.identifier != profile.identifier);
        installed.push(profile);
        Ok(Answer::done())
    }

    /// Gets a certificate for each SCEP payload of a profile, with a key of its own.
    async fn profile_certificates(&mut self, bytes: &[u8]) -> Result<Vec<Certificate>, SimError> {
        let Ok(unwrapped) = unwrap(bytes) else {
            return Ok(Vec::new());
        };
        let profile = dictionary(&unwrapped.plain, Limits::PROFILE)?;
        let payloads = profile.get("PayloadContent").and_then(Value::as_array);
        let mut certificates = Vec::new();
        for payload in payloads.into_iter().flatten() {
            let Some(payload) = payload.as_dictionary() else {
                continue;
            };
            if text(payload, "PayloadType") == Some(SCEP) {
                certificates.push(self.certify_payload(payload).await?);
            }
        }
        Ok(certificates)
    }

    /// A profile with the identifier of the enrollment profile renews the enrollment: new
    /// certificate, `Authenticate`, `TokenUpdate`. If a step fails the old one stays.
    // Apple, "Deploying device management enrollment profiles"
    async fn update_enrollment(
        &mut self,
        profile: &StoredProfile,
        bytes: &[u8],
    ) -> Result<Answer, SimError> {
        let old = self.enrollment_ref()?.clone();
        if profile.identifier != old.profile.stored.identifier {
            return Ok(refused("The device is already managed by an MDM server."));
        }
        let new = self.read_enrollment_profile(bytes);
        let new = match self.note(new) {
            Ok(new) => new,
            Err(error) => return Ok(refused(&error.to_string())),
        };
        let breaches = check_update(&old.profile, &new);
        if let Some(first) = breaches.first().cloned() {
            self.record_all(breaches);
            return Ok(refused(&first.detail));
        }
        let state = self.state;
        let channels = self.channels.clone();
        match self.renew(new).await {
            Ok(()) => {
                // The queue's memory outlives the renewal.
                for (kept, old) in self.channels.iter_mut().zip(channels) {
                    kept.outstanding = old.outstanding;
                    kept.unread = old.unread;
                    kept.finished = old.finished;
                }
                Ok(Answer::done())
            }
            Err(error) => {
                if self.enrollment.is_some() {
                    self.enrollment = Some(old);
                    self.channels = channels;
                    self.set_state(state);
                    return Ok(refused(&error.to_string()));
                }
                Err(error)
            }
        }
    }

    async fn renew(&mut self, profile: crate::EnrollmentProfile) -> Result<(), SimError> {
        let enrollment = self.certify(profile).await;
        self.enrollment = Some(self.note(enrollment)?);
        self.authenticate().await?;
        self.token_update().await?;
        self.more_channels().await
    }
}

fn read(bytes: &[u8]) -> Result<StoredProfile, String> {
    let unwrapped = unwrap(bytes).map_err(|violation| violation.detail)?;
    let dict = dictionary(&unwrapped.plain, Limits::PROFILE).map_err(|e| e.to_string())?;
    StoredProfile::read(&dict, true)
}

/// Whom FileVault encrypts its personal key for, if the profile says so.
// Apple schema mdm/profiles/com.apple.security.FDERecoveryKeyEscrow.yaml
fn escrow_certificate(bytes: &[u8]) -> Option<Certificate> {
    let unwrapped = unwrap(bytes).ok()?;
    let profile = dictionary(&unwrapped.plain, Limits::PROFILE).ok()?;
    let payloads = profile.get("PayloadContent")?.as_array()?;
    let mut payloads = payloads.iter().filter_map(Value::as_dictionary);
    let escrow = payloads
        .clone()
        .find(|p| text(p, "PayloadType") == Some(ESCROW))?;
    let uuid = text(escrow, "EncryptCertPayloadUUID")?;
    let certificate = payloads.find(|p| text(p, "PayloadUUID") == Some(uuid))?;
    Certificate::from_der(certificate.get("PayloadContent")?.as_data()?).ok()
}

fn malformed(detail: &str) -> Answer {
    refused("The profile could not be installed.").caused_by(
        "MCProfileErrorDomain",
        1_000,
        format!("Malformed profile: {detail}."),
    )
}

fn refused(text: &str) -> Answer {
    Answer::error("MCInstallationErrorDomain", 4_001, text)
}
