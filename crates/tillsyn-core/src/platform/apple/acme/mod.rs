//! ACME (RFC 8555) with `device-attest-01`, as Apple devices speak it (sheet B2 to B4). Accounts, orders
//! and spent nonces are rows, so that a device may come to another node with each request.

mod account;
mod anchors;
mod challenge;
mod finalize;
mod nonce;
mod order;
mod problem;
mod request;

pub use account::{NewAccount, new_account};
pub use challenge::answer_challenge;
pub use finalize::{certificate_chain, finalize};
pub use nonce::new_nonce;
pub use order::{AcmeOrder, AcmeStatus, new_order, order};
pub use problem::AcmeError;
pub use request::{ACCOUNT_PATH, AcmePost};
