//! Words for kinds, states and reasons.

use tillsyn_core::escrow::EscrowView;

use crate::i18n::Texts;

pub(super) fn kind(l: Texts, name: &str) -> String {
    match name {
        "lock_pin" => l.t("secret-lock-pin"),
        "unlock_token" => l.t("secret-unlock-token"),
        "bootstrap_token" => l.t("secret-bootstrap-token"),
        "filevault_key" => l.t("secret-filevault-key"),
        "activation_lock_bypass_device" => l.t("secret-bypass-device"),
        "activation_lock_bypass_server" => l.t("secret-bypass-server"),
        "recovery_lock_password" => l.t("secret-recovery-lock"),
        "firmware_password" => l.t("secret-firmware"),
        "admin_password" => l.t("secret-admin"),
        other => other.to_owned(),
    }
}

pub(super) fn state(l: Texts, view: &EscrowView) -> String {
    match view.state.as_str() {
        "proposed" => l.t("secret-proposed"),
        "refused" => l.t("secret-refused"),
        "uncertain" => l.t("secret-uncertain"),
        _ if view.newest => l.t("secret-newest"),
        _ => l.t("secret-older"),
    }
}

pub(super) fn unlock_status(l: Texts, status: &str) -> String {
    match status {
        "done" => l.t("unlock-done"),
        "failed" => l.t("unlock-failed"),
        _ => l.t("unlock-running"),
    }
}

/// Why an activation lock is still there.
pub(super) fn unlock_reason(l: Texts, reason: Option<&str>) -> String {
    match reason {
        None => String::new(),
        Some("wrong_code") => l.t("unlock-wrong-code"),
        Some("no_bypass_code") => l.t("unlock-no-code"),
        Some("certificate_refused") => l.t("unlock-certificate"),
        Some("no_certificate") => l.t("unlock-no-certificate"),
        Some("hardware_unknown") => l.t("unlock-hardware"),
        Some("request_refused") => l.t("unlock-refused"),
        Some("personal_device") => l.t("secret-personal"),
        Some("unlock_running") => l.t("unlock-twice"),
        Some("reason_missing") => l.t("secret-reason-missing"),
        Some(_) => l.t("unlock-unavailable"),
    }
}

/// What is on its way to a lost device.
pub(super) fn waiting(l: Texts, types: &[String]) -> String {
    let words: Vec<String> = types
        .iter()
        .map(|name| match name.as_str() {
            "EnableLostMode" => l.t("lost-waiting-on"),
            "DisableLostMode" => l.t("lost-waiting-off"),
            "DeviceLocation" => l.t("lost-waiting-location"),
            _ => l.t("lost-waiting-sound"),
        })
        .collect();
    words.join(" · ")
}
