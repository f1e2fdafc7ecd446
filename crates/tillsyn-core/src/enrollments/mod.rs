//! The life of an enrollment: one table of transitions, each with its reason.

mod end;

pub(crate) use end::{end_channel_in, end_in, lapse_pending, revoke_wiped, supersede_active_in};
