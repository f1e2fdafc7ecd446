//! `GET` and `PUT /api/v1/enrollments/window`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::moving::{self, Window};
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The time in which check-ins of another server are taken in, and first contacts are pinned.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct MoveInWindow {
    /// `null` while it was never open.
    until: Option<Time>,
    open: bool,
}

fn shown(ctx: &RequestContext, window: Window) -> Json<MoveInWindow> {
    Json(MoveInWindow {
        until: Time::option(Some(window.until).filter(|until| *until > 0)),
        open: window.until > ctx.core().now_ms(),
    })
}

/// Until when the window for moving in is open.
#[utoipa::path(get, path = "/api/v1/enrollments/window", operation_id = "enrollments_window_show",
    tag = "enrollments", responses((status = 200, body = MoveInWindow)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<MoveInWindow>, AppError> {
    let window = moving::window(ctx.core(), &ctx.actor).await?;
    Ok(shown(&ctx, window))
}

/// How long it is open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WindowBody {
    /// 1 to 720 hours from now; 0 closes it.
    hours: i64,
}

/// Opens or closes the window for moving in.
#[utoipa::path(put, path = "/api/v1/enrollments/window", operation_id = "enrollments_window_set",
    tag = "enrollments", request_body = WindowBody, responses((status = 200, body = MoveInWindow)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<MoveInWindow>, AppError> {
    let body: WindowBody = body.read().await?;
    let window = moving::set_window(ctx.core(), &ctx.actor, body.hours).await?;
    Ok(shown(&ctx, window))
}
