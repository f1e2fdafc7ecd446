//! `GET /api/v1/held`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::commands::{self, HeldBatch};
use utoipa::ToSchema;

use crate::api::paging::Page;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A batch of commands that waits for a second person; `/api/v1/approvals` says more.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Held {
    #[schema(format = "uuid")]
    id: String,
    request_type: String,
    act: Option<String>,
    /// `second_person`, `budget` or `new_account`.
    held_reason: String,
    commands: i64,
    reason: Option<String>,
    actor_kind: String,
    actor_id: String,
    created_at: Time,
}

impl From<HeldBatch> for Held {
    fn from(batch: HeldBatch) -> Self {
        Self {
            id: batch.id.to_string(),
            request_type: batch.request_type,
            act: batch.act,
            held_reason: batch.held_reason,
            commands: batch.commands,
            reason: batch.reason,
            actor_kind: batch.actor_kind,
            actor_id: batch.actor_id,
            created_at: Time(batch.created_at),
        }
    }
}

/// Batches that wait for a second person, oldest first.
#[utoipa::path(get, path = "/api/v1/held", operation_id = "held_list", tag = "commands",
    responses((status = 200, body = Page<Held>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<Held>>, AppError> {
    let batches = commands::list_held_batches(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(batches)))
}
