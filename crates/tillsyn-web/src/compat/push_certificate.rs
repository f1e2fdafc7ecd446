//! `PUT` and `GET /v1/pushcert`.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::actor::may;
use tillsyn_core::push::{PushUploaded, list_topics, upload_by_tool};
use tillsyn_core::{Actor, Error, Permission};
use zeroize::Zeroizing;

use super::answer::{body, refused};
use super::basic::BasicActor;
use super::pair::split;
use crate::api::time::Time;
use crate::error::AppError;
use crate::state::AppState;

/// A certificate and a key, generously.
const LIMIT: usize = 64 * 1024;

#[derive(Serialize)]
struct Shown {
    topic: String,
    not_after: Time,
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    topic: String,
}

/// The certificate on record of a topic.
pub(super) async fn show(
    State(state): State<AppState>,
    BasicActor(actor): BasicActor,
    Query(which): Query<Which>,
) -> Response {
    match find(&state, &actor, &which.topic).await {
        Ok(shown) => Json(shown).into_response(),
        Err(error) => refused(&error),
    }
}

async fn find(state: &AppState, actor: &Actor, topic: &str) -> Result<Shown, AppError> {
    let topics = list_topics(&state.core, actor).await?;
    let found = topics.into_iter().find(|known| known.topic == topic);
    let found = found.ok_or_else(|| Error::not_found("push certificate of this topic"))?;
    Ok(Shown {
        topic: found.topic,
        not_after: Time(found.not_after),
    })
}

/// Takes a certificate with its key. Another one of a topic on record waits for a second person: 202, and which
/// request it is.
pub(super) async fn upload(
    State(state): State<AppState>,
    BasicActor(actor): BasicActor,
    request: Request,
) -> Response {
    match take(&state, &actor, request).await {
        Ok(response) => response,
        Err(error) => refused(&error),
    }
}

async fn take(state: &AppState, actor: &Actor, request: Request) -> Result<Response, AppError> {
    // Before the body (S02).
    may(actor, Permission::PushWrite)?;
    let bytes = body(request, LIMIT).await?;
    let text = std::str::from_utf8(&bytes)
        .ok()
        .map(|text| Zeroizing::new(text.to_owned()));
    let pair = text.as_ref().and_then(|text| split(text));
    let (certificate, key) = pair.ok_or_else(|| {
        Error::invalid(
            "certificate",
            "push_pair",
            "Send the certificate and its key in PEM, one after the other, with nothing around them.",
        )
    })?;
    match upload_by_tool(&state.core, actor, certificate, key).await {
        Ok(PushUploaded::Recorded(topic)) => Ok(Json(Shown {
            topic: topic.topic,
            not_after: Time(topic.not_after),
        })
        .into_response()),
        Ok(PushUploaded::Waiting(id)) => Ok(held(&id.to_string())),
        Err(error) if error.code == "approval_waiting" => {
            let id = error
                .data
                .as_ref()
                .and_then(|data| data["approval_id"].as_str());
            Ok(held(id.unwrap_or_default()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Ours: these tools take any 2xx for done, and new ones can tell.
fn held(approval_id: &str) -> Response {
    let object = serde_json::json!({ "held": true, "approval_id": approval_id });
    (StatusCode::ACCEPTED, Json(object)).into_response()
}
