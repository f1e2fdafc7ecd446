//! The next useful act in words, with the button that does it: through a form or page that there is anyway,
//! and only for whoever may.

use tillsyn_core::Permission as P;
use tillsyn_core::help_desk::NextAct;

use crate::i18n::{Texts, key};
use crate::portal::enroll::Failure;
use crate::ui::urls;

/// What the page says of it.
#[derive(Clone, Debug, Default)]
pub struct Advice {
    /// Nothing is to be done.
    pub calm: bool,
    pub title: String,
    pub text: String,
    pub button: Button,
}

/// What does it.
#[derive(Clone, Debug, Default)]
pub enum Button {
    #[default]
    None,
    /// The reader may not.
    Refused,
    Link {
        href: String,
        label: String,
    },
    Form {
        action: String,
        label: String,
        /// A field that the form needs beside its token.
        field: Option<(&'static str, String)>,
    },
}

/// An act that is there whatever comes next: the form of another page, whose rights and checks are those of that page.
#[derive(Clone, Debug, Default)]
pub struct DeskAct {
    pub action: String,
    pub icon: &'static str,
    pub label: String,
    /// What it is done to, for whoever hears the buttons one by one.
    pub of: String,
    /// The person whose desk shows itself again; empty where the answer is a page of its own.
    pub back: String,
}

/// The field that leads back to the desk.
pub(super) const BACK: &str = "back";

/// The advice for a person, as far as the reader may follow it.
pub(super) fn advice(l: Texts, person: &str, next: &NextAct, may: impl Fn(P) -> bool) -> Advice {
    let (title, text) = match next {
        NextAct::Nothing => (key("desk-nothing"), key("desk-nothing-text")),
        NextAct::Activate => (key("desk-activate"), key("desk-activate-text")),
        NextAct::UnlockSignIn => (key("desk-unlock"), key("desk-unlock-text")),
        NextAct::SendPasswordLink => (key("desk-password"), key("desk-password-text")),
        NextAct::GivePassword => (key("desk-give-password"), key("desk-give-password-text")),
        NextAct::NewPin { .. } => (key("desk-pin"), key("desk-pin-text")),
        NextAct::NewProfile { .. } => (key("desk-profile"), key("desk-profile-text")),
        NextAct::Remedy { .. } => (key("desk-remedy"), key("desk-remedy-text")),
        NextAct::ResendInvitation { .. } => (key("desk-resend"), key("desk-resend-text")),
        NextAct::Invite => (key("desk-invite"), key("desk-invite-text")),
        NextAct::EnrollAgain { .. } => (key("desk-again"), key("desk-again-text")),
        NextAct::RenewPush { .. } => (key("desk-push"), key("desk-push-text")),
        NextAct::AskCheckIn { .. } => (key("desk-ask"), key("desk-ask-text")),
        NextAct::LostMode { .. } => (key("desk-lost"), key("desk-lost-text")),
    };
    let text = match next {
        NextAct::Remedy { cause, .. } => Failure::from_value(cause)
            .unwrap_or(Failure::Server)
            .remedy_for_administrator(l),
        _ => l.t(text),
    };
    let (needs, button) = button(l, person, next);
    let button = if needs.is_none_or(may) {
        button
    } else {
        Button::Refused
    };
    Advice {
        calm: *next == NextAct::Nothing,
        title: l.t(title),
        text,
        button,
    }
}

fn button(l: Texts, person: &str, next: &NextAct) -> (Option<P>, Button) {
    let link = |href: String, label: &str| Button::Link {
        href,
        label: l.t(label),
    };
    let form = |action: String, label: &str, field| Button::Form {
        action,
        label: l.t(label),
        field,
    };
    let back = Some((BACK, person.to_owned()));
    match next {
        NextAct::Nothing => (None, Button::None),
        NextAct::Activate => (
            Some(P::PeopleWrite),
            form(
                urls::person_status(person),
                key("desk-activate-act"),
                Some(("status", "active".to_owned())),
            ),
        ),
        NextAct::UnlockSignIn => (
            Some(P::PeopleWrite),
            form(urls::person_unlock(person), key("desk-unlock-act"), None),
        ),
        NextAct::SendPasswordLink => (
            Some(P::PeopleWrite),
            form(
                urls::person_sign_in(person, "link"),
                key("person-sign-in-send"),
                back,
            ),
        ),
        NextAct::GivePassword => (
            Some(P::PeopleWrite),
            link(urls::person(person), key("desk-open-person")),
        ),
        NextAct::NewPin { invitation } => (
            Some(P::InvitationsWrite),
            form(
                urls::invitation_renew_pin(invitation),
                key("desk-pin-act"),
                None,
            ),
        ),
        NextAct::ResendInvitation { invitation } => (
            Some(P::InvitationsWrite),
            form(
                urls::invitation_resend(invitation),
                key("invite-resend"),
                None,
            ),
        ),
        NextAct::NewProfile { invitation } | NextAct::Remedy { invitation, .. } => (
            Some(P::InvitationsRead),
            link(urls::invitation(invitation), key("desk-open-invitation")),
        ),
        NextAct::Invite | NextAct::EnrollAgain { .. } => (
            Some(P::InvitationsWrite),
            link(urls::INVITATION_NEW.to_owned(), key("desk-invite-act")),
        ),
        NextAct::RenewPush { .. } => (
            Some(P::PushRead),
            link(urls::PUSH.to_owned(), key("desk-push-act")),
        ),
        NextAct::AskCheckIn { device } => (
            Some(P::DevicesQuery),
            form(urls::device_refresh(device), key("desk-ask-act"), back),
        ),
        NextAct::LostMode { device } => (
            Some(P::DevicesLostMode),
            link(
                urls::device_send_one(device, "EnableLostMode"),
                key("desk-lost-act"),
            ),
        ),
    }
}
