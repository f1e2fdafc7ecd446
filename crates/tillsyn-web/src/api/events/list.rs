//! `GET /api/v1/events`.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsyn_core::Error;
use tillsyn_core::audit::{EventFilter, FoundEvent, search};
use tillsyn_core::ids::OrgUnitId;
use utoipa::{IntoParams, ToSchema};

use crate::api::json::option;
use crate::api::paging::{Page, Params};
use crate::api::time::{self, Time};
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
    /// Since then, RFC 3339.
    from: Option<String>,
    /// Before then, RFC 3339.
    to: Option<String>,
    /// Id of an account, token or device.
    actor_id: Option<String>,
    /// One action, or all of a kind: `device.*`.
    action: Option<String>,
    /// In this unit or below.
    unit_id: Option<String>,
    /// `done` or `refused`.
    result: Option<String>,
    /// An id or address anywhere in the event, or a part of its details.
    q: Option<String>,
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
    #[schema(format = "uuid")]
    unit_id: String,
    /// The request that caused it, as in answers and logs.
    request_id: Option<String>,
    /// Its place in the sealed trail; null until it is sealed.
    position: Option<i64>,
}

impl From<FoundEvent> for Event {
    fn from(found: FoundEvent) -> Self {
        let view = found.event;
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
            unit_id: found.unit_id,
            request_id: found.request_id,
            position: found.position,
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
    if params.object_kind.is_some() != params.object_id.is_some() {
        let why = "Send object_kind and object_id together.";
        return Err(Error::invalid("object_id", "object", why).into());
    }
    let filter = EventFilter {
        from: params.from.as_deref().map(time::parse).transpose()?,
        to: params.to.as_deref().map(time::parse).transpose()?,
        actor: params.actor_id,
        action: params.action,
        object_kind: params.object_kind,
        object: params.object_id,
        unit: option(params.unit_id, OrgUnitId::parse, "organisational unit")?,
        result: params.result,
        find: params.q,
    };
    let after = params.after.as_deref();
    let page = search(ctx.core(), &ctx.actor, &filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
