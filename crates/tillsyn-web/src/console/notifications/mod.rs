//! What the reader should hear of, and what of it comes by mail.

mod page;
mod words;

pub use page::{NoticeRow, NotificationsPage, TopicBox};
#[cfg(any(test, feature = "testing"))]
pub(crate) use words::topic;
pub(crate) use words::{link, sentence};

pub(super) use page::{choose, show};
