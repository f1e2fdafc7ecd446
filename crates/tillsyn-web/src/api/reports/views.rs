//! Reports as programs see them.

use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::reports::{self, ReportFilter, ReportName};
use utoipa::{IntoParams, ToSchema};

use crate::api::json::option;
use crate::api::paging::several;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A report that there is.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ReportKind {
    pub(super) name: String,
    /// The columns of its CSV.
    pub(super) columns: Vec<String>,
}

/// Of which devices. Several values are separated by commas and mean "one of them".
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ReportParams {
    /// `ios`, `ipados`, `macos`.
    platform: Option<String>,
    /// Device statuses.
    status: Option<String>,
    /// `corporate`, `personal`.
    ownership: Option<String>,
    /// In this unit or below.
    unit_id: Option<String>,
}

/// Devices counted.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Report {
    name: String,
    /// When it was counted.
    at: Time,
    /// All devices that pass the filter.
    devices: i64,
    /// Those of further rows than these.
    others: i64,
    rows: Vec<ReportRow>,
}

/// One line.
#[derive(Serialize, ToSchema)]
struct ReportRow {
    /// The platform, where the report is by platform, too.
    platform: Option<String>,
    /// An OS version, a status, an ownership, a model, the id of a unit, or days from and to, like `30-90`;
    /// `unknown` for what nobody knows.
    value: String,
    /// Name of the unit.
    unit: Option<String>,
    /// The devices of the unit itself, not those below it.
    itself: bool,
    devices: i64,
}

impl From<reports::Report> for Report {
    fn from(report: reports::Report) -> Self {
        let row = |row: reports::ReportRow| ReportRow {
            platform: row.platform,
            value: row.value,
            unit: row.name,
            itself: row.itself,
            devices: row.devices,
        };
        Self {
            name: report.name.as_str().to_owned(),
            at: Time(report.at),
            devices: report.total,
            others: report.others,
            rows: report.rows.into_iter().map(row).collect(),
        }
    }
}

pub(super) async fn counted(
    ctx: &RequestContext,
    name: &str,
    params: ReportParams,
) -> Result<reports::Report, AppError> {
    let name = ReportName::parse(name).ok_or_else(|| Error::not_found("report"))?;
    let filter = ReportFilter {
        platform: several(params.platform.as_deref()),
        status: several(params.status.as_deref()),
        ownership: several(params.ownership.as_deref()),
        unit: option(params.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    Ok(reports::report(ctx.core(), &ctx.actor, name, &filter).await?)
}
