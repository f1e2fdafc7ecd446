//! Enrollments that move between servers without anybody touching a device: in as JSON lines or as raw
//! check-ins of another server, out as the same JSON lines (`nanomdm-compat.md`).
//!
//! A line names the certificate, which is pinned at once. Raw check-ins name none: inside a window that an
//! administrator opens, the first certificate of a trusted authority is pinned provisionally, and nothing
//! goes out before a proof or an administrator's word.

mod export;
mod import;
mod line;
mod proof;
mod store;
mod window;

pub use export::export;
pub use import::{ImportReport, MAX_LINES, RefusedLine, import};
pub use line::{MovedEnrollment, MovedUser, SecretBytes};
pub use proof::{UnprovenView, confirm, list_unproven, reach};
pub use window::{Window, set_window, window};

pub(crate) use proof::{Proof, prove_in};
pub(crate) use store::{
    Begun, ChannelKeys, Found, HELD, activate_in, begin_in, channel_in, find_awaited_in,
    is_held_elsewhere_in, is_managed_in, topic_is_known_in,
};
pub(crate) use window::window_is_open_in;

#[cfg(test)]
mod tests;
