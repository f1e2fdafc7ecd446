//! What tools of the NanoMDM family ask of us, in their own ids and words; everything goes through the same
//! doors as the API's (sheet of the family's interface).

mod enqueue;
pub(crate) mod forward;
pub(crate) mod hook;
pub(crate) mod ids;
mod outcome;
mod pushed;
mod unlock;
mod wake;

pub use enqueue::{ToolCommand, enqueue};
pub use forward::{ForwardView, NewForward, clear_forward, find_forward, set_forward};
pub use outcome::{Asked, Outcome};
pub use unlock::{AppleAnswer, UnlockForm, unlock};
pub use wake::wake;

/// Enrollments that one request may name.
pub const MOST_IDS: usize = 1_000;
