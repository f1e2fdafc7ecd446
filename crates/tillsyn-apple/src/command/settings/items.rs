//! The parameters of each setting.

use plist::Dictionary;

use crate::Sensitive;
use crate::fields::dictionary;

dictionary! {
    /// `DataRoaming`, `VoiceRoaming`, `PersonalHotspot`, `Bluetooth`, `DiagnosticSubmission`,
    /// `AppAnalytics`.
    #[derive(Eq)]
    pub struct Switch {
        enabled: bool = "Enabled",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct Wallpaper {
        /// PNG or JPEG.
        image: Vec<u8> = "Image",
        /// 1 lock screen, 2 home screen, 3 both.
        location: i64 = "Where",
    }
}

dictionary! {
    pub struct ApplicationConfiguration {
        identifier: String = "Identifier",
        /// Absent to remove it.
        configuration: Option<Sensitive<Dictionary>> = "Configuration",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct ApplicationAttributes {
        identifier: String = "Identifier",
        /// Absent to remove them.
        attributes: Option<AppAttributes> = "Attributes",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct AppAttributes {
        vpn_uuid: Option<String> = "VPNUUID",
        content_filter_uuid: Option<String> = "ContentFilterUUID",
        dns_proxy_uuid: Option<String> = "DNSProxyUUID",
        relay_uuid: Option<String> = "RelayUUID",
        associated_domains: Option<Vec<String>> = "AssociatedDomains",
        associated_domains_enable_direct_downloads: Option<bool> =
            "AssociatedDomainsEnableDirectDownloads",
        removable: Option<bool> = "Removable",
        tap_to_pay_screen_lock: Option<bool> = "TapToPayScreenLock",
        cellular_slice_uuid: Option<String> = "CellularSliceUUID",
        hideable: Option<bool> = "Hideable",
        lockable: Option<bool> = "Lockable",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct DeviceName {
        device_name: String = "DeviceName",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct HostName {
        host_name: String = "HostName",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct OrganizationInfoSetting {
        /// Absent to remove it.
        organization_info: Option<OrganizationInfo> = "OrganizationInfo",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct OrganizationInfo {
        name: String = "OrganizationName",
        short_name: Option<String> = "OrganizationShortName",
        address: Option<String> = "OrganizationAddress",
        phone: Option<String> = "OrganizationPhone",
        email: Option<String> = "OrganizationEmail",
        magic: Option<String> = "OrganizationMagic",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct DefaultApplications {
        /// Bundle identifier.
        web_browser: Option<String> = "WebBrowser",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct MdmOptionsSetting {
        mdm_options: MdmOptions = "MDMOptions",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct MdmOptions {
        activation_lock_allowed_while_supervised: Option<bool> =
            "ActivationLockAllowedWhileSupervised",
        bootstrap_token_allowed: Option<bool> = "BootstrapTokenAllowed",
        prompt_user_to_allow_bootstrap_token_for_authentication: Option<bool> =
            "PromptUserToAllowBootstrapTokenForAuthentication",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct MaximumResidentUsers {
        maximum_resident_users: i64 = "MaximumResidentUsers",
    }
}

dictionary! {
    /// Only while no user is logged in.
    #[derive(Eq, Default)]
    pub struct SharedDeviceConfiguration {
        /// Megabytes for each user; or `resident_users`.
        quota_size: Option<i64> = "QuotaSize",
        resident_users: Option<i64> = "ResidentUsers",
        /// Seconds; 0 for never.
        user_session_timeout: Option<i64> = "UserSessionTimeout",
        temporary_session_timeout: Option<i64> = "TemporarySessionTimeout",
        temporary_session_only: Option<bool> = "TemporarySessionOnly",
        managed_apple_id_default_domains: Option<Vec<String>> = "ManagedAppleIDDefaultDomains",
        /// Days.
        online_authentication_grace_period: Option<i64> = "OnlineAuthenticationGracePeriod",
        skip_language_and_locale_setup_for_new_users: Option<bool> =
            "SkipLanguageAndLocaleSetupForNewUsers",
        await_user_configuration: Option<AwaitUserConfiguration> = "AwaitUserConfiguration",
        passcode_policy: Option<SharedPasscodePolicy> = "PasscodePolicy",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct AwaitUserConfiguration {
        enabled: bool = "Enabled",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct SharedPasscodePolicy {
        /// Seconds.
        passcode_lock_grace_period: Option<i64> = "PasscodeLockGracePeriod",
        /// Seconds.
        auto_lock_time: Option<i64> = "AutoLockTime",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct PasscodeLockGracePeriod {
        seconds: i64 = "PasscodeLockGracePeriod",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct TimeZone {
        /// A name of the IANA database.
        time_zone: String = "TimeZone",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct SoftwareUpdateSettings {
        /// 0 both, 1 the older, 2 the newer of two systems on offer.
        recommendation_cadence: i64 = "RecommendationCadence",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct AccessibilitySettings {
        bold_text_enabled: Option<bool> = "BoldTextEnabled",
        increase_contrast_enabled: Option<bool> = "IncreaseContrastEnabled",
        reduce_motion_enabled: Option<bool> = "ReduceMotionEnabled",
        reduce_transparency_enabled: Option<bool> = "ReduceTransparencyEnabled",
        text_size: Option<i64> = "TextSize",
        touch_accommodations_enabled: Option<bool> = "TouchAccommodationsEnabled",
        voice_over_enabled: Option<bool> = "VoiceOverEnabled",
        zoom_enabled: Option<bool> = "ZoomEnabled",
        grayscale_enabled: Option<bool> = "GrayscaleEnabled",
    }
}
