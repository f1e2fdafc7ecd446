//! The first steps of an installation: from nothing to the first managed device. What is done is read from what is
//! there, except for the backup, which only a person can vouch for.

mod change;
mod read;

pub use change::{confirm_backup, hide_first_steps, show_first_steps};
pub use read::{Audience, Backup, FirstSteps, Step, first_steps};
