//! Check-in messages: what a device sends to `CheckInURL`, and the replies that have a body.
//!
//! [`CheckIn::parse`] reads any of them; each type also writes itself, for simulated devices.

mod authenticate;
mod check_out;
mod declarative_management;
mod get_bootstrap_token;
mod get_token;
mod ids;
mod message;
mod return_to_service;
mod set_bootstrap_token;
mod token_update;
mod user_authenticate;

pub use authenticate::Authenticate;
pub use check_out::CheckOut;
pub use declarative_management::DeclarativeManagement;
pub use get_bootstrap_token::GetBootstrapToken;
pub use get_token::{GetToken, TokenParameters};
pub use ids::Ids;
pub use message::CheckIn;
pub use return_to_service::ReturnToService;
pub use set_bootstrap_token::SetBootstrapToken;
pub use token_update::TokenUpdate;
pub use user_authenticate::UserAuthenticate;

#[cfg(test)]
mod tests;
