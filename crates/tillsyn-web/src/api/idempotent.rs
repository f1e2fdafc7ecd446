//! `Idempotency-Key` on every POST. The request runs in a task of its own, so that its answer is kept
//! also when the client has gone away: that is when a key is needed.

use axum::body::Body;
use axum::extract::{Extension, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tillsyn_core::idempotency::{self, Begun, StoredAnswer, Ticket};
use tillsyn_core::{Core, Error};

use super::json::{KeepInstead, KeepNot, limit_of, read_up_to};
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::middleware::scope;

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

pub(super) async fn idempotent(
    Extension(context): Extension<RequestContext>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let mut keys = request.headers().get_all(KEY).iter();
    let (key, second) = (keys.next().cloned(), keys.next());
    let Some(key) = key.filter(|_| request.method() == Method::POST) else {
        return Ok(next.run(request).await);
    };
    // Two keys are as bad as an empty one.
    let key = if second.is_some() {
        ""
    } else {
        key.to_str().unwrap_or_default()
    }
    .to_owned();
    let (parts, body) = request.into_parts();
    let bytes = read_up_to(limit_of(parts.uri.path()), body).await?;
    let target = parts
        .uri
        .path_and_query()
        .map_or("", |target| target.as_str());
    let route = format!("POST {target}");
    let core = context.core().clone();
    match idempotency::begin(&core, &context.actor, &key, &route, &bytes).await? {
        Begun::Replay(answer) => Ok(replayed(&answer)),
        Begun::Fresh(ticket) => {
            let request = Request::from_parts(parts, Body::from(bytes));
            let work = async move { settle(&core, &ticket, next.run(request).await).await };
            tokio::spawn(scope::carried(work)).await.map_err(|error| {
                Error::internal("The request met a fault.")
                    .caused_by(error)
                    .into()
            })
        }
    }
}

/// Keeps a success, frees the key of a refusal and of an answer that may not be kept. After a fault of ours the outcome is not known, and the
/// key stays taken.
async fn settle(core: &Core, ticket: &Ticket, response: Response) -> Response {
    let status = response.status();
    let unkept = response.extensions().get::<KeepNot>().is_some();
    if status.is_client_error() || unkept {
        if let Err(error) = idempotency::abandon(core, ticket).await {
            AppError::from(error).log();
        }
        return response;
    }
    if !status.is_success() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let instead = parts.extensions.get::<KeepInstead>();
    match axum::body::to_bytes(body, usize::MAX).await {
        Ok(bytes) => {
            let kept = instead.map_or(&*bytes, |instead| &instead.0);
            // Done is done: the client hears of it even if the answer cannot be kept.
            if let Err(error) = idempotency::finish(core, ticket, status.as_u16(), kept).await {
                AppError::from(error).log();
            }
            Response::from_parts(parts, Body::from(bytes))
        }
        Err(error) => {
            AppError::from(Error::internal("An answer of ours cannot be read.").caused_by(error))
                .into_response()
        }
    }
}

fn replayed(answer: &StoredAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body.to_vec()).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if !answer.body.is_empty() {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
