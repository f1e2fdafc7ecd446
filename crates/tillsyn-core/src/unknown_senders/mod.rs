//! Devices that our own authority gave a certificate and that nothing here knows any more: those that enrolled
//! between a backup and its restore (security S40). They are refused and counted, an alarm says how many, and an
//! administrator takes them in again.
//!
//! Nothing is taken in by itself: our certificates name an issuance, not a device, so that what a sender says of
//! itself is its claim alone.

mod check;
mod knock;
mod list;
mod preview;
mod readopt;

use crate::actor::{Actor, Permission};
use crate::error::Error;

pub use check::{MOST_READOPTED, PLATFORMS};
pub(crate) use knock::{Knock, gauge, note_in};
pub use list::{UnknownSender, list_unknown};
pub use preview::{PreviewedSender, ReadoptionPreview, preview_readopt};
pub use readopt::{Readoption, Report, Skipped, Taken, readopt};

/// Whether the actor may take devices in, if they reach the whole organisation.
pub fn may_readopt(actor: &Actor) -> bool {
    actor.holds(Permission::EnrollmentsMove) && refuse_limited(actor).is_ok()
}

/// All of them are Apple devices: whoever looks after another platform has nothing to do with them.
fn refuse_limited(actor: &Actor) -> Result<(), Error> {
    if actor.platform.as_deref().is_none_or(|own| own == "apple") {
        return Ok(());
    }
    let text = "This role is limited to another platform.";
    Err(Error::forbidden("platform_scope", text))
}
