//! Commands: the list of all, and one with every transition.

use askama::Template;

use super::device::{Deadline, Hop};
use super::frame::{Emptiness, Filter, Frame, Pager};
use crate::i18n::{Texts, When, key};
use crate::ui::{Link, Status};

/// `GET /console/commands`: what waits, and what has ended.
#[derive(Template)]
#[template(path = "console/commands.html")]
pub struct CommandsPage {
    pub f: Frame,
    pub statuses: Filter,
    pub rows: Vec<CommandRow>,
    pub pager: Pager,
    pub empty: Emptiness,
}

pub struct CommandRow {
    pub href: String,
    pub title: String,
    pub request_type: String,
    pub device: Link,
    pub status: Status,
    /// What it waits for, or how it ended.
    pub cause: String,
    pub by: String,
    pub changed: When,
}

/// `GET /console/devices/{id}/commands/{uuid}`.
#[derive(Template)]
#[template(path = "console/command.html")]
pub struct CommandPage {
    pub f: Frame,
    pub device: Link,
    pub title: String,
    pub request_type: String,
    pub uuid: String,
    pub status: Status,
    /// What it waits for or why it ended so, and what to do.
    pub cause: String,
    pub by: String,
    pub reason: String,
    pub created: When,
    pub expires: Option<When>,
    pub pushes: String,
    pub deliveries: String,
    pub hops: Vec<Hop>,
    pub hold: Option<Deadline>,
    pub withdraw: String,
    pub again: String,
    /// The command as sent and the answer as received, secrets removed; empty when not kept.
    pub sent_message: String,
    pub answer_message: String,
}

/// What a command does, in words; the vendor's name itself when we have no words for it.
pub fn command_title(l: Texts, request_type: &str, name: &str) -> String {
    match request_type {
        "DeviceInformation" => l.t("command-device-information"),
        "SecurityInfo" => l.t("command-security-info"),
        "ProfileList" => l.t("command-profile-list"),
        "InstallProfile" if name.is_empty() => l.t("command-install-profile"),
        "InstallProfile" => l.ta("command-install-profile-named", name),
        "RemoveProfile" if name.is_empty() => l.t("command-remove-profile"),
        "RemoveProfile" => l.ta("command-remove-profile-named", name),
        "DeviceLock" => l.t("command-device-lock"),
        "EraseDevice" => l.t("command-erase-device"),
        other => other.to_owned(),
    }
}

/// Why a command stands at this status and what happens next. `detail` is what the device, Apple or
/// the guard said, already in words or in the vendor's spelling; it may be empty.
pub fn transition_text(l: Texts, status: &str, detail: &str) -> String {
    let key = match status {
        "queued" => key("hop-queued"),
        "push_sent" => key("hop-push-sent"),
        "sent" => key("hop-sent"),
        "not_now" => key("hop-not-now"),
        "acknowledged" => key("hop-acknowledged"),
        "cancelled" => key("hop-cancelled"),
        "superseded" => key("hop-superseded"),
        "expired" => key("hop-expired"),
        _ => return detail.to_owned(),
    };
    if detail.is_empty() {
        return l.t(key);
    }
    format!("{} {detail}", l.t(key))
}

/// Why the guard holds a command. `until` ends the hold by itself; empty when somebody must release.
pub fn held_text(l: Texts, cause: &str, until: &str) -> String {
    match cause {
        "hold" => l.ta("held-hold", until),
        "budget" => l.t("held-budget"),
        "many" => l.t("held-many"),
        _ => l.t("held-release"),
    }
}
