//! Reports by mail, at times that somebody chose. A report counts what its owner reaches when it is sent.

mod change;
mod rhythm;
mod send;
mod store;

pub use change::{
    NewSchedule, create_schedule, readers, remove_schedule, schedule_now, set_schedule_paused,
};
pub use rhythm::{Rhythm, When};
pub(crate) use send::run_due;
pub use store::{Reader, ScheduleView, list_schedules};
