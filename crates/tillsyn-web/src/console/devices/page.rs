//! The list of devices.

use askama::Template;

use crate::console::frame::{Chip, Column, Emptiness, Filter, Frame, Pager};
use crate::i18n::When;
use crate::ui::Status;

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
    pub chips: Vec<Chip>,
    pub filters: Vec<Filter>,
    /// Parameters that the filter form keeps (search and order).
    pub filters_keep: Vec<(String, String)>,
    /// Names in the address that mean nothing here.
    pub unknown: Vec<String>,
    pub columns: Vec<Column>,
    /// What is listed and in which order, for those who cannot see it at a glance.
    pub caption: String,
    pub rows: Vec<DeviceRow>,
    /// What the reader may do to several at once.
    pub may_erase: bool,
    pub may_retire: bool,
    pub may_move: bool,
    pub pager: Pager,
    pub empty: Emptiness,
    /// Without a push certificate nothing can be enrolled: the first step is another one.
    pub push_missing: bool,
}

pub struct DeviceRow {
    /// For the form that takes several; empty for whoever may do nothing to several.
    pub pick: String,
    pub href: String,
    pub icon: &'static str,
    pub name: String,
    pub model: String,
    pub person: String,
    pub os: String,
    pub personal: bool,
    pub enrollment: String,
    pub status: Status,
    /// The cause beside the word.
    pub status_note: String,
    pub seen: Option<When>,
    /// `None`: not shared (personal device) or not known yet.
    pub serial: Option<String>,
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
