//! What `SecurityInfo` tells beside the facts of the inventory.

use crate::Sensitive;
use crate::fields::dictionary;

dictionary! {
    // Apple schema mdm/commands/information.security.yaml
    #[derive(Eq, Default)]
    pub struct SecurityDetails {
        /// Shown to someone who has forgotten the password; tells which key is meant.
        recovery_key_device_key: Option<Sensitive<String>> = "FDE_PersonalRecoveryKeyDeviceKey",
        firewall: Option<FirewallDetails> = "FirewallSettings",
        firmware_password: Option<FirmwarePasswordDetails> = "FirmwarePasswordStatus",
        secure_boot: Option<SecureBootDetails> = "SecureBoot",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct FirewallDetails {
        applications: Option<Vec<FirewallApplication>> = "Applications",
        logging_option: Option<String> = "LoggingOption",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct FirewallApplication {
        allowed: Option<bool> = "Allowed",
        bundle_id: Option<String> = "BundleID",
        name: Option<String> = "Name",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct FirmwarePasswordDetails {
        allow_oroms: Option<bool> = "AllowOroms",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct SecureBootDetails {
        reduced_security: Option<Vec<String>> = "ReducedSecurity",
    }
}
