//! What a device knows about itself, key by key. An unsupported key is absent, never false.

use plist::Value;

use crate::device::Device;
use crate::plists::dict;
use crate::rng::Rng;

/// Keys that need the right to query the network.
// Apple schema mdm/commands/information.device.yaml
pub(super) const NETWORK_KEYS: [&str; 13] = [
    "BluetoothMAC",
    "CarrierSettingsVersion",
    "CurrentCarrierNetwork",
    "DataRoamingEnabled",
    "EthernetMAC",
    "ICCID",
    "IsRoaming",
    "PersonalHotspotEnabled",
    "PhoneNumber",
    "ServiceSubscriptions",
    "SubscriberCarrierNetwork",
    "VoiceRoamingEnabled",
    "WiFiMAC",
];

/// Not told in User Enrollment.
pub(super) const IDENTIFIERS: [&str; 9] = [
    "BluetoothMAC",
    "EthernetMAC",
    "ICCID",
    "IMEI",
    "MEID",
    "PhoneNumber",
    "SerialNumber",
    "UDID",
    "WiFiMAC",
];

impl Device {
    /// The answer to one query; `None` when this device does not know the key.
    pub(super) fn fact(&self, key: &str) -> Option<Value> {
        let config = &self.config;
        let memory = &self.memory;
        let model = config.model;
        let mac = config.kind.is_mac();
        let phone = model.cellular && !mac;
        let text = |value: &str| Some(Value::from(value));
        Some(match key {
            "UDID" => return text(&config.udid),
            "SerialNumber" => return text(&config.serial),
            "DeviceName" => return text(&config.name),
            "OSVersion" => return text(&config.os_version),
            "BuildVersion" => return text(&config.build_version),
            "ModelName" => return text(model.model_name),
            "Model" => return text(model.model),
            "ProductName" => return text(model.product_name),
            "DeviceCapacity" => f64::from(model.capacity_gb).into(),
            "AvailableDeviceCapacity" => {
                let used = self.lasting("space", 70);
                let share = f64::from(u32::try_from(used).unwrap_or(0) + 15) / 100.0;
                (f64::from(model.capacity_gb) * share).into()
            }
            "BatteryLevel" if model.battery => {
                let percent = u32::try_from(self.lasting("battery", 80)).unwrap_or(0) + 20;
                (f64::from(percent) / 100.0).into()
            }
            "HasBattery" if mac => model.battery.into(),
            "IsSupervised" => config.supervised.into(),
            "AwaitingConfiguration" => self
                .channels
                .first()
                .is_some_and(|channel| channel.awaiting_configuration)
                .into(),
            "IMEI" if phone => self.imei().into(),
            "ModemFirmwareVersion" if phone => "2.10.03".into(),
            "CellularTechnology" if !mac => i64::from(phone).into(),
            "IsDeviceLocatorServiceEnabled" if !mac => (self.lasting("locator", 2) == 1).into(),
            "IsActivationLockEnabled" => (self.lasting("lock", 3) == 1).into(),
            "IsMultiUser" if !mac => config.shared_ipad.into(),
            "IsMDMLostModeEnabled" if !mac => memory.lost_mode.is_some().into(),
            "IsCloudBackupEnabled" if !mac => false.into(),
            "ResidentUsers" | "EstimatedResidentUsers" if config.shared_ipad => 5_i64.into(),
            "TimeZone" if !mac => {
                let zone = memory.time_zone.as_deref();
                zone.unwrap_or("Europe/Stockholm").into()
            }
            "LocalHostName" if mac => config.serial.to_lowercase().into(),
            "HostName" if mac => match &memory.host_name {
                Some(name) => name.as_str().into(),
                None => format!("{}.local", config.serial.to_lowercase()).into(),
            },
            "IsAppleSilicon" | "IsActivationLockSupported" if mac => model.apple_silicon.into(),
            "PINRequiredForEraseDevice" if mac => (!model.apple_silicon).into(),
            "SystemIntegrityProtectionEnabled"
            | "PINRequiredForDeviceLock"
            | "SupportsiOSAppInstalls"
                if mac =>
            {
                true.into()
            }
            "EACSPreflight" if mac && model.apple_silicon => "success".into(),
            "SoftwareUpdateDeviceID" if config.os_major() < 27 => model.product_name.into(),
            "WiFiMAC" => self.mac_address(1).into(),
            "BluetoothMAC" => self.mac_address(2).into(),
            "EthernetMAC" if mac && !model.battery => self.mac_address(3).into(),
            "PhoneNumber" if phone => {
                // The Swedish regulator keeps these numbers for fiction.
                format!("+4670174061{}", self.lasting("phone", 10)).into()
            }
            "CurrentCarrierNetwork" | "SubscriberCarrierNetwork" if phone => {
                "Example Mobile".into()
            }
            "DataRoamingEnabled" if phone => memory.data_roaming.unwrap_or(false).into(),
            "IsRoaming" | "VoiceRoamingEnabled" if phone => false.into(),
            "PersonalHotspotEnabled" if phone => memory.hotspot.unwrap_or(true).into(),
            "ServiceSubscriptions" if phone => Value::Array(vec![Value::Dictionary(dict([
                ("Slot", "CTSubscriptionSlotOne".into()),
                ("IMEI", self.imei().into()),
                ("IsDataPreferred", true.into()),
                ("IsVoicePreferred", true.into()),
                ("IsRoaming", false.into()),
                ("CurrentCarrierNetwork", "Example Mobile".into()),
            ]))]),
            _ => return None,
        })
    }

    /// The same number each time it is asked.
    pub(super) fn lasting(&self, what: &str, bound: u64) -> u64 {
        let stream = what.bytes().fold(7_u64, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        Rng::new(self.config.seed, stream).below(bound)
    }

    /// Fifteen digits under a test code, with the check digit in its place.
    pub(crate) fn imei(&self) -> String {
        // Type allocation codes that begin with 00 are for tests.
        let body = format!("00440{:09}", self.lasting("imei", 1_000_000_000));
        let sum: u32 = body
            .chars()
            .filter_map(|c| c.to_digit(10))
            .enumerate()
            .map(|(index, digit)| match (index % 2, digit * 2) {
                (0, _) => digit,
                (_, double) => double / 10 + double % 10,
            })
            .sum();
        format!("{body}{}", (10 - sum % 10) % 10)
    }

    /// Locally administered, so it is nobody's.
    fn mac_address(&self, nth: u64) -> String {
        let n = self.lasting("address", 1 << 32).wrapping_add(nth);
        let byte = |shift: u32| (n >> shift) & 0xff;
        format!(
            "02:00:{:02x}:{:02x}:{:02x}:{:02x}",
            byte(24),
            byte(16),
            byte(8),
            byte(0)
        )
    }
}
