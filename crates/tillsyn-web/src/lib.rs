//! HTTP surfaces: device endpoints, REST API, console, portal.

pub mod state;

pub use state::{AppState, WebConfig};
