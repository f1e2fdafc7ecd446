//! `/api/v1/directories/{id}/tokens`: what SCIM clients come with.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::accounts::Proof;
use tillsyn_core::directory::{create_scim_token, revoke_scim_token, scim_tokens, source};
use tillsyn_core::ids::DirectoryId;
use utoipa::ToSchema;

use super::sources::hidden;
use super::views::DirectoryToken;
use crate::api::json::{Body, Unkept, id};
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The tokens of a connector that are valid: two at most.
#[utoipa::path(get, path = "/api/v1/directories/{id}/tokens", operation_id = "directory_tokens_list",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    responses((status = 200, body = Page<DirectoryToken>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<DirectoryToken>>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    let all = scim_tokens(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(all)))
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DirectoryTokenBody {
    /// Life in days, 1 to 730; a year when absent.
    days: Option<i64>,
    /// The password of the API token's account: a token alone does not do this.
    password: Option<String>,
    /// The code of the account's authenticator app, where it has one.
    code: Option<String>,
}

/// The new token.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NewDirectoryToken {
    token: DirectoryToken,
    /// Its value; shown this once.
    value: String,
}

/// Makes a token for a SCIM client.
#[utoipa::path(post, path = "/api/v1/directories/{id}/tokens", operation_id = "directory_tokens_create",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    request_body = DirectoryTokenBody, responses((status = 201, body = NewDirectoryToken)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<(StatusCode, Unkept<NewDirectoryToken>), AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    source(ctx.core(), &ctx.actor, &id).await.map_err(hidden)?;
    let body: DirectoryTokenBody = body.read().await?;
    let proof = Proof::sent(body.password, body.code);
    let days = body.days.unwrap_or(365);
    let made = create_scim_token(ctx.core(), &ctx.actor, &id, days, proof).await?;
    let answer = NewDirectoryToken {
        token: made.0.into(),
        value: made.1.to_string(),
    };
    Ok((StatusCode::CREATED, Unkept(answer)))
}

/// Ends a token at once.
#[utoipa::path(delete, path = "/api/v1/directories/{id}/tokens/{token}",
    operation_id = "directory_tokens_revoke", tag = "directories",
    params(("id" = String, Path, description = "The directory"),
        ("token" = String, Path, description = "The token")), responses((status = 204)))]
pub(in crate::api) async fn revoke(
    ctx: RequestContext,
    Path((directory, token)): Path<(String, String)>,
) -> Result<StatusCode, AppError> {
    let id = id(Path(directory), DirectoryId::parse, "directory")?;
    revoke_scim_token(ctx.core(), &ctx.actor, &id, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
