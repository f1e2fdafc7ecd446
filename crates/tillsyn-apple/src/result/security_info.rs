use plist::{Dictionary, Value};

use super::SecurityDetails;
use super::fact::{Fact, convert};
use crate::command::queries::ValueKind;
use crate::fields::{Mode, Read};
use crate::{Sensitive, WireError};

/// `SecurityInfo`.
// Apple schema mdm/commands/information.security.yaml
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SecurityInfoResult {
    pub hardware_encryption_caps: Option<i64>,
    pub passcode_present: Option<bool>,
    pub passcode_compliant: Option<bool>,
    pub passcode_compliant_with_profiles: Option<bool>,
    pub filevault_enabled: Option<bool>,
    pub firewall_enabled: Option<bool>,
    pub system_integrity_protection_enabled: Option<bool>,
    pub user_approved_enrollment: Option<bool>,
    /// `FDE_PersonalRecoveryKeyCMS`: sealed to our certificate, and never a fact.
    pub personal_recovery_key_cms: Option<Sensitive<Vec<u8>>>,
    /// What is no fact of the inventory.
    pub details: SecurityDetails,
    /// Keys whose value had another type than the schema says; they count as unknown.
    pub problems: Vec<&'static str>,
    facts: Vec<Fact>,
}

struct Row {
    /// The dictionary inside `SecurityInfo`, if any.
    group: Option<&'static str>,
    key: &'static str,
    fact: &'static str,
    kind: ValueKind,
    user_enrollment: bool,
}

const fn row(key: &'static str, fact: &'static str, kind: ValueKind) -> Row {
    Row {
        group: None,
        key,
        fact,
        kind,
        user_enrollment: true,
    }
}

impl Row {
    const fn group(self, group: &'static str) -> Self {
        Self {
            group: Some(group),
            ..self
        }
    }
    const fn not_user_enrollment(self) -> Self {
        Self {
            user_enrollment: false,
            ..self
        }
    }
}

use ValueKind::{Flag, Int, Text};

const ROWS: &[Row] = &[
    row("HardwareEncryptionCaps", "hardware_encryption_caps", Int),
    row("PasscodePresent", "passcode_present", Flag).not_user_enrollment(),
    row("PasscodeCompliant", "passcode_compliant", Flag),
    row(
        "PasscodeCompliantWithProfiles",
        "passcode_compliant_with_profiles",
        Flag,
    )
    .not_user_enrollment(),
    row(
        "PasscodeLockGracePeriod",
        "passcode_lock_grace_period_secs",
        Int,
    )
    .not_user_enrollment(),
    row(
        "PasscodeLockGracePeriodEnforced",
        "passcode_lock_grace_period_enforced_secs",
        Int,
    )
    .not_user_enrollment(),
    row("AutoLockTime", "auto_lock_time_secs", Int).not_user_enrollment(),
    row("FDE_Enabled", "filevault_enabled", Flag),
    row(
        "FDE_HasPersonalRecoveryKey",
        "filevault_has_personal_recovery_key",
        Flag,
    )
    .not_user_enrollment(),
    row(
        "FDE_HasInstitutionalRecoveryKey",
        "filevault_has_institutional_recovery_key",
        Flag,
    )
    .not_user_enrollment(),
    row(
        "SystemIntegrityProtectionEnabled",
        "system_integrity_protection_enabled",
        Flag,
    ),
    row("FirewallEnabled", "firewall_enabled", Flag).group("FirewallSettings"),
    row("BlockAllIncoming", "firewall_blocks_all_incoming", Flag).group("FirewallSettings"),
    row("StealthMode", "firewall_stealth_mode", Flag).group("FirewallSettings"),
    row("LoggingEnabled", "firewall_logging_enabled", Flag).group("FirewallSettings"),
    row("PasswordExists", "firmware_password_exists", Flag).group("FirmwarePasswordStatus"),
    row("ChangePending", "firmware_password_change_pending", Flag).group("FirmwarePasswordStatus"),
    row("EnrolledViaDEP", "enrolled_via_ade", Flag).group("ManagementStatus"),
    row("UserApprovedEnrollment", "user_approved_enrollment", Flag).group("ManagementStatus"),
    row("IsUserEnrollment", "is_user_enrollment", Flag).group("ManagementStatus"),
    row(
        "IsActivationLockManageable",
        "is_activation_lock_manageable",
        Flag,
    )
    .group("ManagementStatus"),
    row("SecureBootLevel", "secure_boot_level", Text).group("SecureBoot"),
    row("ExternalBootLevel", "external_boot_level", Text).group("SecureBoot"),
    row("RemoteDesktopEnabled", "remote_desktop_enabled", Flag).not_user_enrollment(),
    row(
        "AuthenticatedRootVolumeEnabled",
        "authenticated_root_volume_enabled",
        Flag,
    ),
    row(
        "BootstrapTokenAllowedForAuthentication",
        "bootstrap_token_allowed_for_authentication",
        Text,
    )
    .not_user_enrollment(),
    row(
        "BootstrapTokenRequiredForSoftwareUpdate",
        "bootstrap_token_required_for_software_update",
        Flag,
    )
    .not_user_enrollment(),
    row(
        "BootstrapTokenRequiredForKernelExtensionApproval",
        "bootstrap_token_required_for_kernel_extension_approval",
        Flag,
    )
    .not_user_enrollment(),
    row("IsRecoveryLockEnabled", "is_recovery_lock_enabled", Flag).not_user_enrollment(),
];

/// `None` when this is no fact of `SecurityInfo`.
pub(crate) fn security_fact_in_user_enrollment(fact: &str) -> Option<bool> {
    ROWS.iter()
        .find(|row| row.fact == fact)
        .map(|row| row.user_enrollment)
}

impl SecurityInfoResult {
    /// Reads the body of a result. A single bad value does not lose the others.
    pub fn read(body: &Dictionary) -> Result<Self, WireError> {
        let info = body.dict("SecurityInfo")?;
        let mut facts = Vec::new();
        let mut problems = Vec::new();
        for row in ROWS {
            let value = match row.group {
                None => info.get(row.key),
                Some(group) => match info.get(group) {
                    None => None,
                    Some(Value::Dictionary(inner)) => inner.get(row.key),
                    Some(_) => {
                        problems.push(row.key);
                        None
                    }
                },
            };
            match value.map(|value| convert(value, row.kind, 1.0)) {
                Some(Ok(Some(json))) => facts.push((row.fact, json)),
                None | Some(Ok(None)) => {}
                Some(Err(())) => problems.push(row.key),
            }
        }
        let flag = |key: &str| {
            let found = facts.iter().find(|(fact, _)| *fact == key);
            found.and_then(|(_, value)| value.as_bool())
        };
        Ok(Self {
            hardware_encryption_caps: info
                .get("HardwareEncryptionCaps")
                .and_then(Value::as_signed_integer),
            passcode_present: flag("passcode_present"),
            passcode_compliant: flag("passcode_compliant"),
            passcode_compliant_with_profiles: flag("passcode_compliant_with_profiles"),
            filevault_enabled: flag("filevault_enabled"),
            firewall_enabled: flag("firewall_enabled"),
            system_integrity_protection_enabled: flag("system_integrity_protection_enabled"),
            user_approved_enrollment: flag("user_approved_enrollment"),
            personal_recovery_key_cms: info
                .get("FDE_PersonalRecoveryKeyCMS")
                .and_then(Value::as_data)
                .map(|data| Sensitive::new(data.to_vec())),
            details: SecurityDetails::take_all(info, Mode::Lenient)?,
            problems,
            facts,
        })
    }

    /// Every fact that the device told, each key once.
    pub fn facts(&self) -> Vec<Fact> {
        self.facts.clone()
    }
}

/// Every key of `SecurityInfo` that is read, with its group, for the test against the schema.
#[cfg(test)]
pub(super) fn keys() -> Vec<(Option<&'static str>, &'static str)> {
    ROWS.iter().map(|row| (row.group, row.key)).collect()
}
