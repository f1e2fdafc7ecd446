//! The page.

use askama::Template;

use super::forwarding::ForwardCard;
use super::inventory::{ChangeRow, InventoryTab};
use super::items::ItemsTab;
use crate::console::devices::Around;
use crate::console::frame::{Frame, Pager};
use crate::console::guard::Dialog;
use crate::console::organisation::BelongsTo;
use crate::console::overview::Activity;
use crate::i18n::{Texts, When};
use crate::ui::{Link, Status, Tone};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceTab {
    #[default]
    Summary,
    Commands,
    Profiles,
    Security,
    Facts,
    Inventory,
    History,
}

/// `GET /console/devices/{id}`, its tabs, and the dialogs on top of it.
#[derive(Template)]
#[template(path = "console/device.html")]
pub struct DevicePage {
    pub f: Frame,
    pub tab: DeviceTab,
    /// The list that one came from, and the devices around this one in it.
    pub around: Around,
    pub id: String,
    pub name: String,
    pub icon: &'static str,
    /// Model and capacity: `iPhone 16, 128 GB`.
    pub what: String,
    pub person: String,
    /// Unit, person and groups, on the summary.
    pub belongs: BelongsTo,
    /// On the summary: all that it ever had.
    pub enrollments: Vec<EnrollmentLine>,
    pub personal: bool,
    /// Beside the name: device status, supervision.
    pub pills: Vec<Status>,
    pub callout: Option<Callout>,
    pub strip: Vec<StripFigure>,
    pub commands: Vec<CommandEntry>,
    /// Pages of the commands tab.
    pub commands_pager: Pager,
    pub profiles: Vec<ProfileRow>,
    /// Source and age of the profile list; `None` before the first answer.
    pub profiles_seen: Option<When>,
    pub facts: Vec<Fact>,
    /// On the facts tab.
    pub changes: Option<Vec<ChangeRow>>,
    pub changes_pager: Pager,
    /// On its own tab.
    pub inventory: Option<InventoryTab>,
    /// On the profiles tab.
    pub items: Option<ItemsTab>,
    /// On the profiles tab.
    pub forward: Option<ForwardCard>,
    pub identity: Vec<Identity>,
    pub security: Vec<SecurityFact>,
    /// The identity certificate; `None` when it is not enrolled.
    pub certificate: Option<StripFigure>,
    /// What happened to it; `None` when the person's role does not read the audit trail.
    pub history: Option<Vec<Activity>>,
    pub history_pager: Pager,
    /// What is wrong with an uploaded profile.
    pub profile_error: String,
    pub acts: Acts,
    pub dialog: Option<Dialog>,
}

/// One enrollment of the device.
#[derive(Clone, Debug)]
pub struct EnrollmentLine {
    pub status: Status,
    /// How it is managed, and whose it is.
    pub kind: String,
    /// From when to when.
    pub time: String,
    /// Why it ended; empty while it lasts.
    pub cause: String,
}

impl EnrollmentLine {
    pub(crate) fn new(
        l: crate::i18n::Texts,
        (status, ownership): (&str, &str),
        (from, to): (&str, &str),
        reason: &str,
    ) -> Self {
        let args = [("from", from.into()), ("to", to.into())];
        Self {
            status: crate::ui::status(l, "enrollment", status),
            kind: if ownership == "personal" {
                l.t("personal")
            } else {
                l.t("corporate")
            },
            time: match (status, to) {
                ("pending", _) => l.ta("enrollments-begun", from),
                (_, "") => l.ta("enrollments-since", from),
                _ => l.t_args("enrollments-between", &args),
            },
            cause: if reason.is_empty() {
                String::new()
            } else {
                crate::console::words::enrollment_end(l, reason)
            },
        }
    }
}

impl DevicePage {
    pub(crate) fn tabs(&self) -> Vec<Tab> {
        use crate::ui::urls;
        let l = self.f.texts;
        let tab = |tab, href: String, text, count| Tab {
            href: href + &self.around.from,
            text,
            count,
            current: self.tab == tab,
        };
        let (id, none) = (&self.id, String::new);
        let profiles = l.number(match &self.items {
            Some(tab) => tab.items.len() + tab.foreign.len(),
            None => self.profiles.len(),
        });
        let mut tabs = vec![
            tab(
                DeviceTab::Summary,
                urls::device(id),
                l.t("device-tab-summary"),
                none(),
            ),
            tab(
                DeviceTab::Commands,
                urls::device_commands(id),
                l.t("device-tab-commands"),
                none(),
            ),
            tab(
                DeviceTab::Profiles,
                urls::device_profiles(id),
                l.t("device-tab-profiles"),
                profiles,
            ),
            tab(
                DeviceTab::Security,
                urls::device_security(id),
                l.t("device-tab-security"),
                none(),
            ),
            tab(
                DeviceTab::Facts,
                urls::device_facts(id),
                l.t("device-tab-facts"),
                none(),
            ),
            tab(
                DeviceTab::Inventory,
                urls::device_inventory(id),
                l.t("device-tab-inventory"),
                none(),
            ),
        ];
        if self.history.is_some() {
            let text = l.t("device-tab-history");
            tabs.push(tab(
                DeviceTab::History,
                urls::device_history(id),
                text,
                none(),
            ));
        }
        tabs
    }

    /// What is on the device; beside its items only what is not one of them.
    pub(crate) fn profile_rows(&self) -> &[ProfileRow] {
        self.items
            .as_ref()
            .map_or(&self.profiles, |tab| &tab.foreign)
    }

    pub(crate) fn profiles_title(&self) -> String {
        match self.items {
            Some(_) => self.f.texts.t("rollout-foreign"),
            None => self.f.texts.t("profiles-installed"),
        }
    }

    pub(crate) fn summary(&self) -> bool {
        self.tab == DeviceTab::Summary
    }

    pub(crate) fn shows_commands(&self) -> bool {
        matches!(self.tab, DeviceTab::Summary | DeviceTab::Commands)
    }

    pub(crate) fn shows_profiles(&self) -> bool {
        matches!(self.tab, DeviceTab::Summary | DeviceTab::Profiles)
    }

    /// The tab that holds nothing but the security card, larger.
    pub(crate) fn only_security(&self) -> bool {
        self.tab == DeviceTab::Security
    }

    pub(crate) fn only_history(&self) -> bool {
        self.tab == DeviceTab::History
    }

    pub(crate) fn shows_facts(&self) -> bool {
        matches!(self.tab, DeviceTab::Summary | DeviceTab::Facts)
    }
}

pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) count: String,
    pub(crate) current: bool,
}

/// What happened, why, what to do. Only when something is wrong or due.
pub struct Callout {
    pub tone: Tone,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    pub action: Option<Link>,
}

impl Callout {
    fn new(tone: Tone, icon: &'static str, title: String, text: String) -> Self {
        Self {
            tone,
            icon,
            title,
            text,
            action: None,
        }
    }

    /// The push token is dead: the device must come by itself.
    pub fn unreachable(l: Texts, since: &str) -> Self {
        Self::new(
            Tone::Bad,
            "wifi",
            l.ta("callout-unreachable", since),
            l.t("callout-unreachable-text"),
        )
    }

    /// Apple takes our pushes, the device does not come.
    pub fn silent(l: Texts, since: &str) -> Self {
        Self::new(
            Tone::Warn,
            "clock",
            l.ta("callout-silent", since),
            l.t("callout-silent-text"),
        )
    }

    /// An erase or retire stands in its hold.
    pub fn held(l: Texts, act: &str, until: &str) -> Self {
        let args = [("act", act.into()), ("until", until.into())];
        Self::new(
            Tone::Warn,
            "pause",
            l.t_args("callout-held", &args),
            l.t("callout-held-text"),
        )
    }

    /// Over budget, or more devices than one person may: only the server's owner releases it.
    pub fn held_for_release(l: Texts, act: &str) -> Self {
        Self::new(
            Tone::Warn,
            "pause",
            l.ta("callout-release", act),
            l.t("callout-release-text"),
        )
    }

    pub fn retired(l: Texts, date: &str) -> Self {
        Self::new(
            Tone::Idle,
            "archive",
            l.ta("callout-retired", date),
            l.t("callout-retired-text"),
        )
    }

    pub fn wiped(l: Texts, date: &str) -> Self {
        Self::new(
            Tone::Idle,
            "erase",
            l.ta("callout-wiped", date),
            l.t("callout-wiped-text"),
        )
    }

    /// The device left management by itself (check-out).
    pub fn removed(l: Texts, date: &str) -> Self {
        Self::new(
            Tone::Warn,
            "archive",
            l.ta("callout-removed", date),
            l.t("callout-removed-text"),
        )
    }

    /// No push certificate: nothing reaches it before one is uploaded.
    pub fn no_push(l: Texts) -> Self {
        Self {
            action: Some(Link {
                href: crate::ui::urls::PUSH.to_owned(),
                text: l.t("need-push-missing-act"),
            }),
            ..Self::new(
                Tone::Bad,
                "alert",
                l.t("callout-no-push"),
                l.t("callout-no-push-text"),
            )
        }
    }
}

/// One figure below the tabs.
pub struct StripFigure {
    pub label: String,
    /// Words, or the status below.
    pub value: String,
    pub when: Option<When>,
    pub status: Option<Status>,
    pub note: String,
}

/// A command with its transitions.
pub struct CommandEntry {
    pub href: String,
    pub status: Status,
    /// What it does, in words.
    pub title: String,
    /// The vendor's name of it.
    pub request_type: String,
    /// Who or what asked for it.
    pub by: String,
    pub hops: Vec<Hop>,
    /// End of the hold, when it runs.
    pub hold: Option<Deadline>,
    /// Address to withdraw it; empty when it is too late or not allowed.
    pub withdraw: String,
    /// Address to send it again; empty when that makes no sense.
    pub again: String,
}

/// One transition: when, the word, why.
pub struct Hop {
    pub tone: Tone,
    pub when: When,
    pub word: String,
    pub text: String,
}

/// A moment that is counted down to.
pub struct Deadline {
    /// The moment itself.
    pub when: When,
    /// Time left when the page was made, `4:59`.
    pub left: String,
}

pub struct ProfileRow {
    pub name: String,
    pub identifier: String,
    /// The enrollment profile, or one that Tillsyn installed, or another source.
    pub origin: String,
    /// May be removed from here.
    pub removable: bool,
}

/// A fact with its proof.
pub struct Fact {
    pub label: String,
    pub value: FactValue,
    pub source: String,
    pub age: Option<When>,
}

pub enum FactValue {
    Known(String),
    /// The device has not told us yet.
    Unknown,
    /// A personal device does not tell, and we do not ask.
    NotShared,
}

pub struct Identity {
    pub label: String,
    pub value: FactValue,
    /// An identifier, printed in mono with a copy button.
    pub code: bool,
}

pub struct SecurityFact {
    pub label: String,
    pub status: Status,
    pub note: String,
}

/// What this person may do with this device now. An act that does not exist for it is absent; one
/// that exists and is not allowed is shown with the reason.
#[derive(Default)]
pub struct Acts {
    pub refresh: bool,
    pub lock: Act,
    pub retire: Act,
    pub erase: Act,
    pub install_profile: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Act {
    /// Does not exist for this device.
    #[default]
    Absent,
    Allowed,
    /// Exists, but not now or not for this person, because of this.
    Refused(String),
}

impl Act {
    pub(crate) fn absent(&self) -> bool {
        *self == Self::Absent
    }

    pub(crate) fn refused(&self) -> &str {
        match self {
            Self::Refused(reason) => reason,
            Self::Absent | Self::Allowed => "",
        }
    }
}
