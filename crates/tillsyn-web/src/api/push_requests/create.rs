//! `POST /api/v1/push-requests`.

use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::{NewPushRequest, create_request};
use utoipa::ToSchema;

use super::views::PushRequest;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What the request says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PushRequestBody {
    /// The push certificate that it is to renew; absent for a new topic.
    #[schema(format = "uuid")]
    renews: Option<String>,
    /// The organisation's name when absent.
    common_name: Option<String>,
    email: String,
    /// Two letters, such as `SE`.
    country: String,
    /// Whoever asks agrees that name, mail address and country go to Apple and to the signer.
    consent: bool,
}

/// Makes a request for a push certificate. Its key is made here and never leaves.
#[utoipa::path(post, path = "/api/v1/push-requests", operation_id = "push_requests_create", tag = "push",
    request_body = PushRequestBody, responses((status = 201, body = PushRequest)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<PushRequest>, AppError> {
    let body: PushRequestBody = body.read().await?;
    let renews = body
        .renews
        .map(|text| PushTopicId::parse(&text).ok_or_else(|| Error::not_found("push certificate")))
        .transpose()?;
    let new = NewPushRequest {
        renews,
        common_name: body.common_name,
        email: body.email,
        country: body.country,
        consent: body.consent,
    };
    let request = create_request(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(request.into()))
}
