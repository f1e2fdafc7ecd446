//! `POST /api/v1/profiles/check`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::profiles::check_upload;
use utoipa::ToSchema;

use super::body;
use super::views::{Finding, ProfileSummary};
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A profile to check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CheckBody {
    /// A `.mobileconfig` in Base64: plain or signed, XML or binary, at most 2 MiB.
    content: String,
}

/// What the check says.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CheckedProfile {
    identifier: String,
    summary: ProfileSummary,
    findings: Vec<Finding>,
}

/// Checks a profile and keeps nothing of it.
#[utoipa::path(post, path = "/api/v1/profiles/check", operation_id = "profiles_check", tag = "profiles",
    request_body = CheckBody, responses((status = 200, body = CheckedProfile)))]
pub(in crate::api) async fn check(
    _ctx: RequestContext,
    body: Body,
) -> Result<Json<CheckedProfile>, AppError> {
    let sent: CheckBody = body.read().await?;
    let checked = check_upload(body::content(&sent.content)?)?;
    Ok(Json(CheckedProfile {
        identifier: checked.identifier,
        summary: checked.summary.into(),
        findings: checked.findings.into_iter().map(Into::into).collect(),
    }))
}
