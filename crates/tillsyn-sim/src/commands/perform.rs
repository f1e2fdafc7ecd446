use plist::Dictionary;
use tillsyn_apple::ids::CommandUuid;
use tillsyn_apple::result::CommandResult;

use super::answer::Answer;
use super::rules::{self, Refusal, Situation};
use crate::device::{Device, Offered, Performed};
use crate::{Rule, SimError, Violation};

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
        let kind = offer.request_type.as_str();
        let profile = &self.enrollment_ref()?.profile;
        let own = kind == "RemoveProfile"
            && crate::plists::text(request, "Identifier")
                == Some(profile.stored.identifier.as_str());
        let situation = Situation {
            config: &self.config,
            user_channel: channel > 0,
            byod: profile.byod,
            rights: profile.access_rights,
        };
        // The server may always remove its own enrollment profile.
        if !own && let Err(refusal) = rules::check(kind, situation) {
            if let Refusal::NotForThisDevice(reason) = &refusal {
                let detail = format!("{kind}: {reason}");
                self.record(Violation::new(Rule::CommandUnsupported, detail));
            }
            return Ok(refusal.answer(kind));
        }
        self.obey_allowed(channel, kind, request).await
    }

    pub(super) async fn obey_allowed(
        &mut self,
        channel: usize,
        kind: &str,
        request: &Dictionary,
    ) -> Result<Answer, SimError> {
        Ok(match kind {
            "AccountConfiguration" => self.account_configuration(request)?,
            "ActivationLockBypassCode" => self.activation_lock_bypass(),
            "ActiveNSExtensions" => Self::extensions(request, true),
            "AvailableOSUpdates" => self.available_os_updates(),
            "CancelEnhancedLogCollection" => self.cancel_logs(),
            "CertificateList" => self.certificate_list()?,
            "ClearActivationLockBypassCode" => self.clear_activation_lock_bypass(),
            "ClearPasscode" => self.clear_passcode(request),
            "ContentCachingInformation" => self.content_caching(),
            "DeclarativeManagement" => Self::declarative_management(channel, request),
            "DeleteUser" => self.delete_user(request),
            "DeviceConfigured" => self.device_configured()?,
            "DeviceInformation" => self.device_information(request)?,
            "DeviceLocation" => self.device_location(),
            "DeviceLock" => self.device_lock(request),
            "DisableLostMode" => self.disable_lost_mode(),
            "DisableRemoteDesktop" => self.remote_desktop(false),
            "EnableLostMode" => self.enable_lost_mode(request),
            "EnableRemoteDesktop" => self.remote_desktop(true),
            "EraseDevice" => self.erase_device(request),
            "InstallProfile" => self.install_profile(channel, request).await?,
            "InstallProvisioningProfile" => self.install_provisioning_profile(request),
            "InstalledApplicationList" => self.installed_applications(request)?,
            "LOMDeviceRequest" => self.lom_request(request),
            "LOMSetupRequest" => self.lom_setup(),
            "LogOutUser" => self.log_out_user(),
            "NSExtensionMappings" => Self::extensions(request, false),
            "OSUpdateStatus" => self.os_update_status(),
            "PlayLostModeSound" => self.play_lost_mode_sound(),
            "ProfileList" => self.profile_list(channel, request)?,
            "ProvisioningProfileList" => self.provisioning_profiles(),
            "RefreshCellularPlans" => self.refresh_cellular_plans(request),
            "RemoveProfile" => self.remove_profile(channel, request)?,
            "RemoveProvisioningProfile" => self.remove_provisioning_profile(request),
            "RequestMirroring" => Self::request_mirroring(request),
            "RequestUnlockToken" => self.request_unlock_token(),
            "RestartDevice" => self.restart_device(),
            "Restrictions" => Self::restrictions(request),
            "RotateFileVaultKey" => self.rotate_file_vault_key(request),
            "ScheduleOSUpdate" => self.schedule_os_update(request),
            "ScheduleOSUpdateScan" => Self::schedule_os_update_scan(),
            "SecurityInfo" => self.security_info(),
            "SetAutoAdminPassword" => self.set_auto_admin_password(request),
            "SetFirmwarePassword" => self.set_firmware_password(request),
            "SetRecoveryLock" => self.set_recovery_lock(request),
            "Settings" => self.settings(request)?,
            "ShutDownDevice" => Self::shut_down_device(),
            "ClearRestrictionsPassword" | "StopMirroring" => Answer::done(),
            "TriggerEnhancedLogCollection" => self.trigger_logs(request),
            "UnlockUserAccount" => self.unlock_user_account(request),
            "UserConfigured" => self.user_configured(channel)?,
            "UserList" => self.user_list(),
            "VerifyFirmwarePassword" => self.verify_firmware_password(request),
            "VerifyRecoveryLock" => self.verify_recovery_lock(request),
            other => Refusal::Unknown.answer(other),
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
