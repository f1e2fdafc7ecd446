//! Commands: the one door into a queue, the guard in front of it, and every transition afterwards.
//!
//! Console, API, CLI and the server's own work all call [`enqueue`]; nothing else inserts a command
//! (architecture §3.2). A command leaves the queue only by a recorded result, cancel, supersede or expiry.

mod cancel;
mod door;
pub(crate) mod guard;
mod hold;
mod preview;
mod request;
mod status;
pub(crate) mod store;
mod view;

pub use cancel::cancel_command;
pub use door::{Confirmation, Enqueued, EnqueuedCommand, NewCommand, enqueue};
pub use guard::{Budget, HeldReason};
pub use hold::{HeldBatch, held_batches, list_held_batches, release_batch};
pub use preview::{Preview, PreviewTarget, preview};
pub use request::{Act, Request};
pub use status::CommandStatus;
pub use view::{
    CommandFilter, CommandView, TransitionView, command, commands_of_device, list_commands,
};

pub(crate) use door::enqueue_first_inventory_in;
pub(crate) use guard::fleet_size;
pub(crate) use hold::release_due_holds;
