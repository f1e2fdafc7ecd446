//! The configuration: one TOML file, each key also in the environment.
//!
//! A key nobody knows is an error that names the nearest one: a typing error must not become a
//! silent default. The reference page is written from the same texts ([`reference_page`]), and so is the
//! manual page ([`manual_page`]).

mod check;
mod field;
mod load;
mod manual;
mod nearest;
mod reference;
mod sections;

pub(crate) use check::host_of;
pub(crate) use load::{Config, find_file};
pub(crate) use manual::manual_page;
pub(crate) use reference::reference_page;
pub(crate) use sections::{DeviceAuth, LogFormat};

#[cfg(test)]
mod tests;
