//! Reports: how many devices there are of each kind. Each number is that of a list of devices. They can come by mail.

mod count;
mod csv;
mod name;
mod schedule;
mod units;

pub use count::{Report, ReportFilter, ReportRow, report};
pub use csv::{columns, report_csv};
pub use name::{AGES, CONTACTS, ReportName};
pub(crate) use schedule::run_due;
pub use schedule::{
    NewSchedule, Reader, Rhythm, ScheduleView, When, create_schedule, list_schedules, readers,
    remove_schedule, schedule_now, set_schedule_paused,
};

/// Stands for a value that nobody knows; the list of devices understands it, too.
pub const UNKNOWN: &str = "unknown";
