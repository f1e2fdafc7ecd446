//! Lost mode: a supervised iPhone or iPad that somebody lost shows a message and can be located, and only
//! then. The state follows the device's answers, never what was merely asked.

mod location;
mod state;
mod view;

pub use location::{Location, list_locations};
pub use view::{LostMode, lost_mode};

pub(crate) use location::RETENTION_DAYS;
pub(crate) use state::{on_result_in, require_on_in};
