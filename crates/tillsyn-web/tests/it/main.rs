//! The server over real HTTP, on both engines; modules mirror the surfaces.
#![expect(clippy::unwrap_used, reason = "tests")]

mod api;
mod compat;
mod console;
mod device;
mod guard;
mod hooks;
mod mail;
mod portal;
mod proof;
mod walk;
mod wire;
