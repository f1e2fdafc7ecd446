//! The one binary: CLI verbs, configuration, wiring, shutdown.

fn main() {}
