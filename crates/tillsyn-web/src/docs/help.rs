//! Which part of the documentation explains an error. The document itself is the table: each of its entries names
//! the codes that it explains.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tillsyn_core::Kind;

use super::files;
use super::library::{slug, url};
use super::markdown::id_of;
use crate::error::{AppError, ErrorKind};

pub(super) const DOCUMENT: &str = "reference/errors.md";

/// What a code is of; the same word can be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// The answer to a request.
    Code,
    /// Why a device does not take or do something; also the status of a command.
    Reason,
    /// Why an attempt to enroll failed.
    Cause,
}

const TOPICS: [(&str, Topic); 3] = [
    ("Codes: ", Topic::Code),
    ("Reasons: ", Topic::Reason),
    ("Causes: ", Topic::Cause),
];

type Table = BTreeMap<(Topic, &'static str), String>;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| files::text(DOCUMENT).map(read).unwrap_or_default());

/// Each code with the anchor of its entry.
#[cfg(test)]
pub(super) fn table() -> &'static Table {
    &TABLE
}

fn read(text: &'static str) -> Table {
    let mut table = Table::new();
    let mut anchor = String::new();
    let mut topic = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            anchor = id_of(heading);
        }
        let begins = TOPICS.iter().find(|(start, _)| line.starts_with(start));
        topic = match begins {
            Some((_, begun)) => Some(*begun),
            // Goes on until the list ends.
            None if line.starts_with('`') => topic,
            None => None,
        };
        if let Some(topic) = topic {
            for code in line.split('`').skip(1).step_by(2) {
                table.insert((topic, code), anchor.clone());
            }
        }
    }
    table
}

/// Where it is explained.
pub(crate) fn help(topic: Topic, code: &str) -> Option<String> {
    let found = TABLE
        .iter()
        .find(|((of, known), _)| *of == topic && *known == code);
    found.map(|(_, anchor)| at(anchor))
}

fn at(anchor: &str) -> String {
    let page = url(&slug(DOCUMENT).unwrap_or_default());
    format!("{page}#{anchor}")
}

/// Where an answer is explained: by its code, else by its family.
pub(crate) fn of_error(error: &AppError) -> String {
    help(Topic::Code, error.code()).unwrap_or_else(|| at(family(error.kind())))
}

pub(super) fn family(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Rule(Kind::NotSignedIn) => "not-signed-in",
        ErrorKind::Rule(Kind::Forbidden) => "a-right-that-your-role-lacks",
        ErrorKind::Rule(Kind::FreshSignInNeeded) => "confirm-who-you-are",
        ErrorKind::Rule(Kind::NotFound) | ErrorKind::NoRoute => "not-found",
        ErrorKind::Rule(Kind::Conflict) => "somebody-changed-it-meanwhile",
        ErrorKind::Rule(Kind::NotCapable) => "the-device-cannot-do-it",
        ErrorKind::Rule(Kind::TooMany { .. } | Kind::Overloaded) => "too-many-tries",
        ErrorKind::Rule(Kind::Invalid)
        | ErrorKind::BadRequest
        | ErrorKind::MethodNotAllowed
        | ErrorKind::TooLarge
        | ErrorKind::UnsupportedMediaType => "input-that-cannot-be-used",
        ErrorKind::Rule(Kind::Unavailable | Kind::Internal) | ErrorKind::Timeout => {
            "the-server-cannot-do-it-now"
        }
    }
}
