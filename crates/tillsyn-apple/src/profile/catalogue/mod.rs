//! What Apple's schema says about the payloads of profiles: their keys in the order of the schema, types, allowed
//! values, defaults, and which system knows what. `cargo xtask codegen` writes the table.

mod format;
mod key;
mod payload;
mod rule;
mod scalar;
mod table;

pub use format::Format;
pub use key::{Key, Kind};
pub use payload::{Payload, common, exclusive, payload_types, payloads, top_level, variants};
pub use rule::{Rule, SYSTEMS, Support, UserEnrollment, system_name, system_named};
pub use scalar::Scalar;

pub use crate::command::schema::{SharedIpad, System};

#[cfg(test)]
mod tests;
