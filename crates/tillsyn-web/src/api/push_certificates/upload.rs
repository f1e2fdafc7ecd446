//! `POST /api/v1/push-certificates`.

use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::{OrgUnitId, PushTopicId};
use tillsyn_core::push::{PushUpload, PushUploaded, upload_certificate};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::views::PushCertificate;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A push certificate, with its key unless its request was made here.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PushCertificateBody {
    /// PEM of the certificate from Apple's portal.
    certificate: String,
    /// PEM of its key, without a passphrase; absent when the request was made here.
    key: Option<String>,
    /// The account at Apple with which it is renewed.
    vendor_account: Option<String>,
    /// Who cares for it: a person or a contact.
    owner_contact: Option<String>,
    note: Option<String>,
    /// The push certificate on record that it renews; the only one when absent.
    #[schema(format = "uuid")]
    renews: Option<String>,
    /// It is a further topic beside those on record.
    #[serde(default)]
    further: bool,
    /// The topic on record may change; refused while anything is enrolled on it.
    #[serde(default)]
    change_topic: bool,
    /// The organisational unit of a new topic; the whole organisation when absent.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
}

/// Records or renews a push certificate. This asks for a person: a token is refused with
/// `person_needed`; use the console.
#[utoipa::path(post, path = "/api/v1/push-certificates", operation_id = "push_certificates_upload",
    tag = "push", request_body = PushCertificateBody, responses((status = 201, body = PushCertificate)))]
pub(in crate::api) async fn upload(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<PushCertificate>, AppError> {
    let body: PushCertificateBody = body.read().await?;
    let renews = body
        .renews
        .map(|text| PushTopicId::parse(&text).ok_or_else(|| Error::not_found("push certificate")))
        .transpose()?;
    let unit = body
        .unit_id
        .map(|text| OrgUnitId::parse(&text).ok_or_else(|| Error::not_found("organisational unit")))
        .transpose()?;
    let upload = PushUpload {
        certificate_pem: body.certificate,
        key_pem: body.key.map(Zeroizing::new),
        vendor_account: body.vendor_account,
        owner_contact: body.owner_contact,
        note: body.note,
        renews,
        further: body.further,
        change_topic: body.change_topic,
        unit,
    };
    match upload_certificate(ctx.core(), &ctx.actor, upload).await? {
        PushUploaded::Recorded(topic) => Ok(Created((*topic).into())),
        PushUploaded::Waiting(id) => Err(Error::conflict(
            "approval_waiting",
            "It replaces a certificate on record and waits for a second person.",
        )
        .with_data(serde_json::json!({ "approval_id": id }))
        .into()),
    }
}
