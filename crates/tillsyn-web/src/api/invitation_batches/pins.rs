//! `POST /api/v1/invitation-batches/{id}/pins`.

use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::invitations::{BatchPin, take_batch_pins};
use utoipa::ToSchema;

use super::views::batch_id;
use crate::api::json::{Unkept, id};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// PINs that somebody hands over, told this once.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct InvitationBatchPins {
    items: Vec<InvitationBatchPin>,
}

/// A PIN with whom it is for.
#[derive(Serialize, ToSchema)]
struct InvitationBatchPin {
    line: i64,
    #[schema(format = "uuid")]
    person_id: String,
    name: String,
    email: String,
    pin: String,
    pin_expires_at: Time,
}

impl From<BatchPin> for InvitationBatchPin {
    fn from(found: BatchPin) -> Self {
        Self {
            line: found.line,
            person_id: found.person_id,
            name: found.name,
            email: found.email,
            pin: found.pin.to_string(),
            pin_expires_at: Time(found.until),
        }
    }
}

/// Takes the PINs of a batch away, to hand them over, where the policy does not send them by mail. They are told this
/// once and live for a day; afterwards a new one is made for whoever needs it. Refused with `no_pins` when there are
/// none, or somebody took them.
#[utoipa::path(post, path = "/api/v1/invitation-batches/{id}/pins", operation_id = "invitation_batches_pins",
    tag = "invitations", params(("id" = String, Path)),
    responses((status = 200, body = InvitationBatchPins)))]
pub(in crate::api) async fn take(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Unkept<InvitationBatchPins>, AppError> {
    let id = id(path, batch_id, "invitation batch")?;
    let pins = take_batch_pins(ctx.core(), &ctx.actor, &id).await?;
    let items = pins.into_iter().map(Into::into).collect();
    Ok(Unkept(InvitationBatchPins { items }))
}
