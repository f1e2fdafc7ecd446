//! What waits, by cause: above the list of commands, and `/console/commands/withdraw` for taking back those of one.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::commands::{
    self, Cause, CauseKey, CommandStatus, MOST_WITHDRAWN, NO_REASON, preview_withdraw,
    withdraw_cause,
};
use tillsyn_core::ids::BatchId;
use tillsyn_core::{Error, Permission};

use super::list::{FAILED_TODAY, batch};
use super::page::{CauseRow, WithdrawPage, command_title};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::scope;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::{Texts, Zone};
use crate::ui::{page, status, urls};

/// The cause as one sentence.
pub(crate) fn text(l: Texts, key: &CauseKey) -> String {
    if key.batch.is_some() {
        return l.t("job-withdraw");
    }
    match (key.status.as_str(), key.contact.as_str()) {
        ("error", _) if key.reason == NO_REASON => words::transition(l, "error", "", "", ""),
        ("held", _) if key.reason == "hold" => l.t("cause-hold"),
        ("held", _) => words::held_reason(l, &key.reason, ""),
        ("error", _) => words::transition(l, "error", &key.reason, "", ""),
        (_, "unreachable") => l.t("cause-unreachable"),
        (_, "unhealthy") => l.t("cause-silent"),
        (other, _) => words::transition(l, other, "", "", ""),
    }
}

pub(crate) fn address(key: &CauseKey, path: &str) -> String {
    let batch = key.batch.as_ref().map_or("", BatchId::as_str);
    urls::Query::default()
        .with("batch", batch)
        .with("status", &key.status)
        .with("reason", &key.reason)
        .with("contact", &key.contact)
        .url(path)
}

/// The list of just those that a line counts.
fn list(key: &CauseKey) -> String {
    if key.status != CommandStatus::Error.as_str() {
        return address(key, urls::COMMANDS);
    }
    let reason = if key.reason.is_empty() {
        NO_REASON
    } else {
        &key.reason
    };
    urls::Query::default()
        .with("status", FAILED_TODAY)
        .with("reason", reason)
        .url(urls::COMMANDS)
}

/// One line of the card.
pub(crate) fn row((l, zone): (Texts, &Zone), may_withdraw: bool, cause: &Cause) -> CauseRow {
    let key = cause.key();
    let in_time = CommandStatus::parse(&key.status).is_some_and(CommandStatus::can_be_cancelled);
    CauseRow {
        status: status(l, "command", &key.status),
        text: text(l, &key),
        href: list(&key),
        commands: l.number(cause.commands),
        devices: l.tn("cause-devices", cause.devices),
        oldest: l.ago(cause.oldest, zone),
        withdraw: if may_withdraw && in_time {
            address(&key, urls::COMMANDS_WITHDRAW)
        } else {
            String::new()
        },
    }
}

/// What waits, and what failed within a day.
pub(super) async fn of(visitor: &Visitor) -> Result<(Vec<CauseRow>, Vec<CauseRow>), Failure> {
    let found = commands::causes(visitor.core(), visitor.actor()).await?;
    let may = visitor.may(Permission::CommandsCancel);
    let rows = |causes: &[Cause]| {
        let rows = causes.iter();
        rows.map(|cause| row((visitor.texts, &visitor.zone), may, cause))
            .collect()
    };
    Ok((rows(&found.waiting), rows(&found.failed)))
}

fn key_of(query: &urls::Query) -> Result<CauseKey, Error> {
    let text = |name: &str| query.get(name).unwrap_or_default().to_owned();
    Ok(CauseKey {
        status: text("status"),
        reason: text("reason"),
        contact: text("contact"),
        batch: batch(query)?,
    })
}

pub(crate) async fn withdraw_page(visitor: Visitor) -> Result<Response, Failure> {
    let (l, key) = (visitor.texts, key_of(&visitor.query)?);
    let found = preview_withdraw(visitor.core(), visitor.actor(), &key).await?;
    let types = found
        .types
        .iter()
        .map(|(kind, count)| (command_title(l, kind, ""), l.number(*count)));
    let shown = WithdrawPage {
        title: l.tn("causes-withdraw-title", found.commands),
        cause: text(l, &key),
        devices: l.tn("cause-devices", found.devices),
        types: types.collect(),
        nothing: found.commands == 0,
        more: if found.commands > MOST_WITHDRAWN {
            l.tn("causes-withdraw-most", MOST_WITHDRAWN)
        } else {
            String::new()
        },
        back: address(&key, urls::COMMANDS),
        fields: vec![
            ("status", key.status),
            ("reason", key.reason),
            ("contact", key.contact),
            (
                "batch",
                key.batch.map_or_else(String::new, |id| id.to_string()),
            ),
            ("until", found.until.to_string()),
            (
                "scope",
                visitor
                    .scope()
                    .map_or_else(String::new, ToString::to_string),
            ),
        ],
        f: visitor.frame(Place::Commands, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    status: String,
    reason: String,
    contact: String,
    batch: String,
    /// When the page was shown: what came later is not meant.
    until: i64,
    /// The unit that the page was limited to: a cause names nothing by itself.
    scope: String,
}

pub(crate) async fn withdraw_several(form: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let query = [
        ("status", fields.status),
        ("reason", fields.reason),
        ("contact", fields.contact),
        ("batch", fields.batch),
    ];
    let query = query.map(|(name, value)| (name.to_owned(), value));
    let query = urls::Query::from_pairs(query.into_iter().filter(|(_, value)| !value.is_empty()));
    let key = key_of(&query)?;
    let actor = scope::limited(&visitor, &fields.scope).await?;
    let done = withdraw_cause(visitor.core(), &actor, &key, fields.until).await?;
    let told = if done > 0 {
        Told::WithdrawnSeveral
    } else {
        Told::TooLate
    };
    let to = key.batch.map_or_else(
        || urls::COMMANDS.to_owned(),
        |batch| urls::commands_of(batch.as_str()),
    );
    Ok(go(visitor.state(), &to, told))
}
