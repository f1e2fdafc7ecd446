//! A client of LDAP directories (RFC 4511): simple bind, search by pages, StartTLS, who am I.
//!
//! Written for servers that are not trusted: an answer has a largest size, nesting has a largest depth, a page has
//! a largest sum, every step has its time. Nothing is read as an answer before TLS stands, and a password goes out
//! only inside of TLS. Referrals are counted and never followed.

mod ber;
mod connection;
mod control;
mod error;
mod filter;
mod message;
mod password;
mod root;
mod search;
#[cfg(test)]
mod tests;
mod tls;
pub mod values;

pub use connection::{Connection, Timeouts};
pub use control::{PasswordPolicy, PolicyError};
pub use error::{AdReason, LdapError, ResultCode};
pub use filter::{Filter, FilterError, is_attribute};
pub use message::{Attribute, Entry, Message, Op, decode};
pub use password::Password;
pub use root::{Product, RootDse};
pub use search::{Page, Scope, Search};
pub use tls::{Security, Server, Trust};
