//! `GET /api/v1/profiles/{id}/devices` and `GET /api/v1/profiles/{id}/states`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::ids::ProfileId;
use tillsyn_core::reconcile::{count_items, items_of_profile};
use utoipa::{IntoParams, ToSchema};

use super::views::Item;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which devices.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ItemParams {
    /// `as_desired`, `behind`, `to_install`, `to_remove`, `refused` or `unverified`.
    state: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// How many channels of devices stand where.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemCounts {
    /// By state.
    counts: BTreeMap<String, i64>,
}

/// The devices that have a profile or are to have it.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/devices", operation_id = "profiles_devices", tag = "profiles",
    params(("id" = String, Path, description = "The profile"), ItemParams),
    responses((status = 200, body = Page<Item>)))]
pub(super) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<ItemParams>,
) -> Result<Json<Page<Item>>, AppError> {
    let id = id(path, ProfileId::parse, "profile")?;
    let (state, after) = (params.state.as_deref(), params.after.as_deref());
    let page = items_of_profile(ctx.core(), &ctx.actor, &id, state, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}

/// How many devices stand where with a profile.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/states", operation_id = "profiles_states", tag = "profiles",
    params(("id" = String, Path, description = "The profile")), responses((status = 200, body = ItemCounts)))]
pub(super) async fn counts(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<ItemCounts>, AppError> {
    let id = id(path, ProfileId::parse, "profile")?;
    let counts = count_items(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(ItemCounts { counts }))
}
