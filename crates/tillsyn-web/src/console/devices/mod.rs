//! The list of devices.

mod filters;
mod list;
mod page;

pub use page::{DeviceRow, DevicesPage, platform_icon};

pub(super) use list::list;
