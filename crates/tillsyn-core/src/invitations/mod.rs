//! Invitations and the attempts made with them: a link, perhaps a PIN, a profile, and the flight recorder
//! that says how far each attempt came and why it failed.

mod again;
pub(crate) mod attempt;
mod batch;
mod bounced;
mod create;
mod letter;
mod mint;
mod open;
mod policy;
mod profile;
mod remind;
mod send;
mod typed;
mod view;
mod withdraw;

pub(crate) use policy::has_room_in;
pub(crate) use remind::{forget_over, remind_due};
pub(crate) use withdraw::withdraw_mailed_in;

pub use again::start_again;
pub use attempt::{
    AttemptStatus, AttemptStep, AttemptView, FAILED_TODAY, attempt, attempt_of_invitation,
    list_attempts,
};
pub use batch::{
    BatchCounts, BatchPerson, BatchPin, BatchStatus, BatchStep, BatchView, Invitees, NewBatch,
    batch, batch_people, batch_people_csv, batch_pins_csv, batch_pins_waiting, begin_batch,
    cancel_batch, create_batch, list_batches, resend_batch, take_batch_pins,
};
pub(crate) use batch::{forget_pins, run_due as run_batches};
pub use bounced::mark_bounced;
pub use create::{
    CreatedInvitation, NewInvitation, create_invitation, renew_pin, revoke_invitation,
};
pub(crate) use mint::{CODE_ALPHABET, follow_key_in};
pub(crate) use open::{How, find, launch, refuse_closed};
pub use open::{
    InvitationState, OpenInvitation, StartedAttempt, begin_on_page, describe_device, look_up,
    start_attempt,
};
pub use policy::{
    AccountRule, InvitationPolicy, PinMode, PolicyPart, PolicyView, invitation_policy,
    set_invitation_policy, unit_policies,
};
pub use profile::{SignedProfile, fetch_profile};
pub use send::{SendInvitation, SentInvitation, resend_invitation, send_invitation, send_new_pin};
pub use typed::{TypedInvitation, by_typed_code, grouped};
pub use view::{
    InvitationView, invitation, invitations_of_person, list_invitations, list_invitations_with,
};
