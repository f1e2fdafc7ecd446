//! The overview: what needs somebody, then figures.

mod activity;
mod expiry;
mod page;
mod show;
mod trend;
mod waiting;

pub use expiry::ExpiryRow;
pub use page::{
    Activity, Contact, ContactRow, Counts, Figure, Need, OverviewPage, Segment, VersionRow, Waiting,
};
pub use trend::{Trend, TrendRow};

pub(super) use activity::activity_of;
pub(super) use show::overview;

#[cfg(test)]
mod tests;
