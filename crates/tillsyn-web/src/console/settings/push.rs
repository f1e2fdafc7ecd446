//! `GET /console/settings/push`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Permission;
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::push::{self, PushTopicView};

use super::page::{PushCertificate, PushPage};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{page, status};

pub(crate) async fn push_page(visitor: Visitor) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &form(&visitor).await?))
}

/// The page before anything was typed.
pub(super) async fn form(visitor: &Visitor) -> Result<PushPage, Failure> {
    let topics = push::list_topics(visitor.core(), visitor.actor()).await?;
    let current = topics.last();
    Ok(PushPage {
        account: current
            .and_then(|topic| topic.vendor_account.clone())
            .unwrap_or_default(),
        note: String::new(),
        current: current.map(|topic| certificate(visitor, topic)),
        refused: None,
        certificate_error: String::new(),
        key_error: String::new(),
        account_error: String::new(),
        may_upload: visitor.may(Permission::PushWrite),
        password: visitor.needs_password(),
        password_error: String::new(),
        f: visitor.frame(Place::Push, "").await?,
    })
}

fn certificate(visitor: &Visitor, topic: &PushTopicView) -> PushCertificate {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let before_end = |days: i64| l.date(topic.not_after - days * DAY_MS, zone);
    PushCertificate {
        status: status(l, "certificate", topic.status),
        subject: topic.subject.clone(),
        topic: topic.topic.clone(),
        serial: topic.serial_number.clone(),
        expires: l.deadline(topic.not_after, zone),
        left: l.tn("span-days", topic.days_left.max(0)),
        account: topic.vendor_account.clone().unwrap_or_default(),
        note: topic.note.clone().unwrap_or_default(),
        uploaded: l.ago(topic.updated_at, zone),
        stopped: topic.stopped_reason.clone().unwrap_or_default(),
        devices: l.number(topic.devices),
        ladder: words::push_ladder(l, topic.days_left, before_end),
    }
}
