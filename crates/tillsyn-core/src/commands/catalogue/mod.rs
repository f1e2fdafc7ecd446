//! Every type of command that an administrator may send: its parameters, what it is in the guard's table,
//! and how it stands in a queue. API, command line and console are made from these tables, so a type
//! exists in all of them or in none. What a given device can do is the codec's question, not theirs.

mod parameter;
mod settings;
mod types;

pub use parameter::{Item, Parameter, ParameterKind};
pub use types::{CommandType, Family};

pub(crate) use parameter::{check, without_secrets};
pub(crate) use types::Queueing;

#[cfg(test)]
mod tests;
