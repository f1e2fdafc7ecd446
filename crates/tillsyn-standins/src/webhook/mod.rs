//! A stand-in for whoever receives webhooks: TLS, HTTP/1.1, every fault that such receivers have.

mod server;

pub use server::{HookAnswer, HookStandin, Received};
