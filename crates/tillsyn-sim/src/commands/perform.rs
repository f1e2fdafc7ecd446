use tillsyn_apple::ids::CommandUuid;
use tillsyn_apple::result::CommandResult;

use super::answer::Answer;
use crate::SimError;
use crate::device::{Device, Offered, Performed};

/// Always answered, also on a locked iPhone or iPad.
// Apple, "Handling NotNow status responses"
const NEVER_DEFERRED_IOS: [&str; 8] = [
    "ClearPasscode",
    "DeviceInformation",
    "DeviceLock",
    "EraseDevice",
    "InstalledApplicationList",
    "ProfileList",
    "ProvisioningProfileList",
    "Restrictions",
];

/// Always answered, also by a Mac in Power Nap.
const NEVER_DEFERRED_MACOS: [&str; 9] = [
    "ActivationLockBypassCode",
    "ClearActivationLockBypassCode",
    "DeleteUser",
    "DeviceLock",
    "EraseDevice",
    "RestartDevice",
    "ShutDownDevice",
    "UnlockUserAccount",
    "UserList",
];

/// The right that a command needs, as a bit of `AccessRights`.
// Apple schema mdm/commands, key `apns`/`accessrights` of each
fn right(request_type: &str) -> Option<u32> {
    Some(match request_type {
        "ProfileList" => 1,
        "InstallProfile" | "RemoveProfile" => 2,
        "DeviceLock" => 4,
        "EraseDevice" => 8,
        "SecurityInfo" => 1024,
        _ => return None,
    })
}

impl Device {
    /// Carries out a command and writes the report.
    pub(crate) async fn perform(
        &mut self,
        channel: usize,
        offer: &Offered,
    ) -> Result<Performed, SimError> {
        if self.defers(channel, &offer.request_type) {
            return self.not_now(channel, offer);
        }
        let answer = self.obey(channel, offer).await?;
        self.report(channel, offer, answer)
    }

    pub(crate) fn not_now(&self, channel: usize, offer: &Offered) -> Result<Performed, SimError> {
        self.report(channel, offer, Answer::not_now())
    }

    async fn obey(&mut self, channel: usize, offer: &Offered) -> Result<Answer, SimError> {
        let request = &offer.request;
        let profile = &self.enrollment_ref()?.profile;
        let own = offer.request_type == "RemoveProfile"
            && crate::plists::text(request, "Identifier")
                == Some(profile.stored.identifier.as_str());
        // The server may always remove its own enrollment profile.
        if !own && right(&offer.request_type).is_some_and(|bit| !profile.has_right(bit)) {
            return Ok(Answer::error(
                "MCMDMErrorDomain",
                12_010,
                "The MDM profile does not grant the right to do this.",
            ));
        }
        let user_channel = channel > 0;
        Ok(match offer.request_type.as_str() {
            "DeviceInformation" => self.device_information(request)?,
            "ProfileList" => self.profile_list(channel, request)?,
            "InstallProfile" => self.install_profile(channel, request).await?,
            "RemoveProfile" => self.remove_profile(channel, request)?,
            "SecurityInfo" => self.security_info(),
            "DeviceLock" if !user_channel => self.device_lock(request),
            "EraseDevice" if !user_channel => self.erase_device(request)?,
            other => Answer::error(
                "MCMDMErrorDomain",
                12_021,
                format!("“{other}” is not a valid request type."),
            ),
        })
    }

    fn defers(&mut self, channel: usize, request_type: &str) -> bool {
        let on_mac = self.config.kind.is_mac();
        let never: &[&str] = if on_mac {
            &NEVER_DEFERRED_MACOS
        } else {
            &NEVER_DEFERRED_IOS
        };
        if never.contains(&request_type) {
            return false;
        }
        let changes_profiles = matches!(request_type, "InstallProfile" | "RemoveProfile");
        let state = if on_mac {
            self.power_nap || (self.screen_locked && channel > 0 && changes_profiles)
        } else {
            self.screen_locked && changes_profiles
        };
        state || self.rng.chance(self.config.behaviours.not_now)
    }

    fn report(
        &self,
        channel: usize,
        offer: &Offered,
        answer: Answer,
    ) -> Result<Performed, SimError> {
        let ids = self.channel_ref(channel)?.ids.clone();
        let uuid = CommandUuid::new(&offer.uuid)?;
        let mut result = CommandResult::new(answer.status, uuid, ids);
        result.error_chain = answer.errors;
        result.body = answer.body;
        Ok(Performed {
            result,
            request_type: offer.request_type.clone(),
            effect: answer.effect,
        })
    }
}
