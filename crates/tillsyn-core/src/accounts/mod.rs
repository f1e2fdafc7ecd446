//! Administrators: the first account by one-time code, passwords, passkeys, authenticator apps and recovery
//! codes, identity providers, sessions, guessing limits (security S10 to S13, S15 to S17).

mod bootstrap;
mod caller;
mod ceremony;
mod confirm;
mod factor;
mod guess;
mod known;
mod manage;
mod names;
mod oidc;
mod own_password;
mod passkey;
mod password;
pub mod portal;
mod preferences;
mod recovery;
mod rescue;
mod session;
mod sessions;
mod sign_in;
mod store;
mod totp;

pub use bootstrap::{
    InitInput, create_first_account, initialise, is_initialised, needs_first_account,
    new_bootstrap_code,
};
pub use caller::{Caller, Door};
pub(crate) use caller::{network_of, prefix_of};
pub use confirm::{Proof, confirm, confirm_account};
pub use factor::{Demand, Factors};
pub(crate) use guess::{Guesses, blocked, failed, reserve, succeeded, undo};
pub use manage::{
    AccountChange, AccountDetail, AccountEdit, AccountFilter, NewAccount, PLATFORMS, Welcome,
    account, change_account, count_accounts, count_second_steps, create_account, disable_account,
    enable_account, list_accounts, make_account, new_welcome, reach, reset_account, take_welcome,
    welcome,
};
pub(crate) use manage::{
    carry_account_in, owner_left_in, reach_in, same_platform, submit_account_in,
};
pub use names::account_names;
pub use oidc::{
    Arrival, Arrived, Mapping, Provider, ProviderAnswer, ProviderChange, ProviderInput,
    ProviderProblem, ProviderReport, SignInButton, Way, begin_confirm_at_provider,
    begin_sign_in_at_provider, check_provider, confirm_buttons, create_provider,
    finish_at_provider, list_providers, portal_buttons, portal_confirm_buttons,
    portal_redirect_uri, provider, redirect_uri, remove_provider, save_provider, sign_in_buttons,
};
pub(crate) use oidc::{Providers, carry_provider_in};
pub use own_password::change_password;
pub use passkey::{
    Asked, PasskeyView, add_passkey, begin_passkey, begin_passkey_confirm, begin_passkey_sign_in,
    confirm_with_passkey, own_passkeys, passkey_party, remove_passkey, rename_passkey,
    sign_in_with_passkey,
};
pub(crate) use password::{NONE as NO_PASSWORD, hash_secret, verify_secret};
pub use preferences::change_preferences;
pub use recovery::new_recovery_codes;
pub use rescue::{Rescue, rescue_account, rescued_account, use_rescue};
pub use session::{Method, NewSession, Session, resume, sign_out};
pub use sessions::{
    SessionView, end_other_sessions, end_own_session, end_sessions_of, own_sessions, sessions_of,
};
pub use sign_in::{SecondStep, SignedIn, second_step, sign_in, sign_in_with_code};
pub use store::AccountView;
pub(crate) use store::{OPENED, VOUCHED, end_sessions_in, end_sessions_of_role_in, standing};
pub use totp::{AddedFactor, PendingApp, begin_app, confirm_app, pending_app, remove_app};

#[cfg(test)]
mod tests;
