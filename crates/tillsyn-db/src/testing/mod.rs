//! Temporary databases for tests.
