//! `POST /api/v1/imports/{id}/apply`.

use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::imports::{self, Choice};
use utoipa::ToSchema;

use super::views::{Import, import_id};
use crate::api::json::{Accepted, Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// How the file is carried out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::api) struct ApplyImportBody {
    /// Leaves out rows with errors; without it a file that has any is refused.
    leave_out_errors: bool,
    /// Takes members that the file does not name out of its groups, each with a plan.
    replace_members: bool,
    /// Of the preview that was looked at; the one on record when absent.
    digest: Option<String>,
}

/// Carries the file out in the background. Refused with `import_overtaken` when it would do something else by now,
/// and with `import_errors` while rows have errors.
#[utoipa::path(post, path = "/api/v1/imports/{id}/apply", operation_id = "imports_apply",
    tag = "imports", params(("id" = String, Path)), request_body = ApplyImportBody,
    responses((status = 202, body = Import)))]
pub(in crate::api) async fn apply(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Accepted<Import>, AppError> {
    let id = id(path, import_id, "import")?;
    imports::import(ctx.core(), &ctx.actor, &id).await?;
    let body: ApplyImportBody = body.read_or_default().await?;
    let choice = Choice {
        leave_out_errors: body.leave_out_errors,
        replace_members: body.replace_members,
        digest: body.digest,
    };
    let found = imports::apply(ctx.core(), &ctx.actor, &id, choice).await?;
    Ok(Accepted(found.into()))
}
