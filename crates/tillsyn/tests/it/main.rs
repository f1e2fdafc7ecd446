//! The program as an administrator runs it: exit codes, messages, signals.
#![expect(clippy::unwrap_used, reason = "tests")]

mod account;
mod audit;
mod backup;
mod canaries;
mod check;
mod client;
mod cluster;
mod crash;
mod demo;
mod directory;
mod guard;
mod init;
mod manual;
mod network;
mod payloads;
mod program;
mod serve;
