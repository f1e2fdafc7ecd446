//! A handler's time, and what happens when it panics: the process stays, the answer has the usual shape.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use tillsyn_core::Error;

use crate::error::AppError;

/// Until the head of the answer; a body may stream on (live pages).
const HANDLER: Duration = Duration::from_secs(30);
/// A device may send a large result over a slow line.
const DEVICE: Duration = Duration::from_mins(5);

pub(super) async fn fence(request: Request, next: Next) -> Response {
    let limit = if request.uri().path().starts_with("/apple/") {
        DEVICE
    } else {
        HANDLER
    };
    // A handler owns its state; what a panic leaves half-done is dropped with it.
    let guarded = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(limit, guarded).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            metrics::counter!("tillsyn_panics_total").increment(1);
            AppError::from(Error::internal("The server met a fault of its own.")).into_response()
        }
        Err(_) => AppError::timeout().into_response(),
    }
}
