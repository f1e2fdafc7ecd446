//! The list of devices.

mod filters;
mod list;
mod many;
mod page;

pub use many::{ManyPage, ManyRow};
pub use page::{DeviceRow, DevicesPage, platform_icon};

pub(super) use list::list;
pub(super) use many::{many, send_many};
