//! Requests to addresses that people chose (security S28): https, to public addresses only unless the
//! configuration opens others, each address checked when the connection is made, no redirects, little
//! time and little of the answer.

mod address;
mod allowed;
mod ask;
mod client;
mod resolve;
#[cfg(test)]
mod tests;

pub use address::is_public;
pub use allowed::{Allowed, NoTarget};
pub use ask::{Ask, Reply};
pub use client::{Hook, HookClient, HookOutcome};
pub use resolve::{Lookup, LookupAnswer};
