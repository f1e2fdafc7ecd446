//! One connection of a client: HTTP/2 requests, checked and answered.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_rustls::server::TlsStream;

use super::answer::Answer;
use super::rules::{self, Broken, Checked, MAX_BODY_BYTES};
use super::state::{Refusal, State};

/// What a scripted answer does to the connection that carries it.
enum Order {
    /// Send GOAWAY; told through the channel once that is under way.
    GoAway(oneshot::Sender<()>),
    Drop,
}

/// Serves the connection to its end. `topic` is the UID of the client's certificate.
pub(super) async fn serve(
    stream: TlsStream<TcpStream>,
    topic: Option<String>,
    state: Arc<State>,
    mut shutdown: watch::Receiver<bool>,
) {
    let (orders, mut ordered) = mpsc::channel::<Order>(1);
    let topic: Option<Arc<str>> = topic.map(Into::into);
    let service = service_fn(move |request| {
        answer(request, topic.clone(), Arc::clone(&state), orders.clone())
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        // Apple announces this many once a client is known.
        .max_concurrent_streams(1000)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let mut closing = false;
    loop {
        tokio::select! {
            // Broken connections are the client's affair; it sees them itself.
            _ = connection.as_mut() => return,
            Some(order) = ordered.recv() => match order {
                Order::GoAway(done) => {
                    connection.as_mut().graceful_shutdown();
                    // The request may be gone already.
                    let _ = done.send(());
                }
                Order::Drop => return,
            },
            _ = shutdown.changed(), if !closing => {
                closing = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Ends one stream without an answer: it was not processed. RFC 9113 §8.7.
#[derive(Debug, thiserror::Error)]
#[error("stream refused as scripted")]
struct StreamRefused(#[source] h2::Error);

impl StreamRefused {
    fn new() -> Self {
        Self(h2::Reason::REFUSED_STREAM.into())
    }
}

async fn answer(
    request: Request<Incoming>,
    topic: Option<Arc<str>>,
    state: Arc<State>,
    orders: mpsc::Sender<Order>,
) -> Result<Response<Full<Bytes>>, StreamRefused> {
    let checked = match check(request, topic.as_deref(), state.now_ms()).await {
        Ok(checked) => checked,
        Err(rule) => return Ok(refuse(&state, &rule)),
    };
    let Some(mut scripted) = state.answer_for(&checked.token) else {
        let rule = Broken {
            status: 400,
            reason: "BadDeviceToken",
            detail: "token was never handed out",
        };
        return Ok(refuse(&state, &rule));
    };
    while let Answer::After { ms, answer } = scripted {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        scripted = *answer;
    }
    match scripted {
        Answer::Accept | Answer::After { .. } => Ok(accept(checked, &state)),
        Answer::RefuseStream => Err(StreamRefused::new()),
        Answer::Refuse {
            status,
            reason,
            timestamp_ms,
            retry_after_s,
        } => Ok(refusal(status, &reason, timestamp_ms, retry_after_s)),
        Answer::GoAway => {
            let (done, under_way) = oneshot::channel();
            // Either fails only when the connection is gone, which serves the purpose as well.
            let _ = orders.send(Order::GoAway(done)).await;
            let _ = under_way.await;
            Err(StreamRefused::new())
        }
        Answer::Hang => std::future::pending().await,
        Answer::Drop => {
            let _ = orders.send(Order::Drop).await;
            std::future::pending().await
        }
    }
}

async fn check(
    request: Request<Incoming>,
    topic: Option<&str>,
    now_ms: i64,
) -> Result<Checked, Broken> {
    let (parts, body) = request.into_parts();
    let head = rules::check_head(&parts, topic, now_ms)?;
    // A body that breaks off has no reader left; what it gets is of no matter.
    let body = Limited::new(body, MAX_BODY_BYTES)
        .collect()
        .await
        .map_err(|_| Broken {
            status: 413,
            reason: "PayloadTooLarge",
            detail: "body is over 4096 bytes",
        })?;
    rules::check_body(head, &body.to_bytes())
}

/// Takes the push, and wakes the device.
fn accept(checked: Checked, state: &State) -> Response<Full<Bytes>> {
    let apns_id = checked
        .apns_id
        .clone()
        .unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    state.accept(checked, apns_id.clone());
    accepted(&apns_id)
}

fn refuse(state: &State, rule: &Broken) -> Response<Full<Bytes>> {
    state.refuse(Refusal {
        status: rule.status,
        reason: rule.reason,
        detail: rule.detail.to_owned(),
    });
    refusal(rule.status, rule.reason, None, None)
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<i64>,
}

fn refusal(
    status: u16,
    reason: &str,
    timestamp: Option<i64>,
    retry_after_s: Option<u64>,
) -> Response<Full<Bytes>> {
    let body = serde_json::to_vec(&ErrorBody { reason, timestamp }).unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    // A script with an impossible status is a fault of the test.
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert("apns-id", apns_id_header(&uuid::Uuid::new_v4().to_string()));
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    if let Some(seconds) = retry_after_s {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn accepted(apns_id: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    response
        .headers_mut()
        .insert("apns-id", apns_id_header(apns_id));
    response
}

/// A UUID is always a valid header value.
fn apns_id_header(apns_id: &str) -> header::HeaderValue {
    header::HeaderValue::from_str(apns_id).unwrap_or_else(|_| header::HeaderValue::from_static(""))
}
