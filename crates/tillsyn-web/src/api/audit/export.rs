//! `GET /api/v1/audit/export`.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::header;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::audit::{self, Asked, Export, Format};
use utoipa::IntoParams;

use crate::api::paging::Params;
use crate::api::time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which part, and how.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ExportParams {
    /// `jsonl` (default): events with hashes and signed heads, for `tillsyn audit verify`; or `cef`.
    format: Option<String>,
    /// Events since then, RFC 3339.
    from: Option<String>,
    /// Events before then, RFC 3339.
    to: Option<String>,
}

/// The audit trail as lines. Of units outside the token's scope there are only hashes.
#[utoipa::path(get, path = "/api/v1/audit/export", operation_id = "audit_export", tag = "audit",
    params(ExportParams),
    responses((status = 200, body = String, content_type = "application/jsonl")))]
pub(in crate::api) async fn export(
    ctx: RequestContext,
    Params(params): Params<ExportParams>,
) -> Result<Response, AppError> {
    let format = match params.format.as_deref() {
        None | Some("jsonl") => Format::JsonLines,
        Some("cef") => Format::Cef,
        Some(_) => {
            return Err(Error::invalid("format", "format", "A format is jsonl or cef.").into());
        }
    };
    let asked = Asked {
        format,
        from: params.from.as_deref().map(time::parse).transpose()?,
        to: params.to.as_deref().map(time::parse).transpose()?,
    };
    let export = audit::export(ctx.core(), &ctx.actor, asked).await?;
    Ok(as_lines(export, format))
}

/// The pieces as they are read. A failure breaks the answer off: its last line is missing then.
pub(crate) fn as_lines(export: Export, format: Format) -> Response {
    let pieces = stream::try_unfold(export, |mut export| async move {
        let piece = export.next().await?;
        Ok::<_, Error>(piece.map(|piece| (piece, export)))
    });
    let kind = match format {
        Format::JsonLines => "application/jsonl",
        Format::Cef => "text/plain; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}
