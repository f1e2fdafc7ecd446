//! The queries whose answers become facts. What may be asked of whom stands in the schema's tables.

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

/// One query and the fact that its answer becomes.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    pub name: &'static str,
    /// Key of the fact that it becomes.
    pub fact: &'static str,
    pub kind: ValueKind,
    /// Asked of a personal device: not what tells about the person's life (number, carrier,
    /// whereabouts, backups). Stricter than the schema, and decided by us.
    pub personal: bool,
}

const fn row(name: &'static str, fact: &'static str, kind: ValueKind) -> Query {
    Query {
        name,
        fact,
        kind,
        personal: true,
    }
}

const fn corporate(name: &'static str, fact: &'static str, kind: ValueKind) -> Query {
    Query {
        personal: false,
        ..row(name, fact, kind)
    }
}

use ValueKind::{Capacity, Date, Flag, Int, Level, Subscriptions, Text};

// Names: Apple schema mdm/commands/information.device.yaml.
#[rustfmt::skip]
pub const QUERIES: &[Query] = &[
    row("UDID", "udid", Text),
    row("SerialNumber", "serial_number", Text),
    row("DeviceName", "name", Text),
    row("OSVersion", "os_version", Text),
    row("SupplementalOSVersionExtra", "supplemental_os_version_extra", Text),
    row("BuildVersion", "build_version", Text),
    row("SupplementalBuildVersion", "supplemental_build_version", Text),
    row("ModelName", "model_name", Text),
    row("Model", "model", Text),
    row("ModelNumber", "model_number", Text),
    row("ProductName", "product_name", Text),
    row("IsAppleSilicon", "is_apple_silicon", Flag),
    row("DeviceCapacity", "device_capacity_bytes", Capacity),
    row("AvailableDeviceCapacity", "available_capacity_bytes", Capacity),
    row("BatteryLevel", "battery_level", Level),
    row("HasBattery", "has_battery", Flag),
    row("IsSupervised", "is_supervised", Flag),
    row("IsMultiUser", "is_multi_user", Flag),
    row("AwaitingConfiguration", "awaiting_configuration", Flag),
    corporate("IMEI", "imei", Text),
    corporate("MEID", "meid", Text),
    row("ModemFirmwareVersion", "modem_firmware_version", Text),
    row("CellularTechnology", "cellular_technology", Int),
    corporate("IsDeviceLocatorServiceEnabled", "is_device_locator_service_enabled", Flag),
    row("IsActivationLockEnabled", "is_activation_lock_enabled", Flag),
    row("IsActivationLockSupported", "is_activation_lock_supported", Flag),
    row("IsMDMLostModeEnabled", "is_mdm_lost_mode_enabled", Flag),
    corporate("IsCloudBackupEnabled", "is_cloud_backup_enabled", Flag),
    corporate("LastCloudBackupDate", "last_cloud_backup_at", Date),
    corporate("TimeZone", "time_zone", Text),
    row("EASDeviceIdentifier", "eas_device_identifier", Text),
    row("LocalHostName", "local_host_name", Text),
    row("HostName", "host_name", Text),
    row("SystemIntegrityProtectionEnabled", "system_integrity_protection_enabled", Flag),
    row("PINRequiredForEraseDevice", "pin_required_for_erase", Flag),
    row("PINRequiredForDeviceLock", "pin_required_for_lock", Flag),
    row("EACSPreflight", "eacs_preflight", Text),
    row("SupportsiOSAppInstalls", "supports_ios_app_installs", Flag),
    row("SoftwareUpdateDeviceID", "software_update_device_id", Text),
    corporate("WiFiMAC", "wifi_mac", Text),
    corporate("BluetoothMAC", "bluetooth_mac", Text),
    corporate("EthernetMAC", "ethernet_mac", Text),
    corporate("ServiceSubscriptions", "service_subscriptions", Subscriptions),
    corporate("PhoneNumber", "phone_number", Text),
    corporate("ICCID", "iccid", Text),
    corporate("CurrentCarrierNetwork", "current_carrier_network", Text),
    corporate("SubscriberCarrierNetwork", "subscriber_carrier_network", Text),
    corporate("CarrierSettingsVersion", "carrier_settings_version", Text),
    corporate("IsRoaming", "is_roaming", Flag),
    corporate("DataRoamingEnabled", "data_roaming_enabled", Flag),
    corporate("VoiceRoamingEnabled", "voice_roaming_enabled", Flag),
    corporate("PersonalHotspotEnabled", "personal_hotspot_enabled", Flag),
];

/// Asked as well, for answers that are no facts: who can be given a new administrator password.
pub(super) const ALSO_ASKED: [&str; 1] = ["AutoSetupAdminAccounts"];
