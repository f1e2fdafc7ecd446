//! HTTP surfaces: device endpoints, REST API, console, portal.

pub mod assets;
pub mod console;
mod device;
pub mod i18n;
pub mod portal;
mod routes;
pub mod server;
pub mod state;
pub mod ui;

pub use state::{AppState, WebConfig};
