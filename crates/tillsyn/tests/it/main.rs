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
mod durability;
mod guard;
mod hostile;
mod init;
mod keys;
mod manual;
mod network;
mod outages;
mod payloads;
mod program;
mod relay;
mod serve;
mod served;
