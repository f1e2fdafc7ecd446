//! `GET /api/v1/invitation-batches/{id}/people`, also as a file.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::invitations::{BatchStep, batch_people, batch_people_csv};
use utoipa::IntoParams;

use super::views::{InvitationBatchPeople, batch_id};
use crate::api::csv_file;
use crate::api::json::id;
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The name under which the people of a batch are saved.
pub(crate) const PEOPLE: &str = "attachment; filename=\"invitations.csv\"";

/// Which people.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct PeopleParams {
    /// Only those at this step.
    step: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

pub(super) fn step(text: &str) -> Result<BatchStep, Error> {
    BatchStep::parse(text).ok_or_else(|| {
        let steps: Vec<&str> = BatchStep::ALL.iter().map(|step| step.as_str()).collect();
        let text = format!("A step is one of {}.", steps.join(", "));
        Error::invalid("step", "batch_steps", text)
    })
}

/// Who is where: everybody in the batch with the furthest step, and how many are at each.
#[utoipa::path(get, path = "/api/v1/invitation-batches/{id}/people",
    operation_id = "invitation_batches_people", tag = "invitations",
    params(("id" = String, Path), PeopleParams),
    responses((status = 200, body = InvitationBatchPeople)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<PeopleParams>,
) -> Result<Json<InvitationBatchPeople>, AppError> {
    let id = id(path, batch_id, "invitation batch")?;
    let only = match params.step.as_deref() {
        None | Some("") => None,
        Some(text) => Some(step(text)?),
    };
    let (core, actor, after) = (ctx.core(), &ctx.actor, params.after.as_deref());
    let (page, counts) = batch_people(core, actor, &id, only, after, params.limit).await?;
    Ok(Json(InvitationBatchPeople {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
        counts: counts
            .into_iter()
            .map(|(step, count)| (step.as_str(), count))
            .collect(),
    }))
}

/// Everybody in the batch as CSV.
#[utoipa::path(get, path = "/api/v1/invitation-batches/{id}/people.csv",
    operation_id = "invitation_batches_export", tag = "invitations", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(in crate::api) async fn export(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Response, AppError> {
    let id = id(path, batch_id, "invitation batch")?;
    let bytes = batch_people_csv(ctx.core(), &ctx.actor, &id).await?;
    Ok(csv_file(PEOPLE, bytes))
}
