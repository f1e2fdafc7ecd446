//! The data layer: one SQL text and one transaction body on SQLite and PostgreSQL.
