//! Invitations and the attempts made with them: a link, perhaps a PIN, a profile, and the flight recorder
//! that says how far each attempt came and why it failed.

mod again;
pub(crate) mod attempt;
mod create;
mod open;
mod profile;
mod view;

pub use again::start_again;
pub use attempt::{
    AttemptStatus, AttemptStep, AttemptView, attempt, attempt_of_invitation, list_attempts,
};
pub use create::{
    CreatedInvitation, NewInvitation, create_invitation, renew_pin, revoke_invitation,
};
pub use open::{
    InvitationState, OpenInvitation, StartedAttempt, describe_device, look_up, start_attempt,
};
pub use profile::{SignedProfile, fetch_profile};
pub use view::{
    InvitationView, invitation, invitations_of_person, list_invitations, list_invitations_with,
};
