//! Push: certificates with their topics and their whole life, and the outbox that wakes channels
//! through APNs.

mod alarm;
mod certificate;
mod client;
mod enrollment_topic;
mod ladder;
mod outcome;
mod record;
mod rehearsal;
mod request;
mod topic;
mod topic_change;
mod upload;
mod vendor;
mod vendor_file;
mod waiting;
mod worker;

pub use enrollment_topic::{enrollment_until, topic_for_enrollment, topic_for_unit, wakes_device};
pub use ladder::LADDER_DAYS;
pub use rehearsal::{Rehearsal, RehearsalCheck, RehearsalReport, rehearsals, rehearse};
pub use request::{
    NewPushRequest, PushRequestFiles, PushRequestView, create_request, delete_request,
    import_signed, list_requests, request_files, sign_request,
};
pub use topic::{
    PastCertificate, PushTopicView, TopicEdit, edit_topic, history, list_topics, remove_topic,
    resume_topic, topic,
};
pub use upload::{PushUpload, PushUploaded, Replacement, upload_by_tool, upload_certificate};
pub use vendor::{VendorUpload, VendorView, remove_vendor, set_vendor, vendor};
pub use worker::run_worker;

pub(crate) use alarm::end_alarms;
pub(crate) use ladder::tell_ladder;
pub(crate) use upload::replace_in;
pub(crate) use worker::push_once;
