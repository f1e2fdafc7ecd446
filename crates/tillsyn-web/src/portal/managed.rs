//! What will be managed and what will be seen, from ownership and platform.

use super::enroll::Platform;
use crate::i18n::Texts;

/// Four lists in plain words, shown before the person agrees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Managed {
    pub set_up: Vec<String>,
    pub may: Vec<String>,
    pub seen: Vec<String>,
    pub never: Vec<String>,
}

impl Managed {
    /// Security S41: on a personal device the organisation cannot erase, clear the passcode, find
    /// the device or list personal apps, and this page says so.
    pub fn new(l: Texts, platform: Platform, personal: bool) -> Self {
        let mac = platform == Platform::Mac;
        let mut may = vec![l.t("managed-may-lock"), l.t("managed-may-remove")];
        if !personal {
            may.push(if mac {
                l.t("managed-may-erase-mac")
            } else {
                l.t("managed-may-erase")
            });
        }
        let seen = vec![
            l.t("managed-seen-model"),
            l.t("managed-seen-security"),
            l.t("managed-seen-serial"),
            l.t("managed-seen-profiles"),
        ];
        let mut never = vec![l.t("managed-never-content"), l.t("managed-never-passwords")];
        if personal {
            never.push(l.t("managed-never-number"));
            never.push(l.t("managed-never-apps"));
            never.push(l.t("managed-never-erase"));
        }
        never.push(l.t("managed-never-place"));
        Self {
            set_up: vec![l.t("managed-set-profile"), l.t("managed-set-certificate")],
            may,
            seen,
            never,
        }
    }
}
