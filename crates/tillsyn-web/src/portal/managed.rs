//! The ledger of what is managed in the words of a language. The rules are `core::managed`; here are texts.

use tillsyn_core::managed::{Facts, Ledger, Line};

use super::enroll::Platform;
use crate::i18n::Texts;

/// Five lists in plain words, shown before the person agrees and beside their device afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Managed {
    pub set_up: Vec<String>,
    pub required: Vec<String>,
    pub may: Vec<String>,
    pub seen: Vec<String>,
    pub never: Vec<String>,
}

impl Managed {
    pub fn new(l: Texts, ledger: &Ledger) -> Self {
        let words = |lines: &[Line]| lines.iter().map(|line| text(l, *line)).collect();
        Self {
            set_up: words(&ledger.set_up),
            required: words(&ledger.required),
            may: words(&ledger.may),
            seen: words(&ledger.seen),
            never: words(&ledger.never),
        }
    }
}

/// The ledger of a device that a person is about to bring in with a profile.
pub fn by_profile(platform: Platform, personal: bool) -> Ledger {
    Ledger::of(&Facts {
        platform: platform.os().unwrap_or("ios"),
        enrollment_type: "profile",
        ownership: if personal { "personal" } else { "corporate" },
        supervised: None,
        access_rights: None,
    })
}

/// One line.
pub fn text(l: Texts, line: Line) -> String {
    match line {
        Line::SettingsForWork => l.t("managed-settings-for-work"),
        Line::Certificate => l.t("managed-certificate"),
        Line::AppsForWork => l.t("managed-apps-for-work"),
        Line::LocalUser => l.t("managed-local-user"),
        Line::ProfileStays => l.t("managed-profile-stays"),
        Line::ProfileIsFixed => l.t("managed-profile-is-fixed"),
        Line::FollowSettings => l.t("managed-follow-settings"),
        Line::Lock => l.t("managed-lock"),
        Line::ClearPasscode => l.t("managed-clear-passcode"),
        Line::ChangeSettings => l.t("managed-change-settings"),
        Line::ManageApps => l.t("managed-manage-apps"),
        Line::Restart => l.t("managed-restart"),
        Line::Erase => l.t("managed-erase"),
        Line::EraseMac => l.t("managed-erase-mac"),
        Line::Locate => l.t("managed-locate"),
        Line::DiskKey => l.t("managed-disk-key"),
        Line::EndManagement => l.t("managed-end-management"),
        Line::Model => l.t("managed-model"),
        Line::SerialNumber => l.t("managed-serial-number"),
        Line::NameAndStorage => l.t("managed-name-and-storage"),
        Line::Security => l.t("managed-security"),
        Line::Number => l.t("managed-number"),
        Line::AllProfiles => l.t("managed-all-profiles"),
        Line::WorkProfiles => l.t("managed-work-profiles"),
        Line::AllApps => l.t("managed-all-apps"),
        Line::WorkApps => l.t("managed-work-apps"),
        Line::MacAccounts => l.t("managed-mac-accounts"),
        Line::LastContact => l.t("managed-last-contact"),
        Line::NeverContent => l.t("managed-never-content"),
        Line::NeverPasswords => l.t("managed-never-passwords"),
        Line::NeverNumber => l.t("managed-never-number"),
        Line::NeverSerial => l.t("managed-never-serial"),
        Line::NeverApps => l.t("managed-never-apps"),
        Line::NeverProfiles => l.t("managed-never-profiles"),
        Line::NeverErase => l.t("managed-never-erase"),
        Line::NeverPasscode => l.t("managed-never-passcode"),
        Line::NeverPlace => l.t("managed-never-place"),
    }
}
