//! `GET /api/v1/devices`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::devices::{self, Ago, DeviceFilter, DeviceSort, Narrow};
use tillsyn_core::ids::{GroupId, OrgUnitId, PersonId};
use utoipa::IntoParams;

use super::views::Device;
use crate::api::json::option;
use crate::api::paging::{Page, Params, several};
use crate::api::time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which devices, in which order. Several values are separated by commas and mean "one of them".
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct DeviceParams {
    /// `ios`, `ipados`, `macos`.
    platform: Option<String>,
    /// Device statuses.
    status: Option<String>,
    /// `corporate`, `personal`.
    ownership: Option<String>,
    /// `reachable`, `unreachable`, `unhealthy`.
    contact: Option<String>,
    /// Exact OS versions.
    os_version: Option<String>,
    /// One model, by its name or, where none is known, by its identifier.
    model: Option<String>,
    /// Checked in after this time (RFC 3339).
    seen_since: Option<String>,
    /// Not checked in since this time (RFC 3339), or never.
    seen_before: Option<String>,
    /// Part of name, serial number, person or model.
    search: Option<String>,
    /// In this unit or below.
    unit_id: Option<String>,
    /// That this person has.
    person_id: Option<String>,
    /// In this group, themselves or by their person.
    group_id: Option<String>,
    /// Enrolled so many days ago: `30-90`, `365-`; `never` for those that were not.
    enrolled: Option<String>,
    /// Heard of so many days ago: `7-30`, `90-`; `never` for those that were not.
    heard: Option<String>,
    /// In this unit itself, not below.
    unit_itself: Option<String>,
    /// `name`, `serial_number`, `os_version`, `model`, `person`, `last_seen` or `enrolled_at`; with a minus sign
    /// the other way round. `-last_seen` by default.
    sort: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The devices of the token's scope.
#[utoipa::path(get, path = "/api/v1/devices", operation_id = "devices_list", tag = "devices",
    params(DeviceParams), responses((status = 200, body = Page<Device>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<DeviceParams>,
) -> Result<Json<Page<Device>>, AppError> {
    let now = ctx.core().now_ms();
    let filter = DeviceFilter {
        platform: several(params.platform.as_deref()),
        status: several(params.status.as_deref()),
        ownership: several(params.ownership.as_deref()),
        contact: several(params.contact.as_deref()),
        os_version: several(params.os_version.as_deref()),
        // Names of models have commas of their own.
        model: params.model.into_iter().filter(|m| !m.is_empty()).collect(),
        seen_since: params.seen_since.as_deref().map(time::parse).transpose()?,
        seen_before: params.seen_before.as_deref().map(time::parse).transpose()?,
        search: params.search,
        unit: option(params.unit_id, OrgUnitId::parse, "organisational unit")?,
        person: option(params.person_id, PersonId::parse, "person")?,
        group: option(params.group_id, GroupId::parse, "group")?,
        narrow: Narrow {
            enrolled: ago("enrolled", params.enrolled.as_deref(), now)?,
            heard: ago("heard", params.heard.as_deref(), now)?,
            unit_itself: option(params.unit_itself, OrgUnitId::parse, "organisational unit")?,
        },
    };
    let sort = DeviceSort::parse(params.sort.as_deref().unwrap_or("-last_seen"))?;
    let (after, limit) = (params.after.as_deref(), params.limit);
    let page = devices::list_devices(ctx.core(), &ctx.actor, &filter, sort, after, limit).await?;
    Ok(Json(Page::of(page)))
}

fn ago(name: &'static str, text: Option<&str>, now_ms: i64) -> Result<Option<Ago>, Error> {
    let read = |text: &str| {
        Ago::parse(text, now_ms).ok_or_else(|| {
            let detail = "Days ago, from and up to, like `30-90` or `365-`; or `never`.";
            Error::invalid(name, "days_ago", detail)
        })
    };
    text.map(read).transpose()
}
