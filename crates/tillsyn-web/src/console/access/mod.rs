//! Getting in and out: sign-in, the first administrator, the password once more, language and theme.

mod confirm;
mod first_administrator;
mod page;
mod preferences;
mod sign_in;
mod sign_out;

pub use page::{ConfirmPage, FirstAdministratorPage, SignInPage};

pub(super) use confirm::{ask_password, take_password};
pub(super) use first_administrator::{create_first, first_form};
pub(super) use preferences::change_preferences;
pub(super) use sign_in::{sign_in, sign_in_form};
pub(super) use sign_out::sign_out;
