//! Commands: the one door into a queue, the guard in front of it, and every transition afterwards.
//!
//! Console, API, CLI and the server's own work all call [`enqueue`]; nothing else inserts a command
//! (architecture §3.2). A command leaves the queue only by a recorded result, cancel, supersede or expiry.

mod available;
mod batch;
mod cancel;
mod catalogue;
mod causes;
mod channel;
mod door;
mod form;
pub(crate) mod guard;
mod hold;
mod insert;
mod named;
mod preview;
mod put;
mod raw;
mod replace;
mod request;
mod restored;
mod status;
pub(crate) mod store;
mod view;

pub use available::{Available, available};
pub use batch::{BatchProgress, batch_progress};
pub use cancel::cancel_command;
pub use catalogue::{CommandType, Family, Item, Parameter, ParameterKind};
pub use causes::{
    Cause, CauseKey, Causes, MOST_WITHDRAWN, WithdrawPreview, causes, preview_withdraw,
    withdraw_cause,
};
pub use channel::Channel;
pub use door::{Confirmation, NewCommand, enqueue, enqueue_in_campaign, enqueue_on};
pub use form::Form;
pub use guard::{Budget, HeldReason};
pub use hold::{HeldBatch, end_hold, held_batches, list_held_batches};
pub use insert::{Enqueued, EnqueuedCommand};
pub use preview::{Preview, PreviewTarget, preview, preview_on};
pub use raw::Raw;
pub use request::{Act, Asked, Request};
pub use status::CommandStatus;
pub use view::{
    CommandFilter, CommandView, NO_REASON, TransitionView, command, commands_of_device,
    list_commands,
};

pub(crate) use cancel::{withdraw_in, withdraw_of_in};
pub(crate) use door::{ask_where_able_in, digest_of};
pub(crate) use guard::fleet_size;
pub(crate) use hold::{
    Withdrawn, release_due_holds, release_in, waiting_devices_in, withdraw_batch_in,
};
pub(crate) use named::{Named, NamedDone, named_in, unknown};
pub(crate) use put::put_in;
pub(crate) use restored::withdraw_restored_in;
