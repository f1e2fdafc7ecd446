//! `GET /api/v1/device-authorities`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::device_authorities::{AuthorityView, list_authorities};
use utoipa::ToSchema;

use crate::api::paging::Page;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// An authority of somebody else whose device certificates are accepted.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeviceAuthority {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    subject: String,
    /// SHA-256 of its certificate.
    sha256: String,
    /// Whether one of its certificates may itself enroll a device.
    may_enroll: bool,
    /// `corporate` or `personal`: what such an enrollment is.
    ownership: String,
    not_after: Time,
    days_left: i64,
    /// Active enrollments that rest on it.
    enrollments: i64,
    created_at: Time,
}

impl From<AuthorityView> for DeviceAuthority {
    fn from(view: AuthorityView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            subject: view.subject,
            sha256: view.sha256,
            may_enroll: view.may_enroll,
            ownership: view.ownership,
            not_after: Time(view.not_after),
            days_left: view.days_left,
            enrollments: view.enrollments,
            created_at: Time(view.created_at),
        }
    }
}

/// The trusted authorities, newest first.
#[utoipa::path(get, path = "/api/v1/device-authorities", operation_id = "device_authorities_list",
    tag = "enrollments", responses((status = 200, body = Page<DeviceAuthority>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
) -> Result<Json<Page<DeviceAuthority>>, AppError> {
    let all = list_authorities(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(all)))
}
