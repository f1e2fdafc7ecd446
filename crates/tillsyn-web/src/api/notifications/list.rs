//! `GET /api/v1/me/notifications`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::notifications::{self, list_notifications};
use utoipa::ToSchema;

use crate::api::paging::Page;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One piece of news.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Notification {
    /// The event of the audit trail.
    #[schema(format = "uuid")]
    event_id: String,
    at: Time,
    /// As in `notification-topics`.
    topic: &'static str,
    action: String,
    object_kind: String,
    object_id: String,
    unit: String,
    /// Whether the account has looked at its list since, in the console.
    seen: bool,
}

impl From<notifications::Notification> for Notification {
    fn from(one: notifications::Notification) -> Self {
        Self {
            event_id: one.id,
            at: Time(one.at),
            topic: one.topic,
            action: one.action,
            object_kind: one.object_kind,
            object_id: one.object_id,
            unit: one.unit_name,
            seen: one.seen,
        }
    }
}

/// What the token's account should hear of, of the last two weeks, newest first; at most 100.
#[utoipa::path(get, path = "/api/v1/me/notifications", operation_id = "me_notifications", tag = "me",
    responses((status = 200, body = Page<Notification>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
) -> Result<Json<Page<Notification>>, AppError> {
    let all = list_notifications(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(all)))
}
