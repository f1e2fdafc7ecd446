//! Administrators' accounts: who there is, what they may, and changes of both.
//!
//! Nobody touches an account that may more than they do, gives what they do not hold, or reaches out of their
//! subtree or platform (security S04). What makes somebody an administrator, or another one, is for a second
//! person; ending an account is not. The last owner of the organisation stays.

mod carry;
mod change;
mod check;
mod submit;
mod view;
mod welcome;

pub use change::{
    AccountChange, AccountEdit, NewAccount, change_account, create_account, disable_account,
    enable_account, make_account, reset_account,
};
pub use view::{
    AccountDetail, AccountFilter, PLATFORMS, account, count_accounts, count_second_steps,
    list_accounts, reach,
};
pub use welcome::{Welcome, new_welcome, take_welcome, welcome};

pub(crate) use carry::{carry_in as carry_account_in, owner_left_in};
pub(crate) use check::{reach_in, same_platform};
pub(crate) use submit::submit_in as submit_account_in;
