//! Reports: how many devices there are of each kind. Each number is that of a list of devices.

mod count;
mod csv;
mod name;
mod units;

pub use count::{Report, ReportFilter, ReportRow, report};
pub use csv::{columns, report_csv};
pub use name::{AGES, CONTACTS, ReportName};

/// Stands for a value that nobody knows; the list of devices understands it, too.
pub const UNKNOWN: &str = "unknown";
