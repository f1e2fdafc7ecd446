//! Reports: how many devices there are of each kind, with a chart, a table and a file.

mod chart;
mod filters;
mod list;
mod schedule;
mod show;
mod words;

pub use chart::{Bar, Chart};
pub use list::{ReportLink, ReportsPage};
pub use schedule::{ScheduleForm, ScheduleRow};
pub use show::{Line, ReportPage};
pub use words::{days_ago, file_name, intro, title};

pub(super) use list::list;
pub(super) use schedule::{pause, remove, resume, schedule, send_now};
pub(super) use show::{file, show};

pub(crate) use filters::{address as report_address, label};
pub(crate) use schedule::filtered;
