use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::device::Device;
use crate::plists::dict;

impl Device {
    // Apple schema mdm/commands/information.security.yaml
    pub(super) fn security_info(&mut self) -> Answer {
        let info = if self.config.kind.is_mac() {
            self.mac_security()
        } else {
            self.phone_security()
        };
        let mut body = Dictionary::new();
        body.insert("SecurityInfo".into(), Value::Dictionary(info));
        Answer::acknowledged(body)
    }

    fn phone_security(&self) -> Dictionary {
        let passcode = self.has_passcode();
        dict([
            ("HardwareEncryptionCaps", 3_i64.into()),
            ("PasscodePresent", passcode.into()),
            ("PasscodeCompliant", true.into()),
            ("PasscodeCompliantWithProfiles", true.into()),
            ("PasscodeLockGracePeriod", 0_i64.into()),
            ("PasscodeLockGracePeriodEnforced", 0_i64.into()),
            ("AutoLockTime", 300_i64.into()),
        ])
    }

    fn mac_security(&mut self) -> Dictionary {
        let filevault = self.has_file_vault();
        let silicon = self.config.model.apple_silicon;
        let mut info = dict([
            ("PasscodePresent", true.into()),
            ("PasscodeCompliant", true.into()),
            ("PasscodeCompliantWithProfiles", true.into()),
            ("FDE_Enabled", filevault.into()),
            ("SystemIntegrityProtectionEnabled", true.into()),
            (
                "FirewallSettings",
                Value::Dictionary(dict([
                    ("FirewallEnabled", (self.lasting("firewall", 3) > 0).into()),
                    ("BlockAllIncoming", false.into()),
                    ("StealthMode", false.into()),
                    ("Applications", Value::Array(Vec::new())),
                ])),
            ),
            (
                "ManagementStatus",
                Value::Dictionary(dict([
                    ("EnrolledViaDEP", self.config.automated.into()),
                    ("UserApprovedEnrollment", true.into()),
                    ("IsUserEnrollment", false.into()),
                    ("IsActivationLockManageable", silicon.into()),
                ])),
            ),
            ("RemoteDesktopEnabled", self.memory.remote_desktop.into()),
            ("AuthenticatedRootVolumeEnabled", true.into()),
        ]);
        if filevault {
            info.insert("FDE_HasPersonalRecoveryKey".into(), true.into());
            info.insert("FDE_HasInstitutionalRecoveryKey".into(), false.into());
            if let Some(sealed) = self.escrowed_file_vault_key() {
                info.insert("FDE_PersonalRecoveryKeyCMS".into(), Value::Data(sealed));
                let key = self.config.serial.as_str();
                info.insert("FDE_PersonalRecoveryKeyDeviceKey".into(), key.into());
            }
        }
        if silicon {
            info.insert(
                "SecureBoot".into(),
                Value::Dictionary(dict([
                    ("SecureBootLevel", "full".into()),
                    ("ExternalBootLevel", "not supported".into()),
                ])),
            );
            let locked = self.memory.recovery_lock.is_some();
            info.insert("IsRecoveryLockEnabled".into(), locked.into());
            let token = self.memory.bootstrap_token.is_some();
            let word = if token { "allowed" } else { "not supported" };
            info.insert("BootstrapTokenAllowedForAuthentication".into(), word.into());
            info.insert(
                "BootstrapTokenRequiredForSoftwareUpdate".into(),
                true.into(),
            );
        } else {
            let password = dict([
                (
                    "PasswordExists",
                    self.memory.firmware_password.is_some().into(),
                ),
                ("ChangePending", false.into()),
            ]);
            info.insert("FirmwarePasswordStatus".into(), Value::Dictionary(password));
        }
        info
    }
}
