//! Invitations and enrollment attempts.

mod attempt;
mod attempts;
mod bounced;
mod create;
mod invitation;
mod invitations;
mod new_form;
mod page;
mod renew_pin;
mod resend;
mod revoke;

pub use page::{
    AttemptConsent, AttemptFailure, AttemptPage, AttemptRow, AttemptStep, AttemptsPage,
    InvitationPage, InvitationRow, InvitationSecret, InvitationsPage, NewInvitationPage,
};

pub(super) use attempt::attempt;
pub(super) use attempts::attempts;
pub(super) use bounced::bounced;
pub(super) use create::create;
pub(super) use invitation::invitation;
pub(super) use invitations::{enrollment, invitations};
pub(super) use new_form::new_invitation;
pub(super) use renew_pin::renew_pin;
pub(super) use resend::resend;
pub(super) use revoke::revoke;
