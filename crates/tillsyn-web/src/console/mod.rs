//! The console: what administrators see. Each folder holds the structs of its pages, filled with values
//! that are ready to print, and the handlers that fill them.

pub mod access;
pub mod account;
pub mod administrators;
pub mod approvals;
pub mod areas;
pub mod audit;
pub mod branding;
pub mod campaigns;
pub mod certificates;
pub mod commands;
mod csv;
pub mod device;
pub mod devices;
pub mod directories;
pub mod directory_ldap;
pub mod docs;
pub mod enrollment;
pub mod errors;
mod events;
mod failure;
pub mod first_steps;
pub(crate) mod form;
pub mod frame;
pub mod guard;
pub mod guide;
pub mod help_desk;
pub mod identity_providers;
pub mod imports;
pub mod invite;
mod lists;
pub mod mail;
mod needs;
mod notice;
pub mod notifications;
pub mod organisation;
pub mod overview;
pub mod profiles;
pub mod reports;
pub mod rollout;
mod routes;
#[cfg(any(test, feature = "testing"))]
pub mod samples;
#[cfg(any(test, feature = "testing"))]
mod samples_account;
#[cfg(any(test, feature = "testing"))]
mod samples_administrators;
#[cfg(any(test, feature = "testing"))]
mod samples_audit;
#[cfg(any(test, feature = "testing"))]
mod samples_desk;
#[cfg(any(test, feature = "testing"))]
mod samples_directory;
#[cfg(any(test, feature = "testing"))]
mod samples_docs;
#[cfg(any(test, feature = "testing"))]
mod samples_guard;
#[cfg(any(test, feature = "testing"))]
mod samples_imports;
#[cfg(any(test, feature = "testing"))]
mod samples_invite;
#[cfg(any(test, feature = "testing"))]
mod samples_ldap;
#[cfg(any(test, feature = "testing"))]
mod samples_lists;
#[cfg(any(test, feature = "testing"))]
mod samples_mail;
#[cfg(any(test, feature = "testing"))]
mod samples_my_devices;
#[cfg(any(test, feature = "testing"))]
mod samples_people;
#[cfg(any(test, feature = "testing"))]
mod samples_profiles;
#[cfg(any(test, feature = "testing"))]
mod samples_push;
#[cfg(any(test, feature = "testing"))]
mod samples_reports;
#[cfg(any(test, feature = "testing"))]
mod samples_rollout;
#[cfg(any(test, feature = "testing"))]
mod samples_search;
#[cfg(any(test, feature = "testing"))]
mod samples_sign_on;
#[cfg(any(test, feature = "testing"))]
mod samples_unknown;
#[cfg(any(test, feature = "testing"))]
mod samples_webhooks;
pub mod scope;
pub mod search;
pub mod secrets;
pub mod settings;
#[cfg(test)]
mod tests;
mod undo;
pub mod unknown_senders;
mod visitor;
pub mod webhooks;
pub mod words;

pub use needs::{CONSOLE_ROUTES, PageNeeds};
pub(crate) use routes::routes;
