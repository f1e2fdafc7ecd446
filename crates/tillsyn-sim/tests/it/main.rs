//! The simulator against a small scripted server that keeps the rules, and against one that
//! breaks them.

mod commands;
mod faults;
mod fleet;
mod lifecycle;
mod push_feed;
mod server;
