//! `POST /api/v1/groups`.

use serde::Deserialize;
use tillsyn_core::groups::{NewGroup, create_group};
use tillsyn_core::ids::OrgUnitId;
use utoipa::ToSchema;

use super::views::Group;
use crate::api::json::{Body, Created, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A group to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct GroupBody {
    name: String,
    description: Option<String>,
    /// The unit whose devices and people it takes; the top of what the token reaches when absent.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
}

/// Makes an empty group.
#[utoipa::path(post, path = "/api/v1/groups", operation_id = "groups_create", tag = "groups",
    request_body = GroupBody, responses((status = 201, body = Group)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Group>, AppError> {
    let body: GroupBody = body.read().await?;
    let new = NewGroup {
        name: body.name,
        description: body.description,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    let made = create_group(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(made.into()))
}
