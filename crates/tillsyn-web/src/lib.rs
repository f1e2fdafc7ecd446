//! HTTP surfaces: device endpoints, REST API, console, portal.

mod device;
mod routes;
pub mod server;
pub mod state;

pub use state::{AppState, WebConfig};
