//! `GET /api/v1/certificates`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::certificates::{self, CertificateFilter};
use utoipa::IntoParams;

use super::views::Certificate;
use crate::api::paging::{Page, Params, several};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which certificates. Several values are separated by commas and mean "one of them".
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct CertificateParams {
    /// `valid`, `renewing`, `expiring`, `expired`, `revoked`.
    status: Option<String>,
    /// `scep`, `acme`, `acme_attested`.
    method: Option<String>,
    /// Only those that a device uses now.
    in_use: Option<bool>,
    /// Only those whose renewal came to nothing so far.
    late: Option<bool>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The device certificates of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/certificates", operation_id = "certificates_list", tag = "certificates",
    params(CertificateParams), responses((status = 200, body = Page<Certificate>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<CertificateParams>,
) -> Result<Json<Page<Certificate>>, AppError> {
    let filter = CertificateFilter {
        status: several(params.status.as_deref()),
        method: several(params.method.as_deref()),
        device: None,
        in_use: params.in_use.unwrap_or(false),
        late: params.late.unwrap_or(false),
    };
    let (core, after) = (ctx.core(), params.after.as_deref());
    let page =
        certificates::list_certificates(core, &ctx.actor, &filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
