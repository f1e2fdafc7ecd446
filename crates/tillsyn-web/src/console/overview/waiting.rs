//! Commands that wait, as lines of the overview.

use tillsyn_core::commands::CommandView;

use super::page::Waiting;
use crate::console::commands::{cause_of, title_of};
use crate::console::visitor::Visitor;
use crate::ui::{Link, status, urls};

pub(super) fn lines(visitor: &Visitor, commands: &[CommandView]) -> Vec<Waiting> {
    let l = visitor.texts;
    let line = |command: &CommandView| {
        let status = status(l, "command", &command.status);
        Waiting {
            tone: status.tone,
            icon: status.icon,
            device: Link {
                href: urls::device(command.device_id.as_str()),
                text: command.device_name.clone(),
            },
            command: title_of(l, command),
            word: status.text,
            cause: cause_of(visitor, command),
            age: l.ago(command.created_at, &visitor.zone),
        }
    };
    commands.iter().map(line).collect()
}
