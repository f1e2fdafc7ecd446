//! Administrators: the first account by one-time code, passwords, sessions, guessing limits
//! (security S10, S12, S13, S15, S17).

mod bootstrap;
mod confirm;
mod create;
mod guess;
mod names;
mod password;
mod session;
mod store;

pub use bootstrap::{
    InitInput, create_first_account, initialise, is_initialised, needs_first_account,
    new_bootstrap_code,
};
pub use confirm::confirm_account;
pub use create::{NewAccount, create_account};
pub(crate) use guess::{Guesses, blocked, failed, succeeded};
pub use names::account_names;
pub(crate) use password::{hash_secret, verify_secret};
pub use session::{
    NewSession, Session, change_preferences, confirm_password, resume, sign_in, sign_out,
};
pub use store::AccountView;
pub(crate) use store::standing;

#[cfg(test)]
mod tests;
