//! The frame around every page of the console: sidebar, top bar, theme and language.

use std::ops::Deref;

use crate::i18n::{Texts, key};
use crate::ui::{LangLink, Message, lang_links, urls};

/// The person's choice of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the person's system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The stored value; also the value of `data-theme`, empty for the system's.
    pub const fn value(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn from_value(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// What the switch in the top bar changes to.
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// Where a page stands in the sidebar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Overview,
    /// What the reader should hear of.
    Notifications,
    Devices,
    People,
    HelpDesk,
    Groups,
    Profiles,
    Plans,
    Invitations,
    Attempts,
    Commands,
    Approvals,
    Campaigns,
    Guard,
    SelfService,
    Audit,
    Reports,
    Push,
    Units,
    Inventory,
    InvitationPolicy,
    Mail,
    Webhooks,
    Tokens,
    /// One's own account: below the name, not in the list.
    Account,
    Administrators,
    SignOn,
    Directories,
    Roles,
    /// Settings by area, and those that have no place of their own.
    Settings,
    /// The documentation, at the foot.
    Docs,
    /// Reached from every page, not from the list.
    Search,
    Scope,
}

#[derive(Debug, Default)]
pub(crate) struct NavGroup {
    pub(crate) id: &'static str,
    pub(crate) head: String,
    pub(crate) items: Vec<NavItem>,
}

#[derive(Debug, Default)]
pub(crate) struct NavItem {
    place: Place,
    pub(crate) href: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) label: String,
    pub(crate) current: bool,
    pub(crate) count: String,
    /// What the count counts, for those who only hear it.
    pub(crate) count_note: String,
    pub(crate) alert: bool,
}

/// Keys that belong together.
pub(crate) struct KeyGroup {
    pub(crate) head: String,
    pub(crate) lines: Vec<KeyLine>,
}

/// Keys and what they do.
pub(crate) struct KeyLine {
    pub(crate) keys: &'static [&'static str],
    pub(crate) text: String,
}

/// What every page of the console carries.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub texts: Texts,
    pub theme: Theme,
    pub place: Place,
    /// Places that this person's role does not see.
    pub hidden: Vec<Place>,
    pub organisation: String,
    /// The part of the organisation that lists and counts are limited to; empty for all that the person reaches.
    pub scope: String,
    /// Single keys do nothing in this browser.
    pub keys_off: bool,
    /// Name of the signed-in person.
    pub person: String,
    /// Role and unit, below the name.
    pub role: String,
    /// Token that every form carries (security S15).
    pub csrf: String,
    /// The person confirms with more than the password: on a page of its own.
    pub confirm_elsewhere: bool,
    /// Path and query of this page: where a change of language or theme comes back to.
    pub here: String,
    pub devices: u64,
    pub people: u64,
    pub groups: u64,
    pub commands_waiting: u64,
    /// News that the reader has not looked at.
    pub notices: u64,
    /// Requests that wait for a second person.
    pub approvals_waiting: u64,
    /// What is frozen after a panic stop, in words.
    pub frozen: Vec<String>,
    pub attempts_failed: u64,
    /// Topics of the live stream, empty when the page does not change by itself.
    pub topics: String,
    /// What the last action of this person led to.
    pub messages: Vec<Message>,
}

impl Frame {
    pub(crate) fn langs(&self) -> Vec<LangLink> {
        lang_links(self.texts.lang())
    }

    /// Whether the role sees where devices come in.
    pub(crate) fn enrolls(&self) -> bool {
        !self.hidden.contains(&Place::Invitations)
    }

    pub(crate) fn nav(&self) -> Vec<NavGroup> {
        let l = self.texts;
        let item = |place, href, icon, label| NavItem {
            place,
            href,
            icon,
            label,
            current: self.place == place,
            ..NavItem::default()
        };
        let count = |count: u64, note: String, alert| {
            let count = if count == 0 {
                String::new()
            } else {
                l.number(count)
            };
            (count, note, alert)
        };
        let with = |mut item: NavItem, (count, note, alert): (String, String, bool)| {
            (item.count, item.count_note, item.alert) = (count, note, alert);
            item
        };
        let mut groups = vec![
            NavGroup {
                id: "",
                head: String::new(),
                items: vec![
                    item(
                        Place::Overview,
                        urls::CONSOLE,
                        "overview",
                        l.t("nav-overview"),
                    ),
                    with(
                        item(
                            Place::Notifications,
                            urls::NOTIFICATIONS,
                            "info",
                            l.t("nav-notifications"),
                        ),
                        count(self.notices, l.t("notifications-unread"), true),
                    ),
                    with(
                        item(Place::Devices, urls::DEVICES, "devices", l.t("nav-devices")),
                        count(self.devices, String::new(), false),
                    ),
                    with(
                        item(Place::People, urls::PEOPLE, "people", l.t("nav-people")),
                        count(self.people, String::new(), false),
                    ),
                    item(
                        Place::HelpDesk,
                        urls::HELP_DESK,
                        "help",
                        l.t("nav-help-desk"),
                    ),
                    with(
                        item(Place::Groups, urls::GROUPS, "groups", l.t("nav-groups")),
                        count(self.groups, String::new(), false),
                    ),
                ],
            },
            NavGroup {
                id: "configure",
                head: l.t("nav-configure"),
                items: vec![
                    item(
                        Place::Profiles,
                        urls::PROFILES,
                        "profile",
                        l.t("nav-profiles"),
                    ),
                    item(Place::Plans, urls::PLANS, "arrow", l.t("nav-plans")),
                ],
            },
            NavGroup {
                id: "enrollment",
                head: l.t("nav-enrollment"),
                items: vec![
                    item(
                        Place::Invitations,
                        urls::INVITATIONS,
                        "mail",
                        l.t("nav-invitations"),
                    ),
                    with(
                        item(
                            Place::Attempts,
                            urls::ATTEMPTS,
                            "enroll",
                            l.t("nav-attempts"),
                        ),
                        count(self.attempts_failed, l.t("nav-failed"), true),
                    ),
                ],
            },
            NavGroup {
                id: "operate",
                head: l.t("nav-operate"),
                items: vec![
                    with(
                        item(
                            Place::Commands,
                            urls::COMMANDS,
                            "queue",
                            l.t("nav-commands"),
                        ),
                        count(self.commands_waiting, l.t("nav-waiting"), false),
                    ),
                    with(
                        item(
                            Place::Approvals,
                            urls::APPROVALS,
                            "approve",
                            l.t("nav-approvals"),
                        ),
                        count(self.approvals_waiting, l.t("nav-waiting"), true),
                    ),
                    item(
                        Place::Campaigns,
                        urls::CAMPAIGNS,
                        "archive",
                        l.t("nav-campaigns"),
                    ),
                    item(Place::Audit, urls::AUDIT, "audit", l.t("nav-audit")),
                    item(Place::Reports, urls::REPORTS, "report", l.t("nav-reports")),
                ],
            },
            NavGroup {
                id: "settings",
                head: l.t("nav-settings"),
                items: vec![
                    item(
                        Place::Settings,
                        urls::SETTINGS,
                        "gear",
                        l.t("nav-all-settings"),
                    ),
                    item(Place::Push, urls::PUSH, "shield", l.t("nav-push")),
                    item(Place::Guard, urls::GUARD, "lock", l.t("nav-guard")),
                    item(
                        Place::SelfService,
                        urls::SELF_SERVICE,
                        "user",
                        l.t("nav-self-service"),
                    ),
                    item(Place::Units, urls::UNITS, "overview", l.t("nav-units")),
                    item(
                        Place::Inventory,
                        urls::INVENTORY,
                        "refresh",
                        l.t("nav-inventory"),
                    ),
                    item(
                        Place::InvitationPolicy,
                        urls::INVITATION_POLICY,
                        "mail",
                        l.t("nav-invite-policy"),
                    ),
                    item(
                        Place::Administrators,
                        urls::ADMINISTRATORS,
                        "user",
                        l.t("nav-administrators"),
                    ),
                    item(
                        Place::SignOn,
                        urls::IDENTITY_PROVIDERS,
                        "key",
                        l.t("nav-sign-on"),
                    ),
                    item(
                        Place::Directories,
                        urls::DIRECTORIES,
                        "user",
                        l.t("nav-directories"),
                    ),
                    item(Place::Roles, urls::ROLES, "shield", l.t("nav-roles")),
                    item(Place::Mail, urls::MAIL, "mail", l.t("nav-mail")),
                    item(
                        Place::Webhooks,
                        urls::WEBHOOKS,
                        "arrow",
                        l.t("nav-webhooks"),
                    ),
                    item(Place::Tokens, urls::TOKENS, "key", l.t("nav-tokens")),
                ],
            },
            NavGroup {
                id: "",
                head: String::new(),
                items: vec![item(Place::Docs, urls::DOCS, "file", l.t("nav-docs"))],
            },
        ];
        for group in &mut groups {
            group
                .items
                .retain(|item| !self.hidden.contains(&item.place));
        }
        groups.retain(|group| !group.items.is_empty());
        groups
    }

    /// The keys that the script knows, for its help.
    pub(crate) fn keys(&self) -> Vec<KeyGroup> {
        let l = self.texts;
        let group = |head: &str, lines: &[(&'static [&'static str], &str)]| KeyGroup {
            head: l.t(head),
            lines: lines
                .iter()
                .map(|(keys, text)| KeyLine {
                    keys,
                    text: l.t(text),
                })
                .collect(),
        };
        vec![
            group(
                key("keys-everywhere"),
                &[
                    (&["/"], key("keys-search")),
                    (&["Ctrl K"], key("keys-palette")),
                    (&["?"], key("keys-help")),
                ],
            ),
            group(
                key("keys-lists"),
                &[
                    (&["j", "k"], key("keys-move")),
                    (&["Enter"], key("keys-open")),
                    (&["x"], key("keys-select")),
                    (&["Shift X"], key("keys-range")),
                    (&["f"], key("keys-filter")),
                    (&["e"], key("keys-export")),
                ],
            ),
            group(
                key("keys-device"),
                &[
                    (&["1", "9"], key("keys-tabs")),
                    (&["[", "]"], key("keys-neighbours")),
                ],
            ),
        ]
    }

    /// Empty when the system decides.
    pub(crate) fn theme_attribute(&self) -> &'static str {
        match self.theme {
            Theme::System => "",
            chosen => chosen.value(),
        }
    }

    pub(crate) fn theme_label(&self) -> String {
        match self.theme {
            Theme::System => self.texts.t("theme-system"),
            Theme::Light => self.texts.t("theme-light"),
            Theme::Dark => self.texts.t("theme-dark"),
        }
    }
}

/// Lets a template ask its frame for texts.
impl Deref for Frame {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.texts
    }
}

/// The frame of pages outside the console proper: sign-in and errors.
#[derive(Clone, Debug, Default)]
pub struct Bare {
    pub texts: Texts,
    pub theme: Theme,
    pub organisation: String,
    /// Path and query of this page, for the language links; empty when it cannot be asked for again.
    pub here: String,
    /// Pre-session token for the form of this page.
    pub csrf: String,
}

impl Bare {
    pub(crate) fn langs(&self) -> Vec<LangLink> {
        lang_links(self.texts.lang())
    }

    pub(crate) fn theme_attribute(&self) -> &'static str {
        match self.theme {
            Theme::System => "",
            chosen => chosen.value(),
        }
    }
}

impl Deref for Bare {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.texts
    }
}

/// Previous and next page of a list; an empty address means there is none.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    pub summary: String,
    pub previous: String,
    pub next: String,
}

/// One filter of a list as it stands in the address.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    pub label: String,
    pub values: String,
    /// The list without this filter.
    pub remove: String,
    /// How many there are without this filter; shown when nothing matches.
    pub without: Option<String>,
}

/// One filter that can be added.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub name: &'static str,
    pub label: String,
    pub choices: Vec<crate::ui::Choice>,
}

/// A table column; an empty address means that it cannot be sorted by.
#[derive(Clone, Debug, Default)]
pub struct Column {
    pub label: String,
    pub href: String,
    /// `none`, `ascending` or `descending`.
    pub sort: &'static str,
}

/// Why a list shows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emptiness {
    /// There are rows.
    #[default]
    None,
    /// Nothing exists yet.
    Nothing,
    /// The filters leave nothing.
    NoMatch,
}

impl Emptiness {
    /// Of a page with so many rows.
    pub(crate) fn of(rows: usize, filtered: bool) -> Self {
        match (rows, filtered) {
            (0, true) => Self::NoMatch,
            (0, false) => Self::Nothing,
            _ => Self::None,
        }
    }

    pub(crate) fn nothing(self) -> bool {
        self == Self::Nothing
    }

    pub(crate) fn no_match(self) -> bool {
        self == Self::NoMatch
    }
}
