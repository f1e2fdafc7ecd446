//! What management means for a person (B12): set up, required, seen, possible, and never. Computed from how a
//! device is enrolled, whose it is, and what its enrollment may do; the pages have a text for each line.

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::platform;

/// What decides.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// `ios`, `ipados`, `macos` …
    pub platform: &'a str,
    /// `ade`, `profile`, `account_driven_device` or `account_driven_user`.
    pub enrollment_type: &'a str,
    /// `corporate` or `personal`.
    pub ownership: &'a str,
    /// `None` before the device has said it.
    pub supervised: Option<bool>,
    /// Of the enrollment profile; `None` is every right.
    pub access_rights: Option<i64>,
}

/// What the server could do and learn.
#[expect(clippy::struct_excessive_bools, reason = "one for each power")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Powers {
    pub(crate) profiles: bool,
    pub(crate) apps: bool,
    pub(crate) lock: bool,
    pub(crate) clear_passcode: bool,
    pub(crate) erase: bool,
    pub(crate) restart: bool,
    pub(crate) locate: bool,
    pub(crate) escrow: bool,
    pub(crate) ask_device: bool,
    pub(crate) ask_security: bool,
    pub(crate) ask_number: bool,
    pub(crate) all_profiles: bool,
    pub(crate) all_apps: bool,
    pub(crate) accounts: bool,
    pub(crate) serial: bool,
    pub(crate) removable: bool,
    pub(crate) mac: bool,
}

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident = $key:literal),* $(,)?) => {
        /// One line of the ledger.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Line { $($(#[$doc])* $name),* }

        impl Line {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable: kept with a consent, shown by the API.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }
        }
    };
}

lines! {
    SettingsForWork = "settings_for_work",
    Certificate = "certificate",
    AppsForWork = "apps_for_work",
    /// On a Mac the settings of the account that was logged in are managed, too.
    LocalUser = "local_user",
    ProfileStays = "profile_stays",
    ProfileIsFixed = "profile_is_fixed",
    FollowSettings = "follow_settings",
    Lock = "lock",
    ClearPasscode = "clear_passcode",
    ChangeSettings = "change_settings",
    ManageApps = "manage_apps",
    Restart = "restart",
    Erase = "erase",
    EraseMac = "erase_mac",
    /// Lost mode locks a device and then asks where it is.
    Locate = "locate",
    /// The key that opens an encrypted disk is kept.
    DiskKey = "disk_key",
    EndManagement = "end_management",
    Model = "model",
    SerialNumber = "serial_number",
    NameAndStorage = "name_and_storage",
    Security = "security",
    Number = "number",
    AllProfiles = "all_profiles",
    WorkProfiles = "work_profiles",
    AllApps = "all_apps",
    WorkApps = "work_apps",
    MacAccounts = "mac_accounts",
    LastContact = "last_contact",
    NeverContent = "never_content",
    NeverPasswords = "never_passwords",
    NeverNumber = "never_number",
    NeverSerial = "never_serial",
    NeverApps = "never_apps",
    NeverProfiles = "never_profiles",
    NeverErase = "never_erase",
    NeverPasscode = "never_passcode",
    NeverPlace = "never_place",
}

impl Line {
    /// The line of a key that was kept; none when there is no such line any more.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|line| line.key() == key)
    }
}

impl Serialize for Line {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.key())
    }
}

/// Five lists, each in the order in which it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Set up for the person.
    pub set_up: Vec<Line>,
    /// Required of the person.
    pub required: Vec<Line>,
    /// What administrators can do.
    pub may: Vec<Line>,
    /// What administrators see.
    pub seen: Vec<Line>,
    /// What nobody sees or does.
    pub never: Vec<Line>,
}

fn chosen(lines: &[(bool, Line)]) -> Vec<Line> {
    lines
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, line)| *line)
        .collect()
}

impl Ledger {
    /// The ledger of such an enrollment.
    pub fn of(facts: &Facts<'_>) -> Self {
        Self::from_powers(platform::apple::powers(facts))
    }

    fn from_powers(p: Powers) -> Self {
        Self {
            set_up: chosen(&[
                (p.profiles, Line::SettingsForWork),
                (p.apps, Line::AppsForWork),
                (true, Line::Certificate),
                (p.mac && p.profiles, Line::LocalUser),
            ]),
            required: chosen(&[
                (p.profiles, Line::FollowSettings),
                (p.removable, Line::ProfileStays),
                (!p.removable, Line::ProfileIsFixed),
            ]),
            may: chosen(&[
                (p.profiles, Line::ChangeSettings),
                (p.apps, Line::ManageApps),
                (p.lock, Line::Lock),
                (p.restart, Line::Restart),
                (p.clear_passcode, Line::ClearPasscode),
                (p.escrow, Line::DiskKey),
                (p.locate, Line::Locate),
                (p.erase && !p.mac, Line::Erase),
                (p.erase && p.mac, Line::EraseMac),
                (true, Line::EndManagement),
            ]),
            seen: chosen(&[
                // A device says it when it first comes, whatever it may be asked.
                (true, Line::Model),
                (p.serial, Line::SerialNumber),
                (p.ask_device, Line::NameAndStorage),
                (p.ask_security, Line::Security),
                (p.ask_number, Line::Number),
                (p.all_profiles, Line::AllProfiles),
                (!p.all_profiles, Line::WorkProfiles),
                (p.all_apps, Line::AllApps),
                (!p.all_apps, Line::WorkApps),
                (p.accounts, Line::MacAccounts),
                (true, Line::LastContact),
            ]),
            never: chosen(&[
                (true, Line::NeverContent),
                (true, Line::NeverPasswords),
                (!p.serial, Line::NeverSerial),
                (!p.ask_number && !p.mac, Line::NeverNumber),
                (!p.all_apps, Line::NeverApps),
                (!p.all_profiles, Line::NeverProfiles),
                (!p.erase, Line::NeverErase),
                (!p.clear_passcode && !p.mac, Line::NeverPasscode),
                (!p.locate, Line::NeverPlace),
            ]),
        }
    }

    /// Every line.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        [
            &self.set_up,
            &self.required,
            &self.may,
            &self.seen,
            &self.never,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// Whether the organisation may erase the device.
    pub fn may_erase(&self) -> bool {
        self.may
            .iter()
            .any(|line| matches!(line, Line::Erase | Line::EraseMac))
    }
}
