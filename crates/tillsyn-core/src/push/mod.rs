//! Push: certificates with their topics, and the outbox that wakes channels through APNs.

mod outcome;
mod topic;
mod worker;

pub use topic::{
    PushTopicView, PushUpload, list_topics, remove_topic, topic_for_enrollment, upload_certificate,
};
pub use worker::run_worker;

pub(crate) use worker::push_once;
