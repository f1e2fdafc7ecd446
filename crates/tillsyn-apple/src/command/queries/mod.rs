//! The `DeviceInformation` queries: which may be asked of whom, and which fact each becomes.

mod rules;
mod table;

pub use rules::{default_queries, fact_allowed, may_ask};
pub use table::{QUERIES, Query, ValueKind};

#[cfg(test)]
mod tests;
