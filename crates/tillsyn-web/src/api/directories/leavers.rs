//! Who leaves, and what becomes of their devices.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::directory::{LeaverPolicy, leaver_policy, leavers, set_leaver_policy};
use tillsyn_core::guard::unit_there;
use tillsyn_core::ids::{DirectoryId, OrgUnitId};
use utoipa::ToSchema;

use super::views::{Leaver, UnitLeaverPolicy};
use crate::api::json::{Body, id};
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Who of a directory is suspended or leaving, and which devices they still have.
#[utoipa::path(get, path = "/api/v1/directories/{id}/leavers", operation_id = "directory_leavers_list",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    responses((status = 200, body = Page<Leaver>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<Leaver>>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    let all = leavers(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(all)))
}

/// What becomes of devices in a unit when people leave.
#[utoipa::path(get, path = "/api/v1/units/{id}/leaver-policy", operation_id = "leaver_policy_show",
    tag = "directories", params(("id" = String, Path, description = "The unit")),
    responses((status = 200, body = UnitLeaverPolicy)))]
pub(in crate::api) async fn policy(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<UnitLeaverPolicy>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    let (policy, own) = leaver_policy(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(UnitLeaverPolicy::of(&policy, own)))
}

/// A rule of a unit's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LeaverPolicyBody {
    /// Days until devices are dealt with, 0 to 30.
    grace_days: i64,
    retire_personal: bool,
    lock_corporate: bool,
    /// After so many days somebody suspended counts as having left, 1 to 365; never when absent.
    suspended_days: Option<i64>,
}

/// Gives a unit a rule of its own.
#[utoipa::path(put, path = "/api/v1/units/{id}/leaver-policy", operation_id = "leaver_policy_set",
    tag = "directories", params(("id" = String, Path, description = "The unit")),
    request_body = LeaverPolicyBody, responses((status = 200, body = UnitLeaverPolicy)))]
pub(in crate::api) async fn set_policy(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<UnitLeaverPolicy>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    unit_there(ctx.core(), &ctx.actor, &id).await?;
    let body: LeaverPolicyBody = body.read().await?;
    let policy = LeaverPolicy {
        grace_days: body.grace_days,
        retire_personal: body.retire_personal,
        lock_corporate: body.lock_corporate,
        suspended_days: body.suspended_days,
    };
    set_leaver_policy(ctx.core(), &ctx.actor, &id, Some(policy.clone())).await?;
    Ok(Json(UnitLeaverPolicy::of(&policy, true)))
}

/// Takes a unit's own rule away: the one above counts again.
#[utoipa::path(delete, path = "/api/v1/units/{id}/leaver-policy", operation_id = "leaver_policy_remove",
    tag = "directories", params(("id" = String, Path, description = "The unit")),
    responses((status = 204)))]
pub(in crate::api) async fn drop_policy(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    set_leaver_policy(ctx.core(), &ctx.actor, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
