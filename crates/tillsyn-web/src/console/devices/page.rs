//! The list of devices.

use askama::Template;

use crate::console::frame::{Chip, Column, Emptiness, Frame, Pager};
use crate::ui::{Choice, Html};

/// `GET /console/devices`: find, filter, page. Everything it shows is in its address.
#[derive(Template)]
#[template(path = "console/devices.html")]
pub struct DevicesPage {
    pub f: Frame,
    /// What was searched for.
    pub find: String,
    /// Parameters that a new search keeps.
    pub keep: Vec<(String, String)>,
    /// This list's own address, to copy.
    pub link: String,
    /// The same as a file.
    pub export: String,
    pub chips: Vec<Chip>,
    pub menu: FilterMenu,
    /// Saved views; empty while there are none.
    pub views: Vec<ViewTab>,
    /// Where what was changed of the present view is kept; empty when nothing was.
    pub view_keep: String,
    /// The page that saves this list.
    pub view_save: String,
    /// Filters, order and columns as a view keeps them.
    pub query: String,
    /// Names in the address that mean nothing here.
    pub unknown: Vec<String>,
    pub columns: Vec<Column>,
    pub column_choices: Vec<ColumnChoice>,
    /// Parameters that the choice of columns keeps.
    pub columns_keep: Vec<(String, String)>,
    /// The list with the usual columns.
    pub columns_usual: String,
    /// Rows are low.
    pub compact: bool,
    /// What is listed and in which order, for those who cannot see it at a glance.
    pub caption: String,
    pub rows: Vec<DeviceRow>,
    /// What is chosen, for whoever may do something to several at once.
    pub bulk: Option<Bulk>,
    pub pager: Pager,
    pub empty: Emptiness,
    /// Without a push certificate nothing can be enrolled: the first step is another one.
    pub push_missing: bool,
}

pub struct DeviceRow {
    /// For the form that takes several; empty for whoever may do nothing to several.
    pub pick: String,
    /// It is chosen.
    pub chosen: bool,
    pub href: String,
    pub icon: &'static str,
    pub name: String,
    pub model: String,
    pub cells: Vec<Cell>,
}

/// The bar above the list.
#[derive(Clone, Debug, Default)]
pub struct Bulk {
    pub acts: BulkActs,
    /// How many are chosen, on this page or another.
    pub count: i64,
    /// What they are, in words.
    pub words: String,
    /// Which acts some of them cannot take, and why.
    pub cannot: Vec<String>,
    /// The unit that the list is limited to; empty for all that its reader reaches.
    pub scope: String,
    /// Ids of this page.
    pub shown: Vec<String>,
    /// The button that chooses all that pass the filter; empty when those are too many.
    pub all: String,
    pub too_many: String,
}

/// What the reader may do to several at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct BulkActs {
    pub erase: bool,
    pub retire: bool,
    pub lock: bool,
    pub move_to: bool,
    pub ask: bool,
}

impl BulkActs {
    pub(crate) fn any(self) -> bool {
        self.erase || self.retire || self.lock || self.move_to || self.ask
    }
}

/// A saved view above the list.
#[derive(Clone, Debug, Default)]
pub struct ViewTab {
    pub href: String,
    pub name: String,
    pub current: bool,
    /// Somebody else's.
    pub shared: bool,
}

/// `GET /console/devices/views`.
#[derive(Template)]
#[template(path = "console/devices_views.html")]
pub struct ViewsPage {
    pub f: Frame,
    /// The list that is to be saved; empty when one came here for the views alone.
    pub query: String,
    pub back: String,
    pub name: String,
    pub team: bool,
    pub problem: String,
    pub rows: Vec<SavedView>,
}

/// A view with what can be done with it.
pub struct SavedView {
    pub act: String,
    pub href: String,
    pub name: String,
    /// Empty for one's own.
    pub owner: String,
    pub team: bool,
    pub begins: bool,
    pub own: bool,
    pub may_remove: bool,
}

/// The devices around one in the list that the reader came from.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The list itself, or all devices.
    pub list: String,
    pub previous: String,
    pub next: String,
    /// The list as the address of the device carries it; empty when one did not come from any.
    pub from: String,
}

/// What stands in a row under one column.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub label: String,
    pub class: &'static str,
    pub html: Html,
}

/// A column that can be chosen.
#[derive(Clone, Debug, Default)]
pub struct ColumnChoice {
    pub name: &'static str,
    pub label: String,
    pub chosen: bool,
    /// The list with this column one place earlier; empty where there is none.
    pub earlier: String,
}

/// `GET /console/devices/filters`.
#[derive(Template)]
#[template(path = "console/devices_filters.html")]
pub struct FiltersPage {
    pub f: Frame,
    pub menu: FilterMenu,
    /// The list that is to be narrowed.
    pub back: String,
}

/// What the list can be narrowed by.
#[derive(Clone, Debug, Default)]
pub struct FilterMenu {
    pub boxes: Vec<FilterGroup>,
    pub units: Vec<Choice>,
    /// One of the units is set, not just the first shown.
    pub unit_chosen: bool,
    pub groups: Vec<Choice>,
    /// Parameters that it leaves as they are.
    pub keep: Vec<(String, String)>,
    /// Where the counts come from.
    pub fill: String,
    /// It says how many there are of each value.
    pub counted: bool,
}

/// A filter with its values.
#[derive(Clone, Debug, Default)]
pub struct FilterGroup {
    pub name: &'static str,
    pub label: String,
    /// Only one of them at a time.
    pub one: bool,
    pub values: Vec<FilterValue>,
}

/// A value that can be ticked.
#[derive(Clone, Debug, Default)]
pub struct FilterValue {
    pub value: String,
    pub text: String,
    pub count: String,
    pub chosen: bool,
}

/// The icon of a platform.
pub fn platform_icon(platform: &str, model: &str) -> &'static str {
    match platform {
        "macos" => "laptop",
        _ if model.starts_with("Mac") => "laptop",
        "tvos" => "tv",
        "windows" => "windows",
        _ if model.starts_with("iPad") || platform == "ipados" => "tablet",
        _ => "phone",
    }
}
