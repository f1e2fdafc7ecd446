//! The list of devices.

mod around;
mod bulk;
mod choose;
mod columns;
mod export;
mod filters;
mod list;
mod look;
mod many;
mod menu;
mod page;
mod views;

pub use filters::Seen;
pub use many::{ManyAct, ManyPage, ManyRow};
pub use page::{
    Around, Bulk, BulkActs, Cell, ColumnChoice, DeviceRow, DevicesPage, FilterGroup, FilterMenu,
    FilterValue, FiltersPage, SavedView, ViewTab, ViewsPage, platform_icon,
};

pub(super) use around::around;
#[cfg(any(test, feature = "testing"))]
pub(super) use bulk::{cannot as bulk_cannot, words as bulk_words};
pub(super) use choose::{choose, devices_of};
pub(super) use columns::exact;

#[cfg(any(test, feature = "testing"))]
pub(super) use columns::{choices as column_choices, heads as column_heads};
pub(super) use export::export;
pub(super) use list::list;
#[cfg(any(test, feature = "testing"))]
pub(super) use list::row as list_row;
pub(super) use look::look;
pub(super) use many::{many, send_many};
pub(super) use menu::menu;
#[cfg(any(test, feature = "testing"))]
pub(super) use menu::of as filter_menu;
pub(super) use views::{change_view, save_view, views};
