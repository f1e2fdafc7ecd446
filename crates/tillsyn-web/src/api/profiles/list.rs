//! `GET /api/v1/profiles`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::profiles::{ProfileFilter, list_profiles};
use utoipa::IntoParams;

use super::views::Profile;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which profiles.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ProfileParams {
    /// Part of name or identifier.
    search: Option<String>,
    /// `active` or `archived`; both by default.
    status: Option<String>,
    /// Those whose newest version has a payload of this type.
    payload_type: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The profiles of the token's scope, by name.
#[utoipa::path(get, path = "/api/v1/profiles", operation_id = "profiles_list", tag = "profiles",
    params(ProfileParams), responses((status = 200, body = Page<Profile>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<ProfileParams>,
) -> Result<Json<Page<Profile>>, AppError> {
    let archived = match params.status.as_deref() {
        None => None,
        Some("active") => Some(false),
        Some("archived") => Some(true),
        Some(_) => {
            let text = "A profile is active or archived.";
            return Err(Error::invalid("status", "status", text).into());
        }
    };
    let filter = ProfileFilter {
        search: params.search,
        archived,
        payload_type: params.payload_type,
    };
    let after = params.after.as_deref();
    let page = list_profiles(ctx.core(), &ctx.actor, &filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
