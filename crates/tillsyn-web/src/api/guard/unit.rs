//! `PUT /api/v1/guard/units/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::approvals::Asked;
use tillsyn_core::guard;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::settings::UnitGuard;
use utoipa::ToSchema;

use super::views::Submitted;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What a unit wants stricter; what is missing is as above it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct UnitFigures {
    #[schema(minimum = 0, maximum = 10)]
    hold_minutes: Option<i64>,
    #[schema(minimum = 1, maximum = 6)]
    second_person_from: Option<i64>,
    /// For the audit trail; needed where anything is loosened.
    reason: Option<String>,
}

/// Sets what a unit wants stricter than what is above it, for its subtree. What loosens waits for a second
/// person.
#[utoipa::path(put, path = "/api/v1/guard/units/{id}", operation_id = "guard_unit_set", tag = "guard",
    params(("id" = String, Path, description = "The unit")),
    request_body = UnitFigures, responses((status = 200, body = Submitted)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Submitted>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    guard::unit_there(ctx.core(), &ctx.actor, &id).await?;
    let body: UnitFigures = body.read().await?;
    let figures = UnitGuard {
        hold_minutes: body.hold_minutes,
        second_person_from: body.second_person_from,
    };
    let asked = Asked {
        reason: body.reason,
        confirm: None,
    };
    let outcome = guard::submit_unit(ctx.core(), &ctx.actor, &id, figures, asked).await?;
    Ok(Json(outcome.into()))
}
