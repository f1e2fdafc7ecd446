//! `GET /console/devices/{id}/commands/{uuid}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value as Json;
use tillsyn_core::Error;
use tillsyn_core::commands::{self, CommandView};
use tillsyn_core::ids::CommandId;

use super::page::CommandPage;
use super::story::{again_address, cause_of, hold, hops, title_of, withdraw_address};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::docs::{Topic, help};
use crate::ui::{Link, page, status, urls};

/// One command with every transition.
pub(crate) async fn show(
    visitor: Visitor,
    Path((device, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let command = find(&visitor, &device, &id).await?;
    let l = visitor.texts;
    let count = |status: &str| {
        let steps = command.transitions.iter();
        steps.filter(|step| step.status == status).count()
    };
    let shown = CommandPage {
        device: Link {
            href: urls::device(command.device_id.as_str()),
            text: command.device_name.clone(),
        },
        title: title_of(l, &command),
        request_type: command.request_type.clone(),
        uuid: command.id.to_string(),
        status: status(l, "command", &command.status),
        cause: cause_of(&visitor, &command),
        help: explained(&command),
        by: words::asked_by(l, &command.actor_kind, command.actor_name.as_deref()),
        reason: command
            .reason
            .clone()
            .map_or_else(String::new, |reason| words::reason(l, &reason)),
        job: (command.targets > 1).then(|| Link {
            href: urls::commands_of(&command.batch_id),
            text: l.tn("cause-devices", command.targets),
        }),
        created: l.ago(command.created_at, &visitor.zone),
        pushes: l.number(count("push_sent")),
        deliveries: l.number(command.deliveries),
        hops: hops(&visitor, &command),
        hold: hold(&visitor, &command),
        withdraw: withdraw_address(&visitor, &command),
        again: again_address(&visitor, &command),
        sent_message: sent(&command),
        answer_message: command.result.as_ref().map_or_else(String::new, pretty),
        f: visitor
            .frame(Place::Commands, &format!("command:{}", command.id))
            .await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// By its cause, else by its status.
fn explained(command: &CommandView) -> String {
    let cause = command.status_reason.as_deref().unwrap_or_default();
    let found = help(Topic::Reason, cause);
    found
        .or_else(|| help(Topic::Reason, &command.status))
        .unwrap_or_default()
}

/// The command of this device; a command of another one is not at this address.
pub(super) async fn find(
    visitor: &Visitor,
    device: &str,
    id: &str,
) -> Result<CommandView, Failure> {
    let missing = || Error::not_found("command");
    let id = CommandId::parse(id).ok_or_else(missing)?;
    let command = commands::command(visitor.core(), visitor.actor(), &id).await?;
    if command.device_id.as_str() == device {
        return Ok(command);
    }
    Err(missing().into())
}

fn sent(command: &CommandView) -> String {
    let request = command.request.as_ref();
    request
        .and_then(|request| serde_json::to_value(request).ok())
        .map_or_else(String::new, |value| pretty(&value))
}

fn pretty(value: &Json) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
