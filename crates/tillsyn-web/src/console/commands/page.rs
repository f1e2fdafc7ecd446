//! The pages.

use askama::Template;

use crate::console::device::{Deadline, Hop};
use crate::console::frame::{Chip, Emptiness, Filter, Frame, Pager};
use crate::console::words;
use crate::i18n::{Texts, When};
use crate::ui::{Link, Status};

/// `GET /console/commands`: what waits, and what has ended.
#[derive(Template)]
#[template(path = "console/commands.html")]
pub struct CommandsPage {
    pub f: Frame,
    /// How far the act is that the list is narrowed to.
    pub job: Option<Job>,
    /// What waits, by cause; only while nothing narrows the list.
    pub waiting: Vec<CauseRow>,
    /// What failed within a day, by the device's code.
    pub failed: Vec<CauseRow>,
    /// The list as a file.
    pub export: String,
    /// The cause that the list is narrowed to.
    pub chips: Vec<Chip>,
    pub statuses: Filter,
    pub rows: Vec<CommandRow>,
    pub pager: Pager,
    pub empty: Emptiness,
}

/// One act on several devices.
pub struct Job {
    pub title: String,
    pub by: String,
    pub reason: String,
    pub since: When,
    /// `12 of 38 done`
    pub words: String,
    pub ended: i64,
    pub all: i64,
    /// How fast it goes, as long as it does.
    pub speed: String,
    /// Each status, how many, and the list of them.
    pub counts: Vec<(Status, String, String)>,
    /// All of it, while the list shows one status.
    pub whole: String,
    /// The page in front of withdrawing what waits; empty where that cannot be.
    pub withdraw: String,
}

/// Commands that wait for the same, or failed for the same.
pub struct CauseRow {
    pub status: Status,
    pub text: String,
    /// These commands.
    pub href: String,
    pub commands: String,
    pub devices: String,
    pub oldest: When,
    /// The page in front of withdrawing them; empty where that cannot be.
    pub withdraw: String,
}

/// `GET /console/commands/withdraw`.
#[derive(Template)]
#[template(path = "console/commands_withdraw.html")]
pub struct WithdrawPage {
    pub f: Frame,
    pub title: String,
    pub cause: String,
    pub devices: String,
    /// What they do, and how many of each.
    pub types: Vec<(String, String)>,
    /// None waits any more.
    pub nothing: bool,
    /// Said when one press does not reach all.
    pub more: String,
    pub back: String,
    pub fields: Vec<(&'static str, String)>,
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
    /// Where that is explained; empty when all is well.
    pub help: String,
    pub by: String,
    pub reason: String,
    /// The act on several devices that it is part of.
    pub job: Option<Link>,
    pub created: When,
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
        "InstallProfile" if !name.is_empty() => l.ta("command-install-profile-named", name),
        "RemoveProfile" if !name.is_empty() => l.ta("command-remove-profile-named", name),
        other => words::command(l, other),
    }
}
