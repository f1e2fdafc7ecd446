//! `GET` and `POST /console/account/notifications`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::notifications::{
    self, Choice, Notification, Topic, choices, list_notifications, mark_seen,
};

use super::words::{link, sentence, topic};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Frame, Place};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::i18n::When;
use crate::ui::{page, urls};

/// The reader's news, and what of it comes by mail.
#[derive(Template)]
#[template(path = "console/notifications.html")]
pub struct NotificationsPage {
    pub f: Frame,
    pub rows: Vec<NoticeRow>,
    pub topics: Vec<TopicBox>,
    /// Where mail goes.
    pub email: String,
}

pub struct NoticeRow {
    pub text: String,
    pub href: String,
    pub unit: String,
    pub at: When,
    pub new: bool,
}

pub struct TopicBox {
    pub value: &'static str,
    pub text: String,
    pub by_mail: bool,
}

pub(crate) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = list_notifications(core, actor).await?;
    let row = |one: &Notification| {
        Some(NoticeRow {
            text: sentence(l, &one.action)?,
            href: match one.object_kind.as_str() {
                "account" if one.topic() == Some(Topic::SignIn) => urls::ACCOUNT.to_owned(),
                "account" => urls::ADMINISTRATORS.to_owned(),
                kind => link(kind, &one.object_id),
            },
            unit: one.unit_name.clone(),
            at: l.ago(one.at, zone),
            new: !one.seen,
        })
    };
    let rows = found.iter().filter_map(row).collect();
    let topics = choices(core, actor).await?;
    let choice = |choice: &Choice| TopicBox {
        value: choice.topic.as_str(),
        text: topic(l, choice.topic),
        by_mail: choice.by_mail,
    };
    // Looking is what makes them old; nothing else depends on it.
    mark_seen(core, actor).await?;
    let shown = NotificationsPage {
        rows,
        topics: topics.iter().map(choice).collect(),
        email: visitor.session.session.account.email.clone(),
        f: visitor.frame(Place::Notifications, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Checked boxes, one field each.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    approvals: Option<String>,
    #[serde(default)]
    decisions: Option<String>,
    #[serde(default)]
    guard: Option<String>,
    #[serde(default)]
    sign_in: Option<String>,
    #[serde(default)]
    administrators: Option<String>,
    #[serde(default)]
    push: Option<String>,
    #[serde(default)]
    audit: Option<String>,
    #[serde(default)]
    webhooks: Option<String>,
    #[serde(default)]
    lost: Option<String>,
}

pub(crate) async fn choose(form: Filled<Typed>) -> Result<Response, Failure> {
    let (visitor, typed) = (form.visitor, form.fields);
    let checked = |topic: &Topic| match topic {
        Topic::Approvals => typed.approvals.is_some(),
        Topic::Decisions => typed.decisions.is_some(),
        Topic::Guard => typed.guard.is_some(),
        Topic::SignIn => typed.sign_in.is_some(),
        Topic::Administrators => typed.administrators.is_some(),
        Topic::Push => typed.push.is_some(),
        Topic::Audit => typed.audit.is_some(),
        Topic::Webhooks => typed.webhooks.is_some(),
        Topic::Lost => typed.lost.is_some(),
    };
    let by_mail = Topic::ALL.into_iter().filter(checked).collect();
    notifications::choose(visitor.core(), visitor.actor(), by_mail).await?;
    Ok(go(visitor.state(), urls::NOTIFICATIONS, Told::Saved))
}
