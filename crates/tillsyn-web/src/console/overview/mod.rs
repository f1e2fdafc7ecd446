//! The overview: what needs somebody, then figures.

mod activity;
mod page;
mod show;
mod waiting;

pub use page::{
    Activity, Contact, ContactRow, Counts, Figure, Need, OverviewPage, Segment, VersionRow, Waiting,
};

pub(super) use activity::activity_of;
pub(super) use show::overview;
