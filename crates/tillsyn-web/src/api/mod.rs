//! The REST API under `/api/v1` (architecture §5): problem+json, keyset paging, idempotency keys, an
//! OpenAPI document that is made from the routes.
//!
//! A request passes: token (401), permission of the route (403), idempotency key, object in scope (404),
//! body (415, 422), rule. Handlers translate; the rules are in the core.

mod accounts;
mod activation_lock;
mod approvals;
mod assignments;
mod attempts;
pub(crate) mod audit;
mod campaigns;
mod certificates;
mod commands;
mod declarative_forwarding;
mod device_authorities;
mod devices;
mod directories;
mod directory_ldap;
mod document;
mod enrollments;
mod escrow;
mod events;
mod groups;
mod guard;
mod guarded;
mod held;
mod help_desk;
mod idempotent;
mod identity_providers;
mod imports;
mod inventory_settings;
mod invitation_batches;
mod invitation_policy;
mod invitations;
mod items;
mod json;
mod lost_mode;
mod mail;
mod me;
mod network_authority;
mod notifications;
mod operations;
mod organisation;
mod overview;
mod own_devices;
mod paging;
mod payload_types;
mod people;
mod plans;
mod portal;
mod profile_for_device;
mod profiles;
mod push_certificates;
mod push_requests;
mod push_vendor;
mod reports;
mod roles;
mod routes;
mod saved_views;
mod search;
mod self_service;
pub(crate) mod time;
mod tokens;
mod units;
mod webhooks;

pub use document::document;
pub use operations::install_metrics;
pub use payload_types::{Described, PayloadType, payload_type, payload_types};

pub(crate) use imports::{ERRORS, csv_file, template_file};
pub(crate) use invitation_batches::PEOPLE as BATCH_PEOPLE;
pub(crate) use operations::{health_routes, metrics_routes, only_from_this_machine};
pub(crate) use routes::{may_command, routes};

#[cfg(test)]
mod tests;
