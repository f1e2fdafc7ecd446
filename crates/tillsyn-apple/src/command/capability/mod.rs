//! Who may receive which command: facts of the protocol and of what may be done to a personal
//! device. Pure; consulted when a command is queued and again when it is sent.

mod refusal;
mod rules;
mod table;

pub use refusal::{Refusal, RefusalCode};
pub use rules::{check, check_request};
pub use table::{COMMANDS, CommandRule};

#[cfg(test)]
mod tests;
