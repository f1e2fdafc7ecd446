//! `POST /api/v1/enrollments/readopt`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::unknown_senders::{self, Readoption};
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which devices, and what is true of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ReadoptBody {
    /// 1 to 200 certificates (SHA-256). A device that is enrolled with another one loses that enrollment.
    certificates: Option<Vec<String>>,
    /// All that knock instead, but those of devices that are enrolled with another certificate.
    #[serde(default)]
    all: bool,
    /// The unit that they go to; without it the top.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    /// `corporate` or `personal`.
    ownership: String,
    /// Of devices that are not known from before: `ios`, `ipados`, `macos`, `tvos`, `visionos` or `watchos`.
    #[serde(default = "ios")]
    platform: String,
}

fn ios() -> String {
    "ios".to_owned()
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ReadoptReport {
    readopted: usize,
    skipped: Vec<SkippedSender>,
}

/// One that was not taken in.
#[derive(Serialize, ToSchema)]
struct SkippedSender {
    certificate_sha256: String,
    code: &'static str,
    detail: &'static str,
}

/// Takes devices in again that a restore does not know: each goes on with its certificate.
#[utoipa::path(post, path = "/api/v1/enrollments/readopt", operation_id = "enrollments_readopt",
    tag = "enrollments", request_body = ReadoptBody, responses((status = 200, body = ReadoptReport)))]
pub(in crate::api) async fn readopt(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<ReadoptReport>, AppError> {
    let body: ReadoptBody = body.read().await?;
    if body.all == body.certificates.is_some() {
        let text = "Name certificates, or say all.";
        return Err(Error::invalid("certificates", "certificates_or_all", text).into());
    }
    let unit = body
        .unit_id
        .map(|id| OrgUnitId::parse(&id).ok_or_else(|| Error::not_found("organisational unit")))
        .transpose()?;
    let wanted = Readoption {
        certificates: body.certificates,
        unit,
        ownership: body.ownership,
        platform: body.platform,
        seen_at: None,
    };
    let report = unknown_senders::readopt(ctx.core(), &ctx.actor, wanted).await?;
    let skipped = report.skipped.into_iter().map(|skipped| SkippedSender {
        certificate_sha256: skipped.certificate_sha256,
        code: skipped.code,
        detail: skipped.detail,
    });
    Ok(Json(ReadoptReport {
        readopted: report.readopted,
        skipped: skipped.collect(),
    }))
}
