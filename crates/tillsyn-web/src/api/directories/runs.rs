//! `/api/v1/directories/{id}/runs`: what readings did, and what of them waits.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::directory::{RunView, decline_run, release_run, run_view, runs_of};
use tillsyn_core::ids::DirectoryId;
use utoipa::IntoParams;

use super::views::{DirectoryProof, DirectoryRun};
use crate::api::json::{Body, id};
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which runs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct RunParams {
    /// `true`: only what waits.
    held: Option<bool>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The readings of a directory, newest first.
#[utoipa::path(get, path = "/api/v1/directories/{id}/runs", operation_id = "directory_runs_list",
    tag = "directories", params(("id" = String, Path, description = "The directory"), RunParams),
    responses((status = 200, body = Page<DirectoryRun>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<RunParams>,
) -> Result<Json<Page<DirectoryRun>>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    let held = params.held.unwrap_or(false);
    let after = params.after.as_deref();
    let page = runs_of(ctx.core(), &ctx.actor, &id, held, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}

async fn of(ctx: &RequestContext, directory: &str, run: &str) -> Result<RunView, AppError> {
    let found = run_view(ctx.core(), &ctx.actor, run).await?;
    if found.source_id.as_str() == directory {
        return Ok(found);
    }
    Err(Error::not_found("run").into())
}

/// One reading.
#[utoipa::path(get, path = "/api/v1/directories/{id}/runs/{run}", operation_id = "directory_runs_show",
    tag = "directories", params(("id" = String, Path, description = "The directory"),
        ("run" = String, Path, description = "The run")), responses((status = 200, body = DirectoryRun)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    Path((directory, run)): Path<(String, String)>,
) -> Result<Json<DirectoryRun>, AppError> {
    Ok(Json(of(&ctx, &directory, &run).await?.into()))
}

/// Lets what waits happen. What takes something from several devices still comes as a plan; of members of a
/// group the plan is what is applied.
#[utoipa::path(post, path = "/api/v1/directories/{id}/runs/{run}/release",
    operation_id = "directory_runs_release", tag = "directories",
    params(("id" = String, Path, description = "The directory"), ("run" = String, Path, description = "The run")),
    request_body = DirectoryProof, responses((status = 200, body = DirectoryRun)))]
pub(in crate::api) async fn release(
    ctx: RequestContext,
    Path((directory, run)): Path<(String, String)>,
    body: Body,
) -> Result<Json<DirectoryRun>, AppError> {
    let found = of(&ctx, &directory, &run).await?;
    let body: DirectoryProof = body.read_or_default().await?;
    let run = release_run(ctx.core(), &ctx.actor, &found.id, body.proof()).await?;
    Ok(Json(run.into()))
}

/// Refuses what waits: everything stays as it is until the directory says something else.
#[utoipa::path(post, path = "/api/v1/directories/{id}/runs/{run}/decline",
    operation_id = "directory_runs_decline", tag = "directories",
    params(("id" = String, Path, description = "The directory"), ("run" = String, Path, description = "The run")),
    request_body = DirectoryProof, responses((status = 200, body = DirectoryRun)))]
pub(in crate::api) async fn decline(
    ctx: RequestContext,
    Path((directory, run)): Path<(String, String)>,
    body: Body,
) -> Result<Json<DirectoryRun>, AppError> {
    let found = of(&ctx, &directory, &run).await?;
    let body: DirectoryProof = body.read_or_default().await?;
    let run = decline_run(ctx.core(), &ctx.actor, &found.id, body.proof()).await?;
    Ok(Json(run.into()))
}
