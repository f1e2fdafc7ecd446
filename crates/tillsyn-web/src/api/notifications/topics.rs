//! `GET` and `PUT /api/v1/me/notification-topics`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::notifications::{Choice, Topic, choices, choose as keep};
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Something that the account can hear of.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NotificationTopic {
    topic: &'static str,
    /// Whether it comes by mail; in the console it is shown anyway.
    by_mail: bool,
}

impl From<Choice> for NotificationTopic {
    fn from(choice: Choice) -> Self {
        Self {
            topic: choice.topic.as_str(),
            by_mail: choice.by_mail,
        }
    }
}

/// What the token's account can hear of, and what of it comes by mail.
#[utoipa::path(get, path = "/api/v1/me/notification-topics", operation_id = "me_notification_topics",
    tag = "me", responses((status = 200, body = Page<NotificationTopic>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
) -> Result<Json<Page<NotificationTopic>>, AppError> {
    let all = choices(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(all)))
}

/// What is to come by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NotificationTopicsBody {
    /// Of the topics that the account can hear of; the others do not come by mail.
    by_mail: Vec<String>,
}

/// Chooses what the token's account gets by mail.
#[utoipa::path(put, path = "/api/v1/me/notification-topics", operation_id = "me_choose_notification_topics",
    tag = "me", request_body = NotificationTopicsBody,
    responses((status = 200, body = Page<NotificationTopic>)))]
pub(in crate::api) async fn choose(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<Page<NotificationTopic>>, AppError> {
    let body: NotificationTopicsBody = body.read().await?;
    let mut wanted = Vec::new();
    for name in &body.by_mail {
        let topic = Topic::parse(name).ok_or_else(|| {
            let text = format!("There is no topic `{name}`.");
            Error::invalid("by_mail", "notification_topic", text)
        })?;
        wanted.push(topic);
    }
    keep(ctx.core(), &ctx.actor, wanted).await?;
    list(ctx).await
}
