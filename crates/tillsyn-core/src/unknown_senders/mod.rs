//! Devices that our own authority gave a certificate and that nothing here knows any more: those that enrolled
//! between a backup and its restore (security S40). They are refused and counted, an alarm says how many, and an
//! administrator takes them in again.
//!
//! Nothing is taken in by itself: our certificates name an issuance, not a device, so that what a sender says of
//! itself is its claim alone.

mod knock;
mod list;
mod readopt;

pub(crate) use knock::{Knock, gauge, note_in};
pub use list::{UnknownSender, list_unknown};
pub use readopt::{Readoption, Report, Skipped, readopt};
