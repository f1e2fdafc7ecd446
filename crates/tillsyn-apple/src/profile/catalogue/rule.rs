use std::str::FromStr;

use super::{SharedIpad, System};
use crate::platform::OsVersion;

/// In the order of the schema.
pub const SYSTEMS: [System; 5] = [
    System::Ios,
    System::Macos,
    System::Tvos,
    System::Visionos,
    System::Watchos,
];

/// As the schema writes it.
pub fn system_name(system: System) -> &'static str {
    match system {
        System::Ios => "iOS",
        System::Macos => "macOS",
        System::Tvos => "tvOS",
        System::Visionos => "visionOS",
        System::Watchos => "watchOS",
    }
}

/// In any case; `iPadOS` follows iOS.
pub fn system_named(name: &str) -> Option<System> {
    if name.eq_ignore_ascii_case("ipados") {
        return Some(System::Ios);
    }
    SYSTEMS
        .into_iter()
        .find(|system| system_name(*system).eq_ignore_ascii_case(name))
}

/// Which systems know a payload or key, and on which terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Support {
    rules: Vec<(System, Rule)>,
}

impl Support {
    /// `None`: this system does not have it.
    pub fn on(&self, system: System) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|(of, _)| *of == system)
            .map(|(_, rule)| rule)
    }

    pub fn rules(&self) -> impl Iterator<Item = (System, &Rule)> {
        self.rules.iter().map(|(system, rule)| (*system, rule))
    }

    /// `iOS 4.0,supervised;macOS 10.7,user`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rules = Vec::new();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (system, words) = part.split_once(' ')?;
            rules.push((system_named(system)?, Rule::parse(words)?));
        }
        Some(Self { rules })
    }
}

/// The terms on one system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub introduced: OsVersion,
    pub deprecated: Option<OsVersion>,
    /// The first version without it.
    pub removed: Option<OsVersion>,
    pub user_enrollment: UserEnrollment,
    pub shared_ipad: SharedIpad,
    flags: u16,
}

/// What the schema calls the mode of User Enrollment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserEnrollment {
    Allowed,
    /// Refused there; on iOS with the whole profile.
    Forbidden,
    /// Has no effect there.
    Ignored,
    /// Only there.
    Required,
}

const SINGLE: u16 = 1;
const MDM_ONLY: u16 = 2;
const SUPERVISED: u16 = 4;
const ADE: u16 = 8;
const USER_APPROVED: u16 = 16;
const NO_DEVICE: u16 = 32;
const USER: u16 = 64;
const SHARED_DEVICE: u16 = 128;
const SHARED_USER: u16 = 256;

impl Rule {
    fn parse(words: &str) -> Option<Self> {
        let mut words = words.split(',');
        let mut rule = Self {
            introduced: OsVersion::from_str(words.next()?).ok()?,
            deprecated: None,
            removed: None,
            user_enrollment: UserEnrollment::Allowed,
            shared_ipad: SharedIpad::Allowed,
            flags: 0,
        };
        for word in words {
            match word.split_once('=') {
                Some(("deprecated", version)) => {
                    rule.deprecated = Some(OsVersion::from_str(version).ok()?);
                }
                Some(("removed", version)) => {
                    rule.removed = Some(OsVersion::from_str(version).ok()?);
                }
                Some(_) => return None,
                None => rule.word(word)?,
            }
        }
        Some(rule)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        match word {
            "ue_forbidden" => self.user_enrollment = UserEnrollment::Forbidden,
            "ue_ignored" => self.user_enrollment = UserEnrollment::Ignored,
            "ue_required" => self.user_enrollment = UserEnrollment::Required,
            "no_shared" => self.shared_ipad = SharedIpad::Forbidden,
            "only_shared" => self.shared_ipad = SharedIpad::Required,
            _ => {
                self.flags |= match word {
                    "single" => SINGLE,
                    "mdm_only" => MDM_ONLY,
                    "supervised" => SUPERVISED,
                    "ade" => ADE,
                    "user_approved" => USER_APPROVED,
                    "no_device" => NO_DEVICE,
                    "user" => USER,
                    "shared_device" => SHARED_DEVICE,
                    "shared_user" => SHARED_USER,
                    _ => return None,
                }
            }
        }
        Some(())
    }

    const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Of a payload: a device takes one only.
    pub fn exclusive(&self) -> bool {
        self.has(SINGLE)
    }

    /// A person cannot install it, only a server.
    pub fn mdm_only(&self) -> bool {
        self.has(MDM_ONLY)
    }

    pub fn supervised(&self) -> bool {
        self.has(SUPERVISED)
    }

    /// Only after Automated Device Enrollment.
    pub fn ade(&self) -> bool {
        self.has(ADE)
    }

    pub fn user_approved(&self) -> bool {
        self.has(USER_APPROVED)
    }

    pub fn mac_device_channel(&self) -> bool {
        !self.has(NO_DEVICE)
    }

    pub fn mac_user_channel(&self) -> bool {
        self.has(USER)
    }

    pub fn shared_device_channel(&self) -> bool {
        self.has(SHARED_DEVICE)
    }

    pub fn shared_user_channel(&self) -> bool {
        self.has(SHARED_USER)
    }
}
