//! `POST /api/v1/profiles/{id}/clone`.

use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::profiles::{NewProfile, Origin, create_profile, find_profile};
use utoipa::ToSchema;

use super::body;
use super::views::Profile;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What the copy is to be.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CloneBody {
    /// The display name of the original unless given.
    name: Option<String>,
    /// Of which version; when absent, of the draft, or of the newest version where there is none.
    version: Option<i64>,
}

/// Makes a profile that says the same under identifiers of its own.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/clone", operation_id = "profiles_clone",
    tag = "profiles", params(("id" = String, Path, description = "The profile")),
    request_body = CloneBody, responses((status = 201, body = Profile)))]
pub(in crate::api) async fn clone(
    ctx: RequestContext,
    Path(id): Path<String>,
    body: Body,
) -> Result<Created<Profile>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let sent: CloneBody = body.read_or_default().await?;
    let origin = match sent.version {
        Some(number) => Origin::CloneVersion(id, number),
        None => Origin::Clone(id),
    };
    let new = NewProfile {
        name: sent.name,
        description: None,
        unit: None,
        origin,
    };
    let id = create_profile(ctx.core(), &ctx.actor, new).await?;
    let made = find_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Created(made.into()))
}
