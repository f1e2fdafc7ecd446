use serde_json::Value as Json;

use super::yes_no;
use crate::console::device::FactValue;
use crate::i18n::{Texts, Zone};

/// The label of a fact; a name we have no words for shows as itself.
pub fn fact_label(l: Texts, name: &str) -> String {
    match name {
        "name" => l.t("fact-device-name"),
        "model" | "model_number" => l.t("fact-model"),
        "model_name" => l.t("fact-model-name"),
        "product_name" => l.t("fact-product-name"),
        "os_version" => l.t("fact-os-version"),
        "build_version" => l.t("fact-build"),
        "serial_number" => l.t("serial"),
        "udid" => "UDID".to_owned(),
        "imei" | "imeis" => "IMEI".to_owned(),
        "meid" => "MEID".to_owned(),
        "iccid" => "ICCID".to_owned(),
        "eids" => "EID".to_owned(),
        "wifi_mac" => l.t("fact-wifi-mac"),
        "bluetooth_mac" => l.t("fact-bluetooth-mac"),
        "ethernet_mac" => l.t("fact-ethernet-mac"),
        "battery_level" => l.t("fact-battery"),
        "has_battery" => l.t("fact-has-battery"),
        "device_capacity_bytes" => l.t("fact-capacity"),
        "available_capacity_bytes" => l.t("fact-available"),
        "is_supervised" => l.t("fact-supervised"),
        "is_multi_user" => l.t("fact-multi-user"),
        "is_apple_silicon" => l.t("fact-apple-silicon"),
        "host_name" => l.t("fact-host-name"),
        "local_host_name" => l.t("fact-local-host-name"),
        "time_zone" => l.t("fact-time-zone"),
        "passcode_present" => l.t("fact-passcode"),
        "passcode_compliant" => l.t("fact-passcode-compliant"),
        "passcode_compliant_with_profiles" => l.t("fact-passcode-profiles"),
        "passcode_lock_grace_period_secs" => l.t("fact-grace"),
        "passcode_lock_grace_period_enforced_secs" => l.t("fact-grace-enforced"),
        "auto_lock_time_secs" => l.t("fact-auto-lock"),
        "hardware_encryption_caps" => l.t("fact-encryption"),
        "filevault_enabled" => l.t("fact-filevault"),
        "filevault_has_personal_recovery_key" => l.t("fact-filevault-personal"),
        "filevault_has_institutional_recovery_key" => l.t("fact-filevault-institutional"),
        "system_integrity_protection_enabled" => l.t("fact-sip"),
        "authenticated_root_volume_enabled" => l.t("fact-root-volume"),
        "firewall_enabled" => l.t("fact-firewall"),
        "firewall_blocks_all_incoming" => l.t("fact-firewall-blocks"),
        "firewall_stealth_mode" => l.t("fact-firewall-stealth"),
        "secure_boot_level" => l.t("fact-secure-boot"),
        "external_boot_level" => l.t("fact-external-boot"),
        "remote_desktop_enabled" => l.t("fact-remote-desktop"),
        "is_recovery_lock_enabled" => l.t("fact-recovery-lock"),
        "is_activation_lock_enabled" => l.t("fact-activation-lock"),
        "is_activation_lock_supported" => l.t("fact-activation-lock-supported"),
        "is_activation_lock_manageable" => l.t("fact-activation-lock-manageable"),
        "is_cloud_backup_enabled" => l.t("fact-cloud-backup"),
        "last_cloud_backup_at" => l.t("fact-last-backup"),
        "is_device_locator_service_enabled" => l.t("fact-find-my"),
        "is_mdm_lost_mode_enabled" => l.t("fact-lost-mode"),
        "enrolled_via_ade" => l.t("fact-ade"),
        "user_approved_enrollment" => l.t("fact-user-approved"),
        "is_user_enrollment" => l.t("fact-user-enrollment"),
        "supports_ios_app_installs" => l.t("fact-ios-apps"),
        "cellular_technology" => l.t("fact-cellular"),
        "current_carrier_network" => l.t("fact-carrier"),
        "phone_number" => l.t("fact-phone"),
        "data_roaming_enabled" => l.t("fact-data-roaming"),
        "voice_roaming_enabled" => l.t("fact-voice-roaming"),
        "modem_firmware_version" => l.t("fact-modem"),
        "personal_hotspot_enabled" => l.t("fact-hotspot"),
        "service_subscriptions" => l.t("fact-subscriptions"),
        "eas_device_identifier" => l.t("fact-eas"),
        "software_update_device_id" => l.t("fact-update-id"),
        "carrier_settings_version" => l.t("fact-carrier-settings"),
        "subscriber_carrier_network" => l.t("fact-home-carrier"),
        "firewall_logging_enabled" => l.t("fact-firewall-log"),
        "firmware_password_exists" => l.t("fact-firmware-password"),
        "bootstrap_token_allowed_for_authentication" => l.t("fact-bootstrap-login"),
        "bootstrap_token_required_for_software_update" => l.t("fact-bootstrap-update"),
        "bootstrap_token_required_for_kernel_extension_approval" => l.t("fact-bootstrap-extension"),
        "is_roaming" => l.t("fact-roaming"),
        "awaiting_configuration" => l.t("fact-awaiting"),
        "pin_required_for_lock" => l.t("fact-pin-lock"),
        "pin_required_for_erase" => l.t("fact-pin-erase"),
        "eacs_preflight" => l.t("fact-erase-preflight"),
        "firmware_password_change_pending" => l.t("fact-firmware-password-change"),
        "supplemental_build_version" => l.t("fact-extra-build"),
        "supplemental_os_version_extra" => l.t("fact-extra-version"),
        other => other.to_owned(),
    }
}

/// A fact's value as people read it; its unit is the ending of its name.
pub fn fact_value(l: Texts, zone: &Zone, name: &str, value: &Json) -> FactValue {
    let text = match value {
        Json::Null => return FactValue::Unknown,
        Json::Bool(value) => yes_no(l, *value),
        Json::String(text) => text_value(l, zone, name, text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(secs), _) if name.ends_with("_secs") => l.span(secs),
            (Some(size), _) if name.ends_with("_bytes") => bytes(l, size),
            (_, Some(level)) if name == "battery_level" => percent(l, level),
            (Some(whole), _) => l.number(whole),
            _ => number.to_string(),
        },
        Json::Array(items) => {
            let items = items.iter().map(plain);
            items.collect::<Vec<_>>().join("; ")
        }
        Json::Object(_) => plain(value),
    };
    FactValue::Known(text)
}

/// A nested value on one line: an object by its values, since its names are the vendor's.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Object(fields) => {
            let values = fields
                .values()
                .filter(|value| !value.is_boolean())
                .map(plain);
            values.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

fn text_value(l: Texts, zone: &Zone, name: &str, text: &str) -> String {
    let moment = text.parse::<jiff::Timestamp>();
    match moment {
        Ok(at) if name.ends_with("_at") => l.date_time(at.as_millisecond(), zone),
        _ => text.to_owned(),
    }
}

/// A size in whole gigabytes, as vendors count them.
pub fn bytes(l: Texts, size: i64) -> String {
    const GIGA: i64 = 1_000_000_000;
    format!("{}\u{a0}GB", l.number((size + GIGA / 2) / GIGA))
}

/// A size in the unit that leaves it short: apps are rarely gigabytes.
pub fn bytes_short(l: Texts, size: i64) -> String {
    const MEGA: i64 = 1_000_000;
    match size {
        ..MEGA => format!("{}\u{a0}kB", l.number((size.max(0) + 999) / 1_000)),
        MEGA..1_000_000_000 => format!("{}\u{a0}MB", l.number((size + MEGA / 2) / MEGA)),
        _ => bytes(l, size),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
fn percent(l: Texts, level: f64) -> String {
    l.percent((level.clamp(0.0, 1.0) * 100.0).round() as u64, 100)
}
