//! The server over real HTTP, on both engines; modules mirror the surfaces.
#![expect(clippy::unwrap_used, reason = "tests")]

mod api;
mod compat;
mod console;
mod device;
mod directory;
mod guard;
mod hooks;
mod ldap;
mod mail;
mod portal;
mod proof;
mod scim;
mod walk;
mod wire;
