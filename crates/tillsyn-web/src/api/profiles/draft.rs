//! `/api/v1/profiles/{id}/draft`.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::profiles::{DraftChange, SaveDraft, discard_draft, open_draft, save_draft};
use utoipa::{IntoParams, ToSchema};

use super::body;
use super::edits::ProfileEdit;
use super::views::ProfileDraft;
use crate::api::json::Body;
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The draft; where there is none, what it would start as.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/draft", operation_id = "profiles_draft_show",
    tag = "profiles", params(("id" = String, Path, description = "The profile")),
    responses((status = 200, body = ProfileDraft)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<Json<ProfileDraft>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let draft = open_draft(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(draft.into()))
}

/// A whole profile in place of the draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ReplaceBody {
    /// As the draft that was looked at said.
    revision: i64,
    /// A `.mobileconfig` in Base64: plain or signed, XML or binary, at most 2 MiB, of the profile's own
    /// identifier. A secret that is masked in it keeps its value.
    content: String,
    /// For the next version.
    comment: Option<String>,
}

/// Replaces the draft. What says the same changes nothing.
#[utoipa::path(put, path = "/api/v1/profiles/{id}/draft", operation_id = "profiles_draft_replace",
    tag = "profiles", params(("id" = String, Path, description = "The profile")),
    request_body = ReplaceBody, responses((status = 200, body = ProfileDraft)))]
pub(in crate::api) async fn replace(
    ctx: RequestContext,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<ProfileDraft>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let sent: ReplaceBody = body.read().await?;
    let save = SaveDraft {
        revision: sent.revision,
        change: DraftChange::Whole(body::content(&sent.content)?),
        comment: sent.comment,
    };
    let draft = save_draft(ctx.core(), &ctx.actor, &id, save).await?;
    Ok(Json(draft.into()))
}

/// Changes of the draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct EditBody {
    /// As the draft that was looked at said.
    revision: i64,
    /// Carried out in their order, all or none.
    #[serde(default)]
    edits: Vec<ProfileEdit>,
    /// Begin again from this version, instead of edits.
    version: Option<i64>,
    /// For the next version.
    comment: Option<String>,
}

/// Edits the draft, or takes it back to an older version.
#[utoipa::path(patch, path = "/api/v1/profiles/{id}/draft", operation_id = "profiles_draft_edit",
    tag = "profiles", params(("id" = String, Path, description = "The profile")),
    request_body = EditBody, responses((status = 200, body = ProfileDraft)))]
pub(in crate::api) async fn edit(
    ctx: RequestContext,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<ProfileDraft>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let sent: EditBody = body.read().await?;
    let change = match (sent.version, sent.edits.is_empty()) {
        (Some(number), true) => DraftChange::Version(number),
        (None, true) => DraftChange::Nothing,
        (None, false) => DraftChange::Edits(sent.edits.into_iter().map(Into::into).collect()),
        (Some(_), false) => {
            let text = "Send edits or a version to begin from, not both.";
            return Err(Error::invalid("version", "edits", text).into());
        }
    };
    let save = SaveDraft {
        revision: sent.revision,
        change,
        comment: sent.comment,
    };
    let draft = save_draft(ctx.core(), &ctx.actor, &id, save).await?;
    Ok(Json(draft.into()))
}

/// Which draft is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct DiscardParams {
    /// As the draft that was looked at said.
    revision: Option<i64>,
}

/// Throws the draft away.
#[utoipa::path(delete, path = "/api/v1/profiles/{id}/draft", operation_id = "profiles_draft_discard",
    tag = "profiles", params(("id" = String, Path, description = "The profile"), DiscardParams),
    responses((status = 204)))]
pub(in crate::api) async fn discard(
    ctx: RequestContext,
    Path(id): Path<String>,
    Params(params): Params<DiscardParams>,
) -> Result<StatusCode, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let revision = params.revision.ok_or_else(|| {
        let text = "Say which draft is meant: send its revision.";
        Error::invalid("revision", "revision", text)
    })?;
    discard_draft(ctx.core(), &ctx.actor, &id, revision).await?;
    Ok(StatusCode::NO_CONTENT)
}
