//! The simulator against a small scripted server that keeps the rules, and against one that
//! breaks them.

mod acme;
mod acme_server;
mod channels;
mod commands;
mod faults;
mod fleet;
mod lifecycle;
mod obedience;
mod push_feed;
mod server;
