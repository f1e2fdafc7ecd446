//! Backup of a running installation into one file, restore into an empty database of either engine, and the
//! move between the two (security S87). The format is in `docs/backup.md`.

mod fault;
mod file;
mod header;
mod make;
mod pipe;
mod restore;
mod serving;
mod settle;
mod state;
mod target;
mod transfer;

pub use header::Header;
pub use make::{Checked, Made, check, last_made, note_made, write};
pub use restore::{Restored, restore};
pub use serving::{Serving, running};
pub use settle::{Grants, Settled};
pub use state::refuse_unfinished;
pub use transfer::{Transferred, transfer, undo_transfer};

#[cfg(test)]
mod tests;
