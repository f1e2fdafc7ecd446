//! `POST /api/v1/units`.

use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::{NewUnit, create_unit};
use utoipa::ToSchema;

use super::views::Unit;
use crate::api::json::{Body, Created, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A unit to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct UnitBody {
    name: String,
    /// The unit that it belongs to; the top of what the token reaches when absent.
    #[schema(format = "uuid")]
    parent_id: Option<String>,
}

/// Makes an organisational unit.
#[utoipa::path(post, path = "/api/v1/units", operation_id = "units_create", tag = "units",
    request_body = UnitBody, responses((status = 201, body = Unit)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Unit>, AppError> {
    let body: UnitBody = body.read().await?;
    let new = NewUnit {
        name: body.name,
        parent: option(body.parent_id, OrgUnitId::parse, "organisational unit")?,
    };
    let made = create_unit(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(made.into()))
}
