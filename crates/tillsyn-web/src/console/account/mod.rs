//! One's own account: password, passkeys, authenticator app, recovery codes, sessions.

mod app;
mod codes;
mod page;
mod passkeys;
mod password;
mod sessions;
mod show;
mod words;

pub use page::{AccountPage, AppPage, PasskeyRow, RecoveryCodesPage, SessionRow};
pub(crate) use words::{browser, method};

pub(super) use app::{app_form, begin_app, confirm_app, remove_app};
pub(super) use codes::new_codes;
pub(super) use passkeys::{add_passkey, ask_passkey, remove_passkey, rename_passkey};
pub(super) use password::change_password;
pub(super) use sessions::{end_others, end_session};
pub(super) use show::account_page;
