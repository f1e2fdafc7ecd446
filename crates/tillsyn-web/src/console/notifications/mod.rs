//! What the reader should hear of, and what of it comes by mail.

mod page;
mod words;

pub use page::{NoticeRow, NotificationsPage, TopicBox};
pub(crate) use words::{link, sentence, topic};

pub(super) use page::{choose, show};
