//! The life of an enrollment: one table of transitions, each with its reason.

mod end;
mod rest;

pub(crate) use end::{
    Arrival, end_channel_in, end_in, lapse_pending, revoke_wiped, supersede_active_in,
};
pub(crate) use rest::{let_rest, wake_in};
