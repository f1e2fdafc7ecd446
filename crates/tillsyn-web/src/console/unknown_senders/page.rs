//! The pages.

use askama::Template;

use crate::console::frame::{Emptiness, Frame, Pager};
use crate::i18n::When;
use crate::ui::{Choice, Link};

/// `GET /console/enrollment/unknown`.
#[derive(Template)]
#[template(path = "console/unknown_senders.html")]
pub struct UnknownSendersPage {
    pub f: Frame,
    /// What was looked for.
    pub find: String,
    pub rows: Vec<UnknownRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub ownership: Vec<Choice>,
    pub units: Vec<Choice>,
    pub platforms: Vec<Choice>,
    /// Proving anew who one is leads to another page: that is done before devices are chosen.
    pub confirm_first: bool,
    pub help: String,
}

pub struct UnknownRow {
    pub sender: KnownSender,
    /// Of its box; empty for one that is never taken in.
    pub pick: String,
    /// What is known here of the device.
    pub known: String,
    /// What speaks against it.
    pub doubts: Vec<String>,
    pub messages: String,
    pub address: String,
    pub first: When,
    pub last: When,
}

/// What a sender says of itself.
pub struct KnownSender {
    /// The name of the device that had its UDID, else what it calls itself, else the beginning of its certificate.
    pub name: String,
    /// The device that is known from before; empty when there is none.
    pub href: String,
    pub udid: String,
    pub certificate: String,
}

/// `GET` and `POST /console/enrollment/unknown/readopt`: what happens, in words, before it does.
#[derive(Template)]
#[template(path = "console/unknown_readopt.html")]
pub struct ReadoptPage {
    pub f: Frame,
    pub title: String,
    /// Nobody can be taken in.
    pub nothing: bool,
    /// What happens to those that are taken in, and what ends.
    pub lines: Vec<String>,
    /// Enrollments end.
    pub ends: bool,
    /// How many stay outside; empty when none does.
    pub refused: String,
    /// The sender, what happens to it, and whether that is a refusal or ends something.
    pub rows: Vec<(KnownSender, String, bool)>,
    /// Said of those that the page does not name.
    pub more: String,
    pub push_missing: bool,
    pub fields: Vec<(&'static str, String)>,
    pub password: bool,
    pub password_error: String,
    pub error: String,
    pub submit: String,
}

/// The answer to the act: what became of it.
#[derive(Template)]
#[template(path = "console/unknown_readopted.html")]
pub struct ReadoptedPage {
    pub f: Frame,
    pub title: String,
    /// None was taken in.
    pub nothing: bool,
    /// What has ended; empty when nothing has.
    pub ended: String,
    /// Those that were taken in, for whoever may see devices.
    pub taken: Vec<Link>,
    pub taken_more: String,
    pub refused: String,
    /// Certificates that were not taken in, and why.
    pub rows: Vec<(String, String)>,
    pub refused_more: String,
}
