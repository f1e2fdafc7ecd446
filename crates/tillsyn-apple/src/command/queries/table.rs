//! The table itself, so that a later generator can replace this file.

use crate::platform::{AccessRights, OsVersion};

/// How the value of a query is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    Text,
    Flag,
    Int,
    Date,
    /// 0.0 to 1.0; -1 stands for "cannot be determined".
    Level,
    /// Gigabytes as a real number.
    Capacity,
    /// The array of `ServiceSubscriptions`.
    Subscriptions,
}

/// One query. Versions are the first that know it, `None` where it does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    pub name: &'static str,
    /// Key of the fact that it becomes.
    pub fact: &'static str,
    pub kind: ValueKind,
    pub ios: Option<OsVersion>,
    pub macos: Option<OsVersion>,
    pub tvos: Option<OsVersion>,
    pub visionos: Option<OsVersion>,
    pub watchos: Option<OsVersion>,
    /// First version without it.
    pub removed: Option<OsVersion>,
    pub right: Option<AccessRights>,
    /// Allowed in User Enrollment.
    pub user_enrollment: bool,
    /// Asked of a personal device that is fully enrolled: not what tells about the person's
    /// life (number, carrier, whereabouts, backups).
    pub personal: bool,
    /// On a Mac also on the user channel.
    pub user_channel: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the column type of the table")]
const fn since(major: u32, minor: u32) -> Option<OsVersion> {
    Some(OsVersion::new(major, minor))
}

const ANY: Option<OsVersion> = since(0, 0);
const NO: Option<OsVersion> = None;

const fn row(name: &'static str, fact: &'static str, kind: ValueKind) -> Query {
    Query {
        name,
        fact,
        kind,
        ios: ANY,
        macos: ANY,
        tvos: ANY,
        visionos: ANY,
        watchos: ANY,
        removed: None,
        right: Some(AccessRights::QUERY_DEVICE_INFORMATION),
        user_enrollment: true,
        personal: true,
        user_channel: true,
    }
}

impl Query {
    const fn ios_only(self, ios: Option<OsVersion>) -> Self {
        Self {
            ios,
            macos: NO,
            tvos: NO,
            visionos: NO,
            watchos: NO,
            ..self
        }
    }
    const fn mac_only(self, macos: Option<OsVersion>) -> Self {
        Self {
            ios: NO,
            macos,
            tvos: NO,
            visionos: NO,
            watchos: NO,
            ..self
        }
    }
    const fn from(
        self,
        ios: Option<OsVersion>,
        macos: Option<OsVersion>,
        tvos: Option<OsVersion>,
        visionos: Option<OsVersion>,
        watchos: Option<OsVersion>,
    ) -> Self {
        Self {
            ios,
            macos,
            tvos,
            visionos,
            watchos,
            ..self
        }
    }
    const fn right(self, right: Option<AccessRights>) -> Self {
        Self { right, ..self }
    }
    const fn network(self) -> Self {
        self.right(Some(AccessRights::QUERY_NETWORK_INFORMATION))
    }
    const fn not_user_enrollment(self) -> Self {
        Self {
            user_enrollment: false,
            ..self
        }
    }
    /// Neither in User Enrollment nor on any other personal device.
    const fn corporate_only(self) -> Self {
        Self {
            user_enrollment: false,
            personal: false,
            ..self
        }
    }
    const fn device_channel_only(self) -> Self {
        Self {
            user_channel: false,
            ..self
        }
    }
    const fn until(self, major: u32) -> Self {
        Self {
            removed: since(major, 0),
            ..self
        }
    }
}

use ValueKind::{Capacity, Date, Flag, Int, Level, Subscriptions, Text};

// Apple schema mdm/commands/information.device.yaml (iOS 18.2, macOS 15.2);
// removals of OS 27 from CHANGES.md of the same repository.
pub const QUERIES: &[Query] = &[
    row("UDID", "udid", Text).right(None).not_user_enrollment(),
    row("SerialNumber", "serial_number", Text).not_user_enrollment(),
    row("DeviceName", "name", Text),
    row("OSVersion", "os_version", Text),
    row(
        "SupplementalOSVersionExtra",
        "supplemental_os_version_extra",
        Text,
    )
    .from(since(16, 1), since(13, 0), since(16, 1), ANY, ANY),
    row("BuildVersion", "build_version", Text),
    row(
        "SupplementalBuildVersion",
        "supplemental_build_version",
        Text,
    )
    .from(since(16, 1), since(13, 0), since(16, 1), ANY, ANY),
    row("ModelName", "model_name", Text),
    row("Model", "model", Text).from(ANY, ANY, ANY, NO, ANY),
    row("ModelNumber", "model_number", Text).from(since(16, 4), since(13, 3), NO, NO, NO),
    row("ProductName", "product_name", Text),
    row("IsAppleSilicon", "is_apple_silicon", Flag).mac_only(since(12, 0)),
    row("DeviceCapacity", "device_capacity_bytes", Capacity).from(ANY, ANY, NO, ANY, ANY),
    row(
        "AvailableDeviceCapacity",
        "available_capacity_bytes",
        Capacity,
    )
    .from(ANY, ANY, NO, ANY, ANY),
    row("BatteryLevel", "battery_level", Level).from(since(5, 0), since(13, 3), NO, ANY, ANY),
    row("HasBattery", "has_battery", Flag).mac_only(since(13, 3)),
    row("IsSupervised", "is_supervised", Flag).from(
        since(6, 0),
        since(10, 15),
        since(9, 0),
        ANY,
        ANY,
    ),
    row("IsMultiUser", "is_multi_user", Flag).ios_only(since(9, 3)),
    row("AwaitingConfiguration", "awaiting_configuration", Flag)
        .from(since(9, 0), since(10, 11), since(10, 2), since(2, 0), NO)
        .right(None)
        .not_user_enrollment(),
    row("IMEI", "imei", Text)
        .ios_only(ANY)
        .not_user_enrollment(),
    row("MEID", "meid", Text)
        .ios_only(ANY)
        .not_user_enrollment(),
    row("ModemFirmwareVersion", "modem_firmware_version", Text)
        .ios_only(ANY)
        .not_user_enrollment(),
    row("CellularTechnology", "cellular_technology", Int).ios_only(since(4, 2)),
    row(
        "IsDeviceLocatorServiceEnabled",
        "is_device_locator_service_enabled",
        Flag,
    )
    .ios_only(since(7, 0))
    .corporate_only(),
    row(
        "IsActivationLockEnabled",
        "is_activation_lock_enabled",
        Flag,
    )
    .from(since(7, 0), since(10, 15), NO, NO, NO)
    .not_user_enrollment(),
    row(
        "IsActivationLockSupported",
        "is_activation_lock_supported",
        Flag,
    )
    .mac_only(since(10, 15))
    .not_user_enrollment(),
    row("IsMDMLostModeEnabled", "is_mdm_lost_mode_enabled", Flag)
        .ios_only(since(9, 3))
        .not_user_enrollment(),
    row("IsCloudBackupEnabled", "is_cloud_backup_enabled", Flag)
        .ios_only(since(7, 1))
        .corporate_only(),
    row("LastCloudBackupDate", "last_cloud_backup_at", Date)
        .ios_only(since(8, 0))
        .right(None)
        .corporate_only(),
    row("TimeZone", "time_zone", Text)
        .from(since(14, 0), NO, since(14, 0), NO, NO)
        .corporate_only(),
    row("EASDeviceIdentifier", "eas_device_identifier", Text).ios_only(since(7, 0)),
    row("LocalHostName", "local_host_name", Text).mac_only(since(10, 11)),
    row("HostName", "host_name", Text).mac_only(since(10, 11)),
    row(
        "SystemIntegrityProtectionEnabled",
        "system_integrity_protection_enabled",
        Flag,
    )
    .mac_only(since(10, 12)),
    row("PINRequiredForEraseDevice", "pin_required_for_erase", Flag)
        .mac_only(since(11, 0))
        .not_user_enrollment(),
    row("PINRequiredForDeviceLock", "pin_required_for_lock", Flag)
        .mac_only(since(11, 0))
        .not_user_enrollment(),
    row("EACSPreflight", "eacs_preflight", Text)
        .mac_only(since(13, 3))
        .not_user_enrollment()
        .device_channel_only(),
    row("SupportsiOSAppInstalls", "supports_ios_app_installs", Flag).mac_only(since(11, 0)),
    row("SoftwareUpdateDeviceID", "software_update_device_id", Text)
        .from(since(15, 0), since(12, 0), NO, ANY, NO)
        .right(None)
        .not_user_enrollment()
        .until(27),
    row("WiFiMAC", "wifi_mac", Text).network().corporate_only(),
    row("BluetoothMAC", "bluetooth_mac", Text)
        .from(ANY, ANY, ANY, ANY, NO)
        .network()
        .corporate_only(),
    row("EthernetMAC", "ethernet_mac", Text)
        .mac_only(ANY)
        .network()
        .corporate_only(),
    row(
        "ServiceSubscriptions",
        "service_subscriptions",
        Subscriptions,
    )
    .ios_only(since(12, 0))
    .network()
    .corporate_only(),
    row("PhoneNumber", "phone_number", Text)
        .ios_only(ANY)
        .network()
        .corporate_only(),
    row("ICCID", "iccid", Text)
        .ios_only(ANY)
        .network()
        .corporate_only(),
    row("CurrentCarrierNetwork", "current_carrier_network", Text)
        .ios_only(ANY)
        .network()
        .corporate_only(),
    row(
        "SubscriberCarrierNetwork",
        "subscriber_carrier_network",
        Text,
    )
    .ios_only(since(5, 0))
    .network()
    .corporate_only(),
    row("CarrierSettingsVersion", "carrier_settings_version", Text)
        .ios_only(ANY)
        .network()
        .corporate_only(),
    row("IsRoaming", "is_roaming", Flag)
        .ios_only(since(4, 2))
        .network()
        .corporate_only(),
    row("DataRoamingEnabled", "data_roaming_enabled", Flag)
        .ios_only(since(5, 0))
        .network()
        .corporate_only(),
    row("VoiceRoamingEnabled", "voice_roaming_enabled", Flag)
        .ios_only(since(5, 0))
        .network()
        .corporate_only(),
    row("PersonalHotspotEnabled", "personal_hotspot_enabled", Flag)
        .ios_only(since(7, 0))
        .network()
        .corporate_only(),
];
