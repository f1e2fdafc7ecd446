//! Who may receive which command: facts of the protocol and of what may be done to a personal
//! device. Pure; consulted when a command is queued and again when it is sent.

mod extra;
mod parameters;
mod refusal;
mod row;
mod rules;

pub use refusal::{Refusal, RefusalCode};
pub(crate) use row::fits as row_fits;
pub use rules::{check, check_raw, check_request};

#[cfg(test)]
mod tests;
