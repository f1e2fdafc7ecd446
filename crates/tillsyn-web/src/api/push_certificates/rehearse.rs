//! `POST /api/v1/push-certificates/{id}/rehearsals`.

use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::{self, Rehearsal};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::views::PushRehearsal;
use crate::api::json::{Body, Created, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What is tried.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PushRehearsalBody {
    /// PEM of the certificate that is to come; without it only what is on record is tried.
    certificate: Option<String>,
    /// PEM of its key, when its request was not made here.
    key: Option<String>,
    /// Who will renew it; the owner on record when absent.
    responsible: Option<String>,
}

/// Tries everything that a renewal needs, and keeps the report. The certificate in use is not touched.
#[utoipa::path(post, path = "/api/v1/push-certificates/{id}/rehearsals",
    operation_id = "push_certificates_rehearse", tag = "push",
    params(("id" = String, Path, description = "The push certificate")),
    request_body = PushRehearsalBody, responses((status = 201, body = PushRehearsal)))]
pub(in crate::api) async fn rehearse(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Created<PushRehearsal>, AppError> {
    let id = id(path, PushTopicId::parse, "push certificate")?;
    push::topic(ctx.core(), &ctx.actor, &id).await?;
    let body: PushRehearsalBody = body.read_or_default().await?;
    let rehearsal = Rehearsal {
        certificate_pem: body.certificate,
        key_pem: body.key.map(Zeroizing::new),
        responsible: body.responsible,
    };
    let report = push::rehearse(ctx.core(), &ctx.actor, &id, rehearsal).await?;
    Ok(Created(report.into()))
}
