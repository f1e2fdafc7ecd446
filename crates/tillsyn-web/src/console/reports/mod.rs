//! Reports: how many devices there are of each kind, with a chart, a table and a file.

mod chart;
mod filters;
mod list;
mod show;
mod words;

pub use chart::{Bar, Chart};
pub use list::{ReportLink, ReportsPage};
pub use show::{Line, ReportPage};
pub use words::{days_ago, file_name, intro, title};

pub(super) use list::list;
pub(super) use show::{file, show};
