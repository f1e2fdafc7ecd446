//! Test application, temporary databases, clock control, fixture loader.
