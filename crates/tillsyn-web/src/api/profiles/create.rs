//! `POST /api/v1/profiles`.

use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::profiles::{NewProfile, Origin, create_profile, find_profile};
use utoipa::ToSchema;

use super::body;
use super::views::Profile;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A profile to make: of a file, of a template, or empty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ProfileBody {
    /// What it is called here; of a file its display name unless given.
    name: Option<String>,
    description: Option<String>,
    /// Its organisational unit; the token's own when absent.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    /// A `.mobileconfig` in Base64: plain or signed, XML or binary, at most 2 MiB.
    content: Option<String>,
    /// Key of a template; instead of `content`.
    template: Option<String>,
}

/// Makes a profile with a draft; nothing reaches devices before it is published and assigned.
#[utoipa::path(post, path = "/api/v1/profiles", operation_id = "profiles_create", tag = "profiles",
    request_body = ProfileBody, responses((status = 201, body = Profile)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Profile>, AppError> {
    let sent: ProfileBody = body.read().await?;
    let origin = match (sent.content, sent.template) {
        (None, None) => Origin::Empty,
        (Some(content), None) => Origin::Upload(body::content(&content)?),
        (None, Some(key)) => Origin::Template(key),
        (Some(_), Some(_)) => {
            let text = "Send a file or the key of a template, not both.";
            return Err(Error::invalid("template", "origin", text).into());
        }
    };
    let unit = match sent.unit_id {
        Some(id) => {
            let id = OrgUnitId::parse(&id);
            Some(id.ok_or_else(|| Error::not_found("organisational unit"))?)
        }
        None => None,
    };
    let new = NewProfile {
        name: sent.name,
        description: sent.description,
        unit,
        origin,
    };
    let id = create_profile(ctx.core(), &ctx.actor, new).await?;
    let made = find_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Created(made.into()))
}
