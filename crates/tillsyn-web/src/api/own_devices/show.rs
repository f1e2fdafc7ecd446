//! `GET /api/v1/settings/own-devices`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::onboarding::{self, Ownership};
use utoipa::ToSchema;

use crate::auth::RequestContext;
use crate::error::AppError;

/// Whether people bring devices in by themselves at `/go`, signed in and without an invitation.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OwnDevices {
    /// `off`, or whose the devices then are: `personal` or `corporate`.
    pub(super) ownership: String,
    /// Managed devices that a person may have before they can bring in no more by themselves.
    #[schema(minimum = 1, maximum = 50)]
    pub(super) limit: i64,
}

impl From<onboarding::OwnDevices> for OwnDevices {
    fn from(setting: onboarding::OwnDevices) -> Self {
        Self {
            ownership: setting.ownership.as_str().to_owned(),
            limit: setting.limit,
        }
    }
}

impl OwnDevices {
    /// What was asked for.
    pub(super) fn setting(&self) -> Result<onboarding::OwnDevices, Error> {
        let ownership = Ownership::parse(&self.ownership).ok_or_else(|| {
            Error::invalid(
                "ownership",
                "ownership",
                "The ownership is off, personal or corporate.",
            )
        })?;
        Ok(onboarding::OwnDevices {
            ownership,
            limit: self.limit,
        })
    }
}

/// Whether people bring devices in by themselves.
#[utoipa::path(get, path = "/api/v1/settings/own-devices", operation_id = "own_devices_show", tag = "organisation",
    responses((status = 200, body = OwnDevices)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<OwnDevices>, AppError> {
    let setting = onboarding::own_devices(ctx.core()).await?;
    Ok(Json(setting.into()))
}
