//! `GET /console/commands`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::commands::{self, CauseKey, CommandFilter, CommandStatus, CommandView};
use tillsyn_core::ids::BatchId;

use super::page::{CommandRow, CommandsPage};
use super::story::{cause_of, title_of};
use super::{causes, job};
use crate::console::failure::Failure;
use crate::console::frame::{Chip, Emptiness, Filter, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{Link, page, status, urls};

/// Statuses of commands that are not over, as one filter.
pub(crate) const UNFINISHED: &str = "unfinished";
/// Those that failed within a day, as the causes count them.
pub(crate) const FAILED_TODAY: &str = "failed_today";
/// What narrows the list.
pub(super) const KEPT: [&str; 4] = ["status", "reason", "contact", "batch"];

/// The act on several devices that an address is about.
pub(super) fn batch(query: &urls::Query) -> Result<Option<BatchId>, Error> {
    let asked = query.get("batch").filter(|asked| !asked.is_empty());
    let id = |asked| BatchId::parse(asked).ok_or_else(|| Error::not_found("command_batch"));
    asked.map(id).transpose()
}

pub(super) fn filter(query: &urls::Query) -> Result<CommandFilter, Error> {
    let asked = query.get("status").unwrap_or_default();
    Ok(CommandFilter {
        status: CommandStatus::parse(asked).map(|status| status.as_str().to_owned()),
        unfinished: asked == UNFINISHED,
        failed_today: asked == FAILED_TODAY,
        reason: query.get("reason").map(str::to_owned),
        contact: query.get("contact").map(str::to_owned),
        batch_id: batch(query)?,
        ..CommandFilter::default()
    })
}

/// All commands of the person's scope, newest first; above them, while nothing narrows them, what waits by cause.
pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let query = &visitor.query;
    let asked = query.get("status").unwrap_or_default();
    let filter = filter(query)?;
    let filtered = KEPT.iter().any(|name| query.get(name).is_some());
    let at = At::of(query);
    let (waiting, failed) = if filtered || at.after().is_some() {
        (Vec::new(), Vec::new())
    } else {
        causes::of(&visitor).await?
    };
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = commands::list_commands(core, actor, filter, at.after(), None).await?;
    let shown = CommandsPage {
        job: job::of(&visitor).await?,
        waiting,
        failed,
        export: query.only(&KEPT).url(urls::COMMANDS_EXPORT),
        chips: chips(&visitor),
        statuses: statuses(&visitor, asked),
        rows: found
            .items
            .iter()
            .map(|found| row(&visitor, found))
            .collect(),
        pager: lists::pager(
            &visitor,
            urls::COMMANDS,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), filtered),
        f: visitor.frame(Place::Commands, "commands").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The cause that the list is narrowed to.
fn chips(visitor: &Visitor) -> Vec<Chip> {
    let (l, query) = (visitor.texts, &visitor.query);
    let text = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let status = text("status");
    let key = CauseKey {
        status: if status == FAILED_TODAY {
            CommandStatus::Error.as_str().to_owned()
        } else {
            status
        },
        reason: text("reason"),
        contact: text("contact"),
        batch: None,
    };
    if key.reason.is_empty() && key.contact.is_empty() {
        return Vec::new();
    }
    vec![Chip {
        label: l.t("cause"),
        values: causes::text(l, &key),
        remove: query
            .without("reason")
            .without("contact")
            .url(urls::COMMANDS),
        without: None,
    }]
}

fn statuses(visitor: &Visitor, asked: &str) -> Filter {
    let l = visitor.texts;
    let mut filter = lists::status_filter(l, "command", asked);
    for (value, text) in [
        (FAILED_TODAY, "causes-failed"),
        (UNFINISHED, "figure-waiting"),
    ] {
        let choice = crate::ui::Choice {
            value: value.to_owned(),
            text: l.t(text),
            chosen: asked == value,
        };
        filter.choices.insert(1, choice);
    }
    filter
}

fn row(visitor: &Visitor, command: &CommandView) -> CommandRow {
    let l = visitor.texts;
    let device = command.device_id.as_str();
    CommandRow {
        href: urls::command(device, command.id.as_str()),
        title: title_of(l, command),
        request_type: command.request_type.clone(),
        device: Link {
            href: urls::device(device),
            text: command.device_name.clone(),
        },
        status: status(l, "command", &command.status),
        cause: cause_of(visitor, command),
        by: words::asked_by(l, &command.actor_kind, command.actor_name.as_deref()),
        changed: l.ago(command.updated_at, &visitor.zone),
    }
}
