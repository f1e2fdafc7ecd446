//! `GET /api/v1/groups/{id}/members`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::groups::{MemberKind, list_members};
use tillsyn_core::ids::GroupId;
use utoipa::IntoParams;

use super::views::GroupMember;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which members.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct MemberParams {
    /// `device` or `person`.
    kind: Option<String>,
    /// Part of name, serial number or mail address.
    search: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The members of a group by name.
#[utoipa::path(get, path = "/api/v1/groups/{id}/members", operation_id = "groups_members",
    tag = "groups", params(("id" = String, Path, description = "The group"), MemberParams),
    responses((status = 200, body = Page<GroupMember>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<MemberParams>,
) -> Result<Json<Page<GroupMember>>, AppError> {
    let id = id(path, GroupId::parse, "group")?;
    let kind = match params.kind.as_deref() {
        None | Some("") => None,
        Some(text) => Some(MemberKind::parse(text).ok_or_else(|| {
            Error::invalid("kind", "member_kind", "A member is a device or a person.")
        })?),
    };
    let (search, after) = (params.search.as_deref(), params.after.as_deref());
    let page = list_members(
        ctx.core(),
        &ctx.actor,
        &id,
        kind,
        search,
        after,
        params.limit,
    )
    .await?;
    Ok(Json(Page::of(page)))
}
