//! Devices: what lists show, what one device's page shows, and how facts arrive.

mod channels;
mod detail;
mod export;
mod facets;
pub(crate) mod facts;
mod list;
mod named;
mod narrow;
mod neighbours;
mod overview;
mod place;
mod reach;
mod sidebar;
mod status_reports;
pub(crate) mod summary;
mod tally;
mod trend;

pub(crate) use place::move_in;
pub(crate) use tally::{Tally, tally};

pub use channels::ChannelView;
pub use detail::{DeviceDetail, EnrollmentView, FactView, InstalledProfileView, device};
pub use export::{DeviceExport, export_devices};
pub use facets::{Facet, Facets, facets};
pub use list::{DeviceFilter, DeviceRow, DeviceSort, count_devices, list_devices, shown_count};
pub use named::{NamedDevice, named, retired_by};
pub use narrow::{Ago, Narrow};
pub use neighbours::neighbours;
pub use overview::{Overview, VersionCount, overview, shown_overview};
pub use place::move_devices;
pub use reach::{Reached, reach};
pub use sidebar::{Sidebar, sidebar};
pub use status_reports::{StatusReportView, status_reports};
pub use trend::{TrendDay, trend};
