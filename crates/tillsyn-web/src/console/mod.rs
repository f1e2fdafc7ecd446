//! The console: what administrators see. Each module holds the structs of its pages, filled by the
//! handlers with values that are ready to print.

pub mod access;
pub mod commands;
pub mod device;
pub mod devices;
pub mod enrollment;
pub mod errors;
pub mod frame;
pub mod guard;
pub mod overview;
#[cfg(any(test, feature = "testing"))]
pub mod samples;
pub mod settings;
#[cfg(test)]
mod tests;
pub mod words;
