//! `PATCH /api/v1/guard`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::approvals::{self, Asked, Change};
use tillsyn_core::settings::{self, GuardSettings};
use utoipa::ToSchema;

use super::views::Submitted;
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Figures to be changed; those that are missing stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct GuardChange {
    #[schema(minimum = 0, maximum = 10)]
    hold_minutes: Option<i64>,
    #[schema(minimum = 1)]
    day_floor: Option<i64>,
    #[schema(minimum = 0, maximum = 100)]
    day_percent: Option<i64>,
    #[schema(minimum = 1)]
    short_limit: Option<i64>,
    #[schema(minimum = 1, maximum = 6)]
    second_person_from: Option<i64>,
    /// For the audit trail; needed where anything is loosened.
    reason: Option<String>,
}

/// Changes the guard's figures. What loosens any waits for a second person.
#[utoipa::path(patch, path = "/api/v1/guard", operation_id = "guard_change", tag = "guard",
    request_body = GuardChange, responses((status = 200, body = Submitted)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<Submitted>, AppError> {
    let body: GuardChange = body.read().await?;
    let before: GuardSettings = settings::read(ctx.core(), settings::GUARD).await?;
    let after = GuardSettings {
        hold_minutes: body.hold_minutes.unwrap_or(before.hold_minutes),
        day_floor: body.day_floor.unwrap_or(before.day_floor),
        day_percent: body.day_percent.unwrap_or(before.day_percent),
        short_limit: body.short_limit.unwrap_or(before.short_limit),
        second_person_from: body.second_person_from.unwrap_or(before.second_person_from),
        units: before.units,
    };
    let asked = Asked {
        reason: body.reason,
        confirm: None,
    };
    let change = Change::Guard { settings: after };
    let outcome = approvals::submit(ctx.core(), &ctx.actor, change, asked).await?;
    Ok(Json(outcome.into()))
}
