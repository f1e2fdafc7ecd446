use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::device::Device;
use crate::plists::dict;

impl Device {
    // Apple schema mdm/commands/information.security.yaml
    pub(super) fn security_info(&self) -> Answer {
        let info = if self.config.kind.is_mac() {
            self.mac_security()
        } else {
            self.phone_security()
        };
        let mut body = Dictionary::new();
        body.insert("SecurityInfo".into(), Value::Dictionary(info));
        Answer::acknowledged(body)
    }

    /// Nearly everybody has a passcode.
    pub(super) fn has_passcode(&self) -> bool {
        self.lasting("passcode", 10) > 0
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

    fn mac_security(&self) -> Dictionary {
        let filevault = self.lasting("filevault", 4) > 0;
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
                    ("EnrolledViaDEP", false.into()),
                    ("UserApprovedEnrollment", true.into()),
                    ("IsUserEnrollment", false.into()),
                    ("IsActivationLockManageable", silicon.into()),
                ])),
            ),
            ("RemoteDesktopEnabled", false.into()),
            ("AuthenticatedRootVolumeEnabled", true.into()),
        ]);
        if filevault {
            info.insert("FDE_HasPersonalRecoveryKey".into(), true.into());
            info.insert("FDE_HasInstitutionalRecoveryKey".into(), false.into());
        }
        if silicon {
            info.insert(
                "SecureBoot".into(),
                Value::Dictionary(dict([
                    ("SecureBootLevel", "full".into()),
                    ("ExternalBootLevel", "not supported".into()),
                ])),
            );
            info.insert("IsRecoveryLockEnabled".into(), false.into());
        } else {
            let password = dict([
                ("PasswordExists", false.into()),
                ("ChangePending", false.into()),
            ]);
            info.insert("FirmwarePasswordStatus".into(), Value::Dictionary(password));
        }
        info
    }
}
