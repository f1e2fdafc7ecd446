//! API tokens: prefix and 256 random bits, shown once, only the hash stored (security S14).
//!
//! A token holds no more than its maker and its account, lives 400 days at most, and reaches its account's
//! subtree or a smaller one.

mod actor;
mod create;
mod revoke;
mod view;

pub use actor::actor_for_token;
pub use create::{NewToken, create_token};
pub use revoke::revoke_token;
pub use view::{TokenView, list_all_tokens, list_tokens, tokens_of};

/// Every token begins so, which lets scanners find leaked ones.
pub const PREFIX: &str = "tillsyn_";
/// The longest life of a token.
pub const MOST_DAYS: i64 = 400;
