//! HTTP surfaces: device endpoints, REST API, console, portal.

pub mod api;
pub mod assets;
pub mod auth;
mod compat;
pub mod console;
mod device;
mod docs;
mod enroll;
pub mod error;
pub mod i18n;
mod invitation_mail;
mod mail;
mod middleware;
pub mod portal;
mod report_mail;
mod routes;
mod scim;
pub mod server;
pub mod state;
pub mod ui;

pub use state::{AppState, WebConfig};
