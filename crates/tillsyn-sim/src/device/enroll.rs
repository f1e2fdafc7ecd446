use bytes::Bytes;

use super::{Device, DeviceState};
use crate::invitation::{self, Attempt, AttemptStatus};
use crate::profile::{EnrollmentProfile, unwrap};
use crate::{Rule, SimError, Violation};

/// Where the enrollment profile comes from.
#[derive(Debug, Clone)]
pub enum EnrollBy {
    /// The scripted contract: `POST {server}/e/{code}/attempts`.
    Invitation {
        server: String,
        code: String,
        pin: Option<String>,
    },
    ProfileUrl(String),
    Profile(Vec<u8>),
}

impl Device {
    /// From nothing to enrolled.
    pub async fn enroll(&mut self, by: &EnrollBy) -> Result<(), SimError> {
        let profile = match by {
            EnrollBy::Invitation { server, code, pin } => {
                let attempt = self.take_invitation(server, code, pin.as_deref()).await?;
                self.download_profile(&attempt.profile_url).await?
            }
            EnrollBy::ProfileUrl(url) => self.download_profile(url).await?,
            EnrollBy::Profile(bytes) => bytes.clone().into(),
        };
        self.accept_profile(&profile).await?;
        self.authenticate().await?;
        self.token_update().await?;
        self.more_channels().await
    }

    /// After an erasure with return to service: enrolls again with the profile that came along.
    pub async fn return_to_service(&mut self) -> Result<(), SimError> {
        let profile = self.returning.take();
        let profile = profile.ok_or(SimError::state("the device does not return to service"))?;
        self.enroll(&EnrollBy::Profile(profile)).await
    }

    pub fn returns_to_service(&self) -> bool {
        self.returning.is_some()
    }

    pub async fn take_invitation(
        &mut self,
        server: &str,
        code: &str,
        pin: Option<&str>,
    ) -> Result<Attempt, SimError> {
        let http = self.first_client()?;
        let taken = invitation::take(&self.network, &http, server, code, pin, &self.config).await;
        let (attempt, violations) = self.note(taken)?;
        self.record_all(violations);
        Ok(attempt)
    }

    pub async fn attempt_status(
        &self,
        server: &str,
        code: &str,
        attempt_id: &str,
    ) -> Result<AttemptStatus, SimError> {
        let http = self.first_client()?;
        invitation::status(&self.network, &http, server, code, attempt_id).await
    }

    pub async fn download_profile(&mut self, url: &str) -> Result<Bytes, SimError> {
        let http = self.first_client()?;
        let downloaded = invitation::download(&self.network, &http, url).await;
        let (profile, violations) = self.note(downloaded)?;
        self.record_all(violations);
        Ok(profile)
    }

    /// Reads the profile and gets the identity; the server has seen no check-in yet.
    pub async fn accept_profile(&mut self, bytes: &[u8]) -> Result<(), SimError> {
        if self.state != DeviceState::Unenrolled && self.state != DeviceState::Certified {
            // The platform refuses a second MDM payload.
            return Err(SimError::state("the device is managed already"));
        }
        let profile = self.read_enrollment_profile(bytes);
        let profile = self.note(profile)?;
        let enrollment = self.certify(profile).await;
        self.enrollment = Some(self.note(enrollment)?);
        // A new enrollment begins with nothing escrowed.
        self.memory.bootstrap_token = None;
        self.memory.bootstrap_token_sent = None;
        self.set_state(DeviceState::Certified);
        Ok(())
    }

    /// Unwraps and checks a profile that enrolls; small breaches are recorded on the way.
    pub(crate) fn read_enrollment_profile(
        &mut self,
        bytes: &[u8],
    ) -> Result<EnrollmentProfile, SimError> {
        let unwrapped = unwrap(bytes)?;
        let mut found = Vec::new();
        let profile =
            EnrollmentProfile::read(&unwrapped.plain, &self.config, &self.network, &mut found);
        let roots: Vec<_> = self
            .network
            .roots()
            .iter()
            .chain(profile.iter().flat_map(|p| &p.roots))
            .cloned()
            .collect();
        match &unwrapped.signer {
            None => found.push(Violation::new(
                Rule::ProfileSignature,
                "the profile is not signed",
            )),
            // With the system's roots alone only the person's eye can tell.
            Some(signer) if !roots.is_empty() => {
                found.extend(signer.check(&roots, self.now_ms()).err());
            }
            Some(_) => {}
        }
        self.record_all(found);
        Ok(profile?)
    }

    /// A client with the trust of a device that has no profile yet.
    pub(super) fn first_client(&self) -> Result<reqwest::Client, SimError> {
        self.network
            .client(&[], self.config.behaviours.title_case_headers)
    }
}
