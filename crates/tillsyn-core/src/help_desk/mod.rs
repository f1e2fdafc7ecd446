//! The help desk's view: who somebody is by whatever they say, how it stands with them, and the next useful
//! act. It shows what its reader may see anyway, in one place, and acts through the functions of others.

mod desk;
mod find;
mod next;
#[cfg(test)]
mod tests;
mod unlock;

pub use desk::{AccountState, Desk, DeskAttempt, desk};
pub(crate) use find::invitations;
pub use find::{Hit, HitKind, find};
pub use next::{DeviceFacts, Facts, InvitationFacts, NextAct, Trouble, next_act};
pub use unlock::unlock_sign_in;
