//! What tools of the NanoMDM family ask of us, in their own ids and words; everything goes through the same
//! doors as the API's (sheet of the family's interface).

mod enqueue;
pub(crate) mod hook;
mod ids;
mod outcome;
mod pushed;
mod unlock;
mod wake;

pub use enqueue::{ToolCommand, enqueue};
pub use outcome::{Asked, Outcome};
pub use unlock::{AppleAnswer, UnlockForm, unlock};
pub use wake::wake;

/// Enrollments that one request may name.
pub const MOST_IDS: usize = 1_000;
