//! What can still be taken back, and the form that does it. A short-lived cookie carries its kind and ids from the act
//! to the page after it. Whoever forges one is shown a button to a route that decides anew who may do what.

use axum::response::Response;
use http::{HeaderMap, header};
use tillsyn_core::commands::Enqueued;
use tillsyn_core::groups::{Member, MemberKind};
use tillsyn_core::ids::{CommandId, DeviceId, GroupId, PersonId, ProfileId};

use super::notice::{self, Told};
use crate::state::AppState;
use crate::ui::{UndoForm, urls};

pub(super) const COOKIE: &str = "tillsyn-undo";
pub(super) const LIFE_SECS: u32 = 120;

/// An act with an inverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undo {
    /// One command was queued.
    Command(DeviceId, CommandId),
    /// A profile went out of use.
    Archived(ProfileId),
    MemberAdded(GroupId, Member),
    MemberRemoved(GroupId, Member),
}

impl Undo {
    /// Of what was just queued. What several devices get, and what waited already, is not taken back with one press.
    pub(crate) fn of(made: &Enqueued) -> Option<Self> {
        match made.commands.as_slice() {
            [command] if !command.merged => {
                Some(Self::Command(command.device_id.clone(), command.id.clone()))
            }
            _ => None,
        }
    }

    fn value(&self) -> String {
        match self {
            Self::Command(device, command) => format!("command.{device}.{command}"),
            Self::Archived(profile) => format!("archived.{profile}"),
            Self::MemberAdded(group, member) => {
                format!("added.{group}.{}.{}", member.kind.as_str(), member.id)
            }
            Self::MemberRemoved(group, member) => {
                format!("removed.{group}.{}.{}", member.kind.as_str(), member.id)
            }
        }
    }

    fn from_value(value: &str) -> Option<Self> {
        let parts: Vec<&str> = value.split('.').collect();
        match parts.as_slice() {
            ["command", device, command] => Some(Self::Command(
                DeviceId::parse(device)?,
                CommandId::parse(command)?,
            )),
            ["archived", profile] => Some(Self::Archived(ProfileId::parse(profile)?)),
            ["added", group, kind, id] => {
                Some(Self::MemberAdded(GroupId::parse(group)?, member(kind, id)?))
            }
            ["removed", group, kind, id] => Some(Self::MemberRemoved(
                GroupId::parse(group)?,
                member(kind, id)?,
            )),
            _ => None,
        }
    }

    /// The form, to a route that asks permission, unit and state itself.
    fn form(self) -> UndoForm {
        let (action, fields) = match self {
            Self::Command(device, command) => (
                urls::command_withdraw(device.as_str(), command.as_str()),
                Vec::new(),
            ),
            Self::Archived(profile) => (
                urls::profile_archive(profile.as_str()),
                vec![("want", "restore".to_owned())],
            ),
            Self::MemberAdded(group, member) => (
                urls::group_members(group.as_str()),
                vec![("remove", member.id)],
            ),
            Self::MemberRemoved(group, member) => (
                urls::group_members(group.as_str()),
                vec![("add", member.id)],
            ),
        };
        UndoForm {
            action,
            fields,
            label: String::new(),
        }
    }
}

fn member(kind: &str, id: &str) -> Option<Member> {
    let kind = MemberKind::parse(kind)?;
    let id = match kind {
        MemberKind::Device => DeviceId::parse(id)?.to_string(),
        MemberKind::Person => PersonId::parse(id)?.to_string(),
    };
    Some(Member { kind, id })
}

/// Sends the browser to a page that says what happened, and offers to take it back where it can be.
pub(crate) fn go_undo(state: &AppState, to: &str, told: Told, undo: Option<&Undo>) -> Response {
    let mut answer = notice::go(state, to, told);
    if let Some(undo) = undo {
        let cookie = notice::strict_cookie(state, COOKIE, &undo.value(), LIFE_SECS);
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// The form for the notice of this page, if it carries one.
pub(super) fn form_of(headers: &HeaderMap) -> Option<UndoForm> {
    let undo = Undo::from_value(notice::cookie(headers, COOKIE)?)?;
    Some(undo.form())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undo_survives_its_cookie_and_nothing_else_does() {
        let id = "0190a5a4-7a3c-7c1e-8b6f-3f3d2c1b0a99";
        for value in [
            format!("command.{id}.{id}"),
            format!("archived.{id}"),
            format!("added.{id}.device.{id}"),
            format!("removed.{id}.person.{id}"),
        ] {
            let undo = Undo::from_value(&value);
            assert_eq!(undo.map(|undo| undo.value()), Some(value));
        }
        for odd in [
            String::new(),
            format!("{id}.{id}"),
            format!("erase.{id}.{id}"),
            format!("command.{id}"),
            format!("command.{id}.{id}.x"),
            format!("command.{id}./../{id}"),
            format!("archived.{id}\"><script>"),
            format!("added.{id}.unit.{id}"),
            format!("added.{id}.device.C02X"),
        ] {
            assert_eq!(Undo::from_value(&odd), None, "{odd}");
        }
    }
}
