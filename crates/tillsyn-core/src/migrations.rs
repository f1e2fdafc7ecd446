//! The numbered schema changes, one text for both engines.

use tillsyn_db::Migration;

/// All migrations in order.
pub const ALL: &[Migration] = &[Migration {
    version: 1,
    name: "core",
    sql: include_str!("../../../migrations/0001_core.sql"),
}];
