//! What is installed, as answers.

use crate::fields::{answer, dictionary};

answer! {
    // Apple schema mdm/commands/certificate.list.yaml
    #[derive(Eq)]
    pub struct CertificateListResult {
        certificates: Option<Vec<InstalledCertificate>> = "CertificateList",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct InstalledCertificate {
        common_name: Option<String> = "CommonName",
        /// With its private key.
        is_identity: Option<bool> = "IsIdentity",
        /// DER.
        data: Vec<u8> = "Data",
    }
}

answer! {
    // Apple schema mdm/commands/profile.provisioning.list.yaml
    #[derive(Eq)]
    pub struct ProvisioningProfileListResult {
        profiles: Option<Vec<InstalledProvisioningProfile>> = "ProvisioningProfileList",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct InstalledProvisioningProfile {
        name: Option<String> = "Name",
        uuid: String = "UUID",
        expiry_date: Option<plist::Date> = "ExpiryDate",
    }
}

answer! {
    // Apple schema mdm/commands/application.installed.list.yaml
    #[derive(Eq)]
    pub struct InstalledApplicationListResult {
        applications: Option<Vec<InstalledApplication>> = "InstalledApplicationList",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct InstalledApplication {
        /// Bundle identifier; some apps of a Mac have none.
        identifier: Option<String> = "Identifier",
        name: Option<String> = "Name",
        version: Option<String> = "Version",
        short_version: Option<String> = "ShortVersion",
        external_version_identifier: Option<i64> = "ExternalVersionIdentifier",
        distributor_identifier: Option<String> = "DistributorIdentifier",
        /// Bytes.
        bundle_size: Option<i64> = "BundleSize",
        /// Bytes of documents and other data.
        dynamic_size: Option<i64> = "DynamicSize",
        is_validated: Option<bool> = "IsValidated",
        installing: Option<bool> = "Installing",
        app_store_vendable: Option<bool> = "AppStoreVendable",
        device_based_vpp: Option<bool> = "DeviceBasedVPP",
        beta_app: Option<bool> = "BetaApp",
        ad_hoc_code_signed: Option<bool> = "AdHocCodeSigned",
        has_update_available: Option<bool> = "HasUpdateAvailable",
        download_failed: Option<bool> = "DownloadFailed",
        download_waiting: Option<bool> = "DownloadWaiting",
        download_paused: Option<bool> = "DownloadPaused",
        download_cancelled: Option<bool> = "DownloadCancelled",
        is_app_clip: Option<bool> = "IsAppClip",
        source: Option<String> = "Source",
    }
}

answer! {
    // Apple schema mdm/commands/user.list.yaml
    #[derive(Eq)]
    pub struct UserListResult {
        users: Option<Vec<ListedUser>> = "Users",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct ListedUser {
        user_name: String = "UserName",
        full_name: Option<String> = "FullName",
        uid: Option<i64> = "UID",
        user_guid: Option<String> = "UserGUID",
        is_logged_in: Option<bool> = "IsLoggedIn",
        has_data_to_sync: Option<bool> = "HasDataToSync",
        /// Bytes.
        data_quota: Option<i64> = "DataQuota",
        data_used: Option<i64> = "DataUsed",
        mobile_account: Option<bool> = "MobileAccount",
        has_secure_token: Option<bool> = "HasSecureToken",
    }
}
