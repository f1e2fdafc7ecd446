//! `/api/v1/payload-types`: what Apple's schema says about the payloads of profiles.

pub(super) mod list;
pub(super) mod show;
mod views;

pub use list::payload_types;
pub use show::payload_type;
pub use views::{Described, PayloadType};
