//! Getting in and out: sign-in with its second step, the first administrator, the set-up of an account, the
//! proof that it is still the same person, break-glass, language and theme.

mod confirm;
mod first_administrator;
mod page;
mod passkey;
mod preferences;
mod provider;
mod rescue;
mod second;
mod set_up;
mod sign_in;
mod sign_out;

pub use page::{
    ConfirmPage, FirstAdministratorPage, RescuePage, SecondStepPage, SetUpPage, SignInPage,
};

pub(super) use confirm::{ask_confirm_passkey, ask_password, take_confirm_passkey, take_password};
pub(super) use first_administrator::{create_first, first_form};
pub(super) use passkey::{Answer, Question, ask_passkey, sign_in_passkey};
pub(super) use preferences::change_preferences;
pub(super) use provider::{back_from_provider, confirm_at_provider, sign_in_at_provider};
pub(super) use rescue::{rescue, rescue_form};
pub(super) use second::{second_form, second_step};
pub(super) use set_up::{set_up, set_up_form};
pub(super) use sign_in::{renewed, sign_in, sign_in_form};
pub(super) use sign_out::sign_out;
