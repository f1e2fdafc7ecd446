//! What unlocks or finds a device: kept secrets and their reveal, lost mode with its locations, and the
//! removal of an activation lock.

mod page;
mod reveal;
mod rotate;
mod show;
mod unlock;
mod words;

pub use page::{LocationRow, LostCard, RevealPage, SecretRow, SecretsPage, UnlockRow};

pub(super) use reveal::{ask, reveal};
pub(super) use rotate::rotate;
pub(super) use show::show;
pub(super) use unlock::unlock;
