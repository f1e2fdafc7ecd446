//! A command's story in words.

use tillsyn_core::Permission;
use tillsyn_core::commands::{CommandStatus, CommandType, CommandView, Parameter, Request};

use super::page::command_title;
use crate::console::device::{CommandEntry, Deadline, Hop};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::{Texts, Zone};
use crate::ui::{Tone, status, urls};

/// What it does.
pub(crate) fn title_of(l: Texts, command: &CommandView) -> String {
    if command.act.as_deref() == Some("retire") {
        return words::act(l, "Retire");
    }
    let name = match &command.request {
        Some(
            Request::InstallProfile {
                identifier, name, ..
            }
            | Request::InstallVersion {
                identifier, name, ..
            },
        ) => name.as_deref().unwrap_or(identifier),
        Some(Request::RemoveProfile { identifier }) => identifier,
        _ => "",
    };
    command_title(l, &command.request_type, name)
}

/// What it waits for, or how it ended.
pub(crate) fn cause_of(visitor: &Visitor, command: &CommandView) -> String {
    cause_in((visitor.texts, &visitor.zone), command)
}

/// The same for whoever is no page.
pub(super) fn cause_in((l, zone): (Texts, &Zone), command: &CommandView) -> String {
    let reason = command.status_reason.as_deref().unwrap_or_default();
    let until = command.held_until;
    let until = until.map_or_else(String::new, |at| l.moment(at, zone).text);
    words::transition(l, &command.status, reason, &said(command), &until)
}

/// The device's first error, in the vendor's words.
fn said(command: &CommandView) -> String {
    let chain = command.error_chain.as_ref();
    let Some(first) = chain.and_then(|chain| chain.get(0)) else {
        return String::new();
    };
    let text = |name: &str| first[name].as_str().unwrap_or_default();
    let words = [
        text("us_english_description"),
        text("localized_description"),
    ]
    .into_iter()
    .find(|text| !text.is_empty());
    let code = format!("{} {}", text("error_domain"), first["error_code"]);
    words.map_or_else(|| code.clone(), |words| format!("{words} ({code})"))
}

/// Its transitions, oldest first.
pub(super) fn hops(visitor: &Visitor, command: &CommandView) -> Vec<Hop> {
    let l = visitor.texts;
    let last = command.transitions.len().saturating_sub(1);
    command
        .transitions
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let status = status(l, "command", &step.status);
            let reason = step.reason.as_deref().unwrap_or_default();
            let text = if at == last {
                cause_of(visitor, command)
            } else {
                words::transition(l, &step.status, reason, "", "")
            };
            Hop {
                tone: match status.tone {
                    // What is over and done is no longer awaited.
                    Tone::Warn if at < last => Tone::Info,
                    tone => tone,
                },
                when: l.moment(step.at, &visitor.zone),
                word: status.text,
                text,
            }
        })
        .collect()
}

/// The end of its hold, while it runs.
pub(super) fn hold(visitor: &Visitor, command: &CommandView) -> Option<Deadline> {
    let at = command.held_until.filter(|_| command.status == "held")?;
    let secs = (at - visitor.zone.now_ms).max(0) / 1000;
    Some(Deadline {
        when: visitor.texts.moment(at, &visitor.zone),
        left: format!("{}:{:02}", secs / 60, secs % 60),
    })
}

/// Address to withdraw it; empty when it is too late or not allowed.
pub(super) fn withdraw_address(visitor: &Visitor, command: &CommandView) -> String {
    let in_time =
        CommandStatus::parse(&command.status).is_some_and(CommandStatus::can_be_cancelled);
    let of_act = match command.act.as_deref() {
        None => Permission::CommandsCancel,
        Some("retire") => Permission::DevicesRetire,
        Some(_) => CommandType::of(&command.request_type)
            .map_or(Permission::CommandsRaw, |kind| kind.permission),
    };
    if in_time && (visitor.may(Permission::CommandsCancel) || visitor.may(of_act)) {
        return urls::command_withdraw(command.device_id.as_str(), command.id.as_str());
    }
    String::new()
}

/// Address to send it again: only what needs no file and no confirmation, and did not succeed.
pub(super) fn again_address(visitor: &Visitor, command: &CommandView) -> String {
    let failed = matches!(command.status.as_str(), "error" | "expired" | "cancelled");
    let permission = match (&command.request, &command.act) {
        (Some(request), None) if failed => permission(request),
        _ => None,
    };
    if permission.is_some_and(|permission| visitor.may(permission)) {
        return urls::command_again(command.device_id.as_str(), command.id.as_str());
    }
    String::new()
}

fn permission(request: &Request) -> Option<Permission> {
    match request {
        Request::DeviceInformation {} | Request::SecurityInfo {} | Request::ProfileList {} => {
            Some(Permission::DevicesQuery)
        }
        Request::RemoveProfile { .. } => Some(Permission::ProfilesInstall),
        // With a secret it would have to be asked for again; that is gone.
        Request::Form(form) if !form.kind().parameters.iter().any(Parameter::has_secret) => {
            Some(form.kind().permission)
        }
        _ => None,
    }
}

/// The command as an entry of the device's timeline.
pub(crate) fn entry(visitor: &Visitor, command: &CommandView) -> CommandEntry {
    let l = visitor.texts;
    let (device, id) = (command.device_id.as_str(), command.id.as_str());
    CommandEntry {
        href: urls::command(device, id),
        status: status(l, "command", &command.status),
        title: title_of(l, command),
        request_type: command.request_type.clone(),
        by: words::asked_by(l, &command.actor_kind, command.actor_name.as_deref()),
        hops: hops(visitor, command),
        hold: hold(visitor, command),
        withdraw: withdraw_address(visitor, command),
        again: again_address(visitor, command),
    }
}
