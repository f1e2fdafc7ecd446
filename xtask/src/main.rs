//! Our build tool.

fn main() {}
