//! `POST /api/v1/push-certificates`.

use serde::Deserialize;
use tillsyn_core::push::{PushUpload, upload_certificate};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::views::PushCertificate;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A push certificate with its key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PushCertificateBody {
    /// PEM of the certificate from Apple's portal.
    certificate: String,
    /// PEM of its key, without a passphrase.
    key: String,
    /// The account at Apple with which it is renewed.
    vendor_account: Option<String>,
    note: Option<String>,
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
    let upload = PushUpload {
        certificate_pem: body.certificate,
        key_pem: Some(Zeroizing::new(body.key)),
        vendor_account: body.vendor_account,
        note: body.note,
        ..PushUpload::default()
    };
    let topic = upload_certificate(ctx.core(), &ctx.actor, upload).await?;
    Ok(Created(topic.into()))
}
