//! `PUT /v1/enqueue/{ids}` and `GET /v1/push/{ids}`.

use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tillsyn_core::actor::may;
use tillsyn_core::nanomdm::{self, ToolCommand};
use tillsyn_core::{Error, Kind, Permission};

use super::LIMIT;
use super::answer::{self, body, refused_command};
use super::basic::BasicActor;
use crate::api::may_command;
use crate::error::AppError;
use crate::state::AppState;

#[derive(Deserialize)]
pub(super) struct Options {
    /// Any value but an empty one or `0`: devices are not woken.
    nopush: Option<String>,
}

/// Queues one command for several enrollments.
pub(super) async fn enqueue(
    State(state): State<AppState>,
    BasicActor(actor): BasicActor,
    Path(ids): Path<String>,
    Query(options): Query<Options>,
    request: Request,
) -> Response {
    // Before the body (S02).
    if let Err(error) = may_command(&actor) {
        return AppError::from(error).into_response();
    }
    let bytes = match body(request, LIMIT).await {
        Ok(bytes) => bytes,
        Err(error) => return refused_command(&error),
    };
    let command = match ToolCommand::read(&bytes) {
        Ok(command) => command,
        Err(error) => return refused_command(&error.into()),
    };
    let push = options
        .nopush
        .is_none_or(|v| matches!(v.as_str(), "" | "0"));
    match nanomdm::enqueue(&state.core, &actor, &ids, command, push).await {
        Ok(asked) => answer::result(asked),
        Err(error) => failed(error),
    }
}

/// Wakes enrollments.
pub(super) async fn push(
    State(state): State<AppState>,
    BasicActor(actor): BasicActor,
    Path(ids): Path<String>,
) -> Response {
    if let Err(error) = may(&actor, Permission::DevicesQuery) {
        return AppError::from(error).into_response();
    }
    match nanomdm::wake(&state.core, &actor, &ids).await {
        Ok(asked) => answer::result(asked),
        Err(error) => failed(error),
    }
}

fn failed(error: Error) -> Response {
    if error.kind == Kind::Invalid {
        return refused_command(&error.into());
    }
    AppError::from(error).into_response()
}
