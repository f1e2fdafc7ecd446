//! The product: rules, storage and jobs, by feature. Speaks codec types; knows no HTTP, HTML or hand-made XML.
//!
//! Every change goes through one function of a feature, which authorises the [`Actor`], runs one
//! transaction body and records its event in the same transaction.

pub mod accounts;
pub mod activation_lock;
pub mod actor;
pub mod approvals;
pub mod assignments;
pub mod audit;
pub mod backup;
pub mod branding;
pub mod campaigns;
pub mod certificates;
pub mod clock;
pub mod commands;
#[cfg(test)]
mod corpus;
pub mod credentials;
pub mod desired;
pub mod device_authorities;
pub mod devices;
pub mod directory;
pub mod enrollment_guide;
pub mod enrollments;
pub mod error;
pub mod escrow;
pub mod events;
pub mod feed;
pub mod figures;
pub mod first_steps;
pub mod groups;
pub mod guard;
pub mod help_desk;
pub mod idempotency;
pub mod ids;
pub mod imports;
pub mod inventory;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod ldap;
mod lease;
pub mod lists;
pub mod lost_mode;
pub mod mail;
pub mod managed;
pub mod migrations;
pub mod moving;
pub mod names;
pub mod nanomdm;
pub mod notifications;
pub mod onboarding;
pub mod org;
pub mod paging;
pub mod people;
pub mod plans;
pub mod platform;
pub mod profiles;
pub mod push;
pub mod reconcile;
pub mod reports;
pub mod roles;
pub mod search;
pub mod self_service;
pub mod settings;
pub mod tokens;
pub mod units;
pub mod unknown_senders;
pub mod webhooks;

mod core;
mod support;
mod text;

pub use crate::core::{Core, CoreConfig};
pub use actor::{Actor, ActorKind, Permission, Rights, Role, authorize};
pub use clock::Clock;
pub use error::{Error, Kind};
