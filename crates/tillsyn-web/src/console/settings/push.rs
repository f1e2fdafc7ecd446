//! `GET /console/settings/push`, and `/console/settings/push/topics/{id}` where there are several.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::{self, PushTopicView};
use tillsyn_core::{Error, Permission};

use super::page::{PastLine, PushCertificate, PushLine, PushPage};
use super::push_words;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{Choice, page, status, urls};

pub(crate) async fn push_page(visitor: Visitor) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &form(&visitor, None).await?))
}

pub(crate) async fn push_topic_page(
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let id = PushTopicId::parse(&id).ok_or_else(|| Error::not_found("push certificate"))?;
    push::topic(visitor.core(), visitor.actor(), &id).await?;
    Ok(page(StatusCode::OK, &form(&visitor, Some(&id)).await?))
}

/// The page before anything was typed, about one certificate; the one that needs it most where none is
/// named.
pub(super) async fn form(visitor: &Visitor, id: Option<&PushTopicId>) -> Result<PushPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let topics = push::list_topics(core, actor).await?;
    let current = match id {
        Some(id) => topics.iter().find(|topic| topic.id == *id),
        None => topics.iter().min_by_key(|topic| topic.not_after),
    };
    let shown = match current {
        Some(topic) => Some(certificate(visitor, topic).await?),
        None => None,
    };
    let requests = push::list_requests(core, actor).await?;
    Ok(PushPage {
        account: current
            .and_then(|topic| topic.vendor_account.clone())
            .unwrap_or_default(),
        note: String::new(),
        topics: match topics.as_slice() {
            [] | [_] => Vec::new(),
            several => several.iter().map(|topic| line(visitor, topic)).collect(),
        },
        requests: requests
            .iter()
            .map(|request| PushLine {
                href: urls::push_request(request.id.as_str()),
                text: request.common_name.clone(),
                note: match request.status {
                    "signed" => l.t("push-requests-apple"),
                    _ => l.t("push-requests-sign"),
                },
                status: None,
            })
            .collect(),
        current: shown,
        refused: None,
        certificate_error: String::new(),
        key_error: String::new(),
        account_error: String::new(),
        further: false,
        change_topic: false,
        may_upload: visitor.may(Permission::PushWrite),
        password: visitor.needs_password(),
        password_error: String::new(),
        f: visitor.frame(Place::Push, "").await?,
    })
}

fn line(visitor: &Visitor, topic: &PushTopicView) -> PushLine {
    PushLine {
        href: urls::push_topic(topic.id.as_str()),
        text: topic.topic.clone(),
        note: topic.unit.clone(),
        status: Some(status(visitor.texts, "certificate", topic.status)),
    }
}

async fn certificate(visitor: &Visitor, topic: &PushTopicView) -> Result<PushCertificate, Failure> {
    let (core, actor) = (visitor.core(), visitor.actor());
    let (l, zone) = (visitor.texts, &visitor.zone);
    let before_end = |days: i64| l.date(topic.not_after - days * DAY_MS, zone);
    let past = push::history(core, actor, &topic.id).await?;
    let rehearsals = push::rehearsals(core, actor, &topic.id).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let purposes = [
        ("", l.t("push-purpose-none")),
        ("production", l.t("push-purpose-production")),
        ("test", l.t("push-purpose-test")),
    ];
    Ok(PushCertificate {
        id: topic.id.to_string(),
        status: status(l, "certificate", topic.status),
        next: push_words::next(l, zone, topic),
        unit: topic.unit.clone(),
        owner: text(&topic.owner_contact),
        purposes: purposes
            .into_iter()
            .map(|(value, words)| Choice {
                value: value.to_owned(),
                text: words,
                chosen: topic.purpose.as_deref().unwrap_or_default() == value,
            })
            .collect(),
        for_new: topic.for_new,
        waiting: l.number(topic.pushes_waiting),
        alarm: text(&topic.alarm_reason),
        here: urls::push_topic(topic.id.as_str()),
        past: past
            .iter()
            .map(|past| PastLine {
                serial: past.serial_number.clone(),
                expires: l.date(past.not_after, zone),
                uploaded: l.ago(past.uploaded_at, zone),
                in_use: past.replaced_at.is_none(),
            })
            .collect(),
        report: rehearsals
            .first()
            .map(|report| push_words::report(l, zone, report)),
        subject: topic.subject.clone(),
        topic: topic.topic.clone(),
        serial: topic.serial_number.clone(),
        expires: l.deadline(topic.not_after, zone),
        left: l.tn("span-days", topic.days_left.max(0)),
        account: text(&topic.vendor_account),
        note: text(&topic.note),
        uploaded: l.ago(topic.updated_at, zone),
        stopped: text(&topic.stopped_reason),
        devices: l.number(topic.devices),
        ladder: words::push_ladder(l, topic.days_left, before_end),
    })
}
