//! What needs a second person (security §6): asked for and kept with what the asker saw, then approved,
//! declined, taken back or lapsed. The change itself is made by the feature that owns it, in the transaction
//! of the decision.

mod ask;
mod carry;
mod change;
mod decide;
mod lapse;
mod people;
mod rules;
mod since;
mod status;
mod store;
mod targets;
mod view;

pub use ask::{Asked, Outcome, submit};
pub use change::Change;
pub use decide::{approve, cancel, decline};
pub use rules::Cause;
pub use since::{Moved, Since};
pub use status::ApprovalStatus;
pub use store::Preview;
pub use targets::Target;
pub use view::{ApprovalFilter, ApprovalView, DeviceLine, find, list_approvals, waiting_count};

pub(crate) use ask::{NewApproval, ask_in, cover_in};
pub(crate) use lapse::{lapse_all_in, lapse_due};
pub(crate) use people::{answerable_in, refuse_one_hand_in};
pub(crate) use rules::{is_new, no_other_person_in, second_person, who};
pub(crate) use store::{End, people_of_in, settle_in, withdraw_of_in};
pub(crate) use targets::snapshot_in;

#[cfg(test)]
mod tests;
