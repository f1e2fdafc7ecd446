//! Answers in the shapes that these tools read.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use tillsyn_core::nanomdm::{Asked, Outcome};

use super::basic::BasicActor;
use crate::api::time::Time;
use crate::error::AppError;

/// The result object of `enqueue` and `push`.
#[derive(Serialize)]
pub(super) struct ResultObject {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_push: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_type: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    status: BTreeMap<String, Entry>,
}

/// What became of one enrollment.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    push_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    push_result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_error: Option<String>,
    /// Ours: the guard holds the command back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    held: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval_id: Option<String>,
}

impl From<Outcome> for Entry {
    fn from(outcome: Outcome) -> Self {
        Self {
            push_error: outcome.push_error,
            push_result: outcome.push_result,
            command_error: outcome.command_error,
            held: outcome.held,
            held_until: outcome.held_until.map(Time),
            approval_id: outcome.approval.map(|id| id.to_string()),
        }
    }
}

/// 200 when all went well, 500 when nothing did, 207 for anything between. A command that is queued and whose
/// push failed is no failure as a whole: it would be sent again, and is there already.
fn status(asked: &Asked) -> StatusCode {
    let total = asked.status.len();
    let commands = |o: &&Outcome| o.command_error.is_some();
    let pushes = |o: &&Outcome| o.push_error.is_some();
    let not_queued = asked.status.values().filter(commands).count();
    let not_pushed = asked.status.values().filter(pushes).count();
    let of_commands = asked.command_uuid.is_some();
    let nothing = not_queued == total || (!of_commands && not_pushed == total);
    if asked.command_error.is_some() || nothing {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if not_queued + not_pushed > 0 {
        StatusCode::MULTI_STATUS
    } else {
        StatusCode::OK
    }
}

pub(super) fn result(asked: Asked) -> Response {
    let status = status(&asked);
    let object = ResultObject {
        no_push: asked.no_push,
        command_error: asked.command_error,
        command_uuid: asked.command_uuid,
        request_type: asked.request_type,
        status: asked
            .status
            .into_iter()
            .map(|(id, outcome)| (id, outcome.into()))
            .collect(),
    };
    (status, Json(object)).into_response()
}

/// A request that cannot be read at all: 400, with the reason where these tools look for it.
pub(super) fn refused_command(error: &AppError) -> Response {
    let object = json!({ "command_error": words(error) });
    (bad(error), Json(object)).into_response()
}

/// The same for the calls that answer `{error}`.
pub(super) fn refused(error: &AppError) -> Response {
    (bad(error), Json(json!({ "error": words(error) }))).into_response()
}

/// What is wrong with the input is 400 to these tools, whatever finer word our own API has for it.
fn bad(error: &AppError) -> StatusCode {
    match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::CONFLICT
        | StatusCode::NOT_FOUND
        | StatusCode::PAYLOAD_TOO_LARGE => StatusCode::BAD_REQUEST,
        other => other,
    }
}

fn words(error: &AppError) -> String {
    format!("{}: {}", error.code(), error.detail())
}

/// `GET /version`.
pub(super) async fn version(BasicActor(_): BasicActor) -> Response {
    Json(json!({ "version": env!("CARGO_PKG_VERSION") })).into_response()
}

/// The whole body within its limit.
pub(super) async fn body(request: Request, limit: usize) -> Result<axum::body::Bytes, AppError> {
    axum::body::to_bytes(request.into_body(), limit)
        .await
        .map_err(|_| AppError::too_large(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(of_command: bool, outcomes: &[(Option<&str>, Option<&str>)]) -> Asked {
        let status = outcomes.iter().enumerate().map(|(n, (command, push))| {
            let outcome = Outcome {
                command_error: command.map(str::to_owned),
                push_error: push.map(str::to_owned),
                ..Outcome::default()
            };
            (n.to_string(), outcome)
        });
        Asked {
            command_uuid: of_command.then(|| "U".to_owned()),
            status: status.collect(),
            ..Asked::default()
        }
    }

    #[test]
    fn all_some_or_none_as_the_sheet_has_it() {
        let (fine, no, unpushed) = ((None, None), (Some("no"), None), (None, Some("no")));
        for (of_command, outcomes, expected) in [
            (true, vec![fine, fine], 200),
            (true, vec![fine, no], 207),
            (true, vec![no, no], 500),
            (true, vec![unpushed], 207),
            (true, vec![unpushed, no], 207),
            (false, vec![fine], 200),
            (false, vec![fine, unpushed], 207),
            (false, vec![unpushed, unpushed], 500),
        ] {
            let asked = asked(of_command, &outcomes);
            assert_eq!(status(&asked).as_u16(), expected, "{outcomes:?}");
        }
    }
}
