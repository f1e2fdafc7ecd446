//! `GET /api/v1/profile-templates`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::profiles::templates::{self, ProfileTemplate};
use utoipa::ToSchema;

use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A profile to begin with.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Template {
    /// Goes into `template` of a new profile.
    key: &'static str,
    /// The whole as an XML property list with variables.
    plist: &'static str,
}

impl From<ProfileTemplate> for Template {
    fn from(template: ProfileTemplate) -> Self {
        Self {
            key: template.key,
            plist: template.plist,
        }
    }
}

/// The built-in templates.
#[utoipa::path(get, path = "/api/v1/profile-templates", operation_id = "profile_templates_list",
    tag = "profiles", responses((status = 200, body = Page<Template>)))]
pub(in crate::api) async fn list(_ctx: RequestContext) -> Result<Json<Page<Template>>, AppError> {
    Ok(Json(Page::whole(templates::list().to_vec())))
}
