//! The console as a browser meets it.

mod access;
mod approvals;
mod audit;
pub(crate) mod browser;
mod causes;
mod certificates;
mod devices;
mod drafts;
mod enrollment;
mod events;
mod guides;
mod help_desk;
mod imports;
mod invite;
mod lists;
mod moves;
mod organisation;
mod own_devices;
mod pages;
mod profiles;
mod report_mail;
mod reports;
mod rollout;
mod saved_views;
mod scoped;
mod search;
mod secrets;
mod settings;
mod sign_in;
mod undo;
mod unknown;

use browser::Browser;
