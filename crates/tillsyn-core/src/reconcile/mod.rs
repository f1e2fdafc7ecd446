//! Bringing devices to what they are to have. A look compares what is wanted of a device with what is known
//! of it and puts the steps into its queues; what the device says changes what is known. Looks are asked for
//! in the transaction of whatever may change their outcome.

mod ask;
mod demand;
mod desire;
mod facts;
mod heard;
mod look;
mod observe;
pub(crate) mod request;
mod rows;
mod view;
mod worker;

pub use demand::{reconcile_device, reconcile_profile};
pub use view::{
    CommandNote, DeviceItems, ForeignProfile, ItemView, Why, WhyTarget, count_items,
    items_of_device, items_of_profile,
};
pub use worker::run_worker;

pub(crate) use ask::ask_users;
pub(crate) use desire::{personal_in, resolved};
pub(crate) use facts::on_facts_in;
pub(crate) use heard::{End, Heard, on_list_in, on_missing_in, on_not_now_in, on_result_in};
pub(crate) use observe::observed_in;
pub(crate) use request::request_in;
pub(crate) use rows::{forget_channel_in, forget_enrollment_in};
pub(crate) use worker::{again, run_due, walk_all};
