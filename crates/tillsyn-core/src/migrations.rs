//! The numbered schema changes, one text for both engines.

/// All migrations in order.
pub use tillsyn_db::MIGRATIONS as ALL;
