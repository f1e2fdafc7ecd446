//! Single sign-on: people sign in at an identity provider, which says who they are and to which groups they belong;
//! the first mapping that names one of the groups gives role and unit. OpenID Connect with code and PKCE (security
//! S16). Whoever keeps providers gives rights by them: what gives mighty ones is for a second person.
//!
//! A sign-in in four steps: [`begin`] keeps what only this browser may come back with; [`finish`] takes it, once, and
//! asks the provider; [`claims`] decides what its answer is worth; [`arrive`] makes or changes the account and begins
//! the session, in one transaction.

mod arrive;
mod begin;
mod change;
mod check;
mod claims;
mod clients;
mod fault;
mod finish;
mod input;
mod people;
mod provider;
mod save;
mod store;

pub(in crate::accounts) use arrive::comes_by_provider_in;
pub use begin::{
    Way, begin_confirm_at_provider, begin_sign_in_at_provider, portal_redirect_uri, redirect_uri,
};
pub(crate) use change::carry_in as carry_provider_in;
pub use change::{ProviderChange, create_provider, save_provider};
pub(crate) use clients::Providers;
pub use clients::{ProviderProblem, ProviderReport};
pub use finish::{Arrival, Arrived, ProviderAnswer, finish_at_provider};
pub use input::ProviderInput;
pub use people::{portal_buttons, portal_confirm_buttons};
pub use provider::{
    Mapping, Provider, SignInButton, check_provider, confirm_buttons, list_providers, provider,
    sign_in_buttons,
};
pub use save::remove_provider;

#[cfg(test)]
mod tests;
