//! Declarative management answered by another server, as a choice of each enrollment: what the device asks is
//! handed on, and it hears what was answered.
//!
//! This is the one call to somebody else within a device's request. It stays bounded: it begins after the commit, with
//! nothing of the database held, takes five seconds at most, goes where webhooks may go, and stops being tried while
//! the server does not answer.

mod breaker;
mod call;
mod setting;
mod target;

pub(crate) use call::{Forwarder, Heard, Question, ask};
pub use setting::{ForwardView, NewForward, clear_forward, find_forward, set_forward};
pub(crate) use target::endpoint_url;
