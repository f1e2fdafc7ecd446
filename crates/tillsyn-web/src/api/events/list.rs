//! `GET /api/v1/events`.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsyn_core::Error;
use tillsyn_core::events::{EventView, list_events};
use utoipa::{IntoParams, ToSchema};

use crate::api::paging::{Page, Params};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct EventParams {
    /// Only of one object; with `object_id`.
    object_kind: Option<String>,
    /// Only of one object; with `object_kind`.
    object_id: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// One thing that happened.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Event {
    #[schema(format = "uuid")]
    id: String,
    at: Time,
    actor_kind: String,
    actor_id: String,
    address: Option<String>,
    action: String,
    object_kind: String,
    object_id: String,
    /// `done` or `refused`.
    result: String,
    #[schema(value_type = Object)]
    details: Value,
}

impl From<EventView> for Event {
    fn from(view: EventView) -> Self {
        Self {
            id: view.id,
            at: Time(view.at),
            actor_kind: view.actor_kind,
            actor_id: view.actor_id,
            address: view.address,
            action: view.action,
            object_kind: view.object_kind,
            object_id: view.object_id,
            result: view.result,
            details: view.details,
        }
    }
}

/// The events of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "events_list", tag = "events",
    params(EventParams), responses((status = 200, body = Page<Event>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<EventParams>,
) -> Result<Json<Page<Event>>, AppError> {
    let object = match (&params.object_kind, &params.object_id) {
        (Some(kind), Some(id)) => Some((kind.as_str(), id.as_str())),
        (None, None) => None,
        _ => {
            let why = "Send object_kind and object_id together.";
            return Err(Error::invalid("object_id", "object", why).into());
        }
    };
    let after = params.after.as_deref();
    let page = list_events(ctx.core(), &ctx.actor, object, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
