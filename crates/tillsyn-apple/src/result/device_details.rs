//! Answers to queries that are no facts of the inventory.

use plist::Date;

use crate::Sensitive;
use crate::command::settings::{AccessibilitySettings, MdmOptions, OrganizationInfo};
use crate::fields::dictionary;

dictionary! {
    /// Beside the facts. A device answers only what it was asked.
    // Apple schema mdm/commands/information.device.yaml
    #[derive(Default)]
    pub struct DeviceDetails {
        provisioning_udid: Option<String> = "ProvisioningUDID",
        organization_info: Option<OrganizationInfo> = "OrganizationInfo",
        mdm_options: Option<MdmOptions> = "MDMOptions",
        /// Whose password can be set by `SetAutoAdminPassword`.
        auto_setup_admin_accounts: Option<Vec<AutoSetupAdmin>> = "AutoSetupAdminAccounts",
        /// Short names.
        active_managed_users: Option<Vec<String>> = "ActiveManagedUsers",
        /// Certificates in DER, the leaf first.
        device_properties_attestation: Option<Vec<Vec<u8>>> = "DevicePropertiesAttestation",
        itunes_store_account_is_active: Option<bool> = "iTunesStoreAccountIsActive",
        itunes_store_account_hash: Option<Sensitive<String>> = "iTunesStoreAccountHash",
        is_do_not_disturb_in_effect: Option<bool> = "IsDoNotDisturbInEffect",
        /// Apple TV.
        device_id: Option<String> = "DeviceID",
        supports_lom_device: Option<bool> = "SupportsLOMDevice",
        os_update_settings: Option<OsUpdateSettings> = "OSUpdateSettings",
        software_update_settings: Option<UpdateRecommendation> = "SoftwareUpdateSettings",
        accessibility_settings: Option<AccessibilitySettings> = "AccessibilitySettings",
        // Shared iPad.
        maximum_resident_users: Option<i64> = "MaximumResidentUsers",
        estimated_resident_users: Option<i64> = "EstimatedResidentUsers",
        quota_size: Option<i64> = "QuotaSize",
        resident_users: Option<i64> = "ResidentUsers",
        user_session_timeout: Option<i64> = "UserSessionTimeout",
        temporary_session_timeout: Option<i64> = "TemporarySessionTimeout",
        temporary_session_only: Option<bool> = "TemporarySessionOnly",
        managed_apple_id_default_domains: Option<Vec<String>> = "ManagedAppleIDDefaultDomains",
        online_authentication_grace_period: Option<i64> = "OnlineAuthenticationGracePeriod",
        skip_language_and_locale_setup_for_new_users: Option<bool> =
            "SkipLanguageAndLocaleSetupForNewUsers",
        push_token: Option<Sensitive<Vec<u8>>> = "PushToken",
        diagnostic_submission_enabled: Option<bool> = "DiagnosticSubmissionEnabled",
        app_analytics_enabled: Option<bool> = "AppAnalyticsEnabled",
        // Cellular, of old systems.
        is_network_tethered: Option<bool> = "IsNetworkTethered",
        sim_carrier_network: Option<String> = "SIMCarrierNetwork",
        sim_mcc: Option<String> = "SIMMCC",
        sim_mnc: Option<String> = "SIMMNC",
        subscriber_mcc: Option<String> = "SubscriberMCC",
        subscriber_mnc: Option<String> = "SubscriberMNC",
        current_mcc: Option<String> = "CurrentMCC",
        current_mnc: Option<String> = "CurrentMNC",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct AutoSetupAdmin {
        guid: String = "GUID",
        short_name: Option<String> = "shortName",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct OsUpdateSettings {
        catalog_url: Option<String> = "CatalogURL",
        is_default_catalog: Option<bool> = "IsDefaultCatalog",
        previous_scan_date: Option<Date> = "PreviousScanDate",
        previous_scan_result: Option<String> = "PreviousScanResult",
        perform_periodic_check: Option<bool> = "PerformPeriodicCheck",
        auto_check_enabled: Option<bool> = "AutoCheckEnabled",
        background_download_enabled: Option<bool> = "BackgroundDownloadEnabled",
        automatic_app_installation_enabled: Option<bool> = "AutomaticAppInstallationEnabled",
        automatic_os_installation_enabled: Option<bool> = "AutomaticOSInstallationEnabled",
        automatic_security_updates_enabled: Option<bool> = "AutomaticSecurityUpdatesEnabled",
    }
}

dictionary! {
    /// Spelt with one letter more than in `Settings`.
    #[derive(Eq)]
    pub struct UpdateRecommendation {
        cadence: Option<i64> = "RecommendationsCadence",
    }
}
