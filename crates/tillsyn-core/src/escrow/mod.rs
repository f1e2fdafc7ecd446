//! Escrowed secrets: what unlocks a device, its disk or its account when nobody else can.
//!
//! Every secret is sealed, dated and never overwritten: the newest is the one that counts, the older ones
//! stay, because a device may answer to any of them. The server uses only those of the active enrollment;
//! people may see all that were kept for the device, whatever happened to its enrollments.

mod filevault;
mod kind;
mod limits;
mod on_result;
mod policy;
mod reveal;
mod rotate;
mod store;
mod view;

pub use filevault::filevault_certificate;
pub use kind::{Group, Kind};
pub use policy::{EscrowPolicy, escrow_policy, set_escrow_policy};
pub use reveal::{Reveal, Revealed, Rotation, reveal};
pub use rotate::{can_rotate, rotate};
pub use view::{EscrowView, RevealView, find_escrow, list_escrow};

pub(crate) use filevault::{certificate_in, ensure_certificate};
pub(crate) use on_result::{ResultContext, on_failure_in, on_locked_in, on_result_in};
pub(crate) use policy::policy_in;
pub(crate) use reveal::confirm_person;
pub(crate) use store::{
    NewSecret, Secret, forget_in, is_kept_in, newest_in, propose_in, put_in, settle_unanswered,
};

#[cfg(test)]
mod tests;
