//! Sending invitations: to some, to a group, to a file; who is where; and how the organisation invites.

mod batch;
mod batches;
mod page;
mod pins;
mod policy;
mod send;
pub(super) mod words;

pub use page::{
    BatchLine, BatchPage, BatchesPage, PersonLine, PinLine, PinsPage, PolicyLine, PolicyPage,
    SendFields, SendPage, StepLink,
};

pub(super) use batch::{batch_file, batch_page, begin, cancel, resend};
pub(super) use batches::batches;
pub(super) use pins::pins;
pub(super) use policy::{change_policy, policy_page};
pub(super) use send::{send, send_form};
