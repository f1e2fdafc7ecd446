//! `PATCH /api/v1/push-certificates/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::{OrgUnitId, PushTopicId};
use tillsyn_core::push::{self, TopicEdit, edit_topic};
use utoipa::ToSchema;

use super::views::PushCertificate;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What changes; what is absent stays, an empty text is removed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PushCertificateEdit {
    /// The account at Apple with which it is renewed.
    vendor_account: Option<String>,
    /// Who cares for it: a person or a contact.
    owner_contact: Option<String>,
    note: Option<String>,
    /// `production` or `test`.
    purpose: Option<String>,
    /// New enrollments of its unit use it.
    for_new_enrollments: Option<bool>,
    /// The organisational unit that it is bound to.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
}

/// Changes what is on record about a push certificate, and whom it serves. Enrolled devices keep theirs.
#[utoipa::path(patch, path = "/api/v1/push-certificates/{id}", operation_id = "push_certificates_edit",
    tag = "push", params(("id" = String, Path, description = "The push certificate")),
    request_body = PushCertificateEdit, responses((status = 200, body = PushCertificate)))]
pub(in crate::api) async fn edit(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<PushCertificate>, AppError> {
    let id = id(path, PushTopicId::parse, "push certificate")?;
    push::topic(ctx.core(), &ctx.actor, &id).await?;
    let body: PushCertificateEdit = body.read().await?;
    let unit = body
        .unit_id
        .map(|text| OrgUnitId::parse(&text).ok_or_else(|| Error::not_found("organisational unit")))
        .transpose()?;
    let edit = TopicEdit {
        vendor_account: body.vendor_account,
        owner_contact: body.owner_contact,
        note: body.note,
        purpose: body.purpose,
        for_new: body.for_new_enrollments,
        unit,
    };
    let topic = edit_topic(ctx.core(), &ctx.actor, &id, edit).await?;
    Ok(Json(topic.into()))
}
