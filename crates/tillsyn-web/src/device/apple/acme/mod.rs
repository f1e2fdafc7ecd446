//! `/apple/acme/…`: ACME for device identities (RFC 8555; sheet B2). Every answer carries a fresh nonce,
//! refusals included.

mod answer;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use tillsyn_core::platform::apple::acme::{self, AcmeError, AcmePost};

use super::body::{self, Kept};
use crate::auth::ClientAddress;
use crate::state::AppState;

/// A CSR with an attestation is far below this.
const LIMIT: usize = 128 * 1024;

const BASE: &str = "/apple/acme";

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/apple/acme/directory", get(directory))
        .route("/apple/acme/new-nonce", get(nonce).head(nonce))
        .route("/apple/acme/new-account", post(new_account))
        .route("/apple/acme/new-order", post(new_order))
        .route("/apple/acme/order/{id}", post(order))
        .route("/apple/acme/order/{id}/finalize", post(finalize))
        .route("/apple/acme/authorization/{id}", post(authorization))
        .route("/apple/acme/challenge/{id}", post(challenge))
        .route("/apple/acme/certificate/{id}", post(certificate))
        .layer(DefaultBodyLimit::max(LIMIT))
}

async fn directory(State(state): State<AppState>) -> Response {
    answer::directory(&state.core)
}

/// HEAD gets 200, GET 204 (RFC 8555 §7.2).
async fn nonce(State(state): State<AppState>, request: Request) -> Response {
    let status = if request.method() == http::Method::HEAD {
        StatusCode::OK
    } else {
        StatusCode::NO_CONTENT
    };
    answer::empty(&state.core, status)
}

/// The body of a POST, within the limit.
struct Received {
    path: String,
    body: Kept,
    address: String,
}

impl Received {
    async fn of(request: Request, address: std::net::IpAddr) -> Result<Self, AcmeError> {
        let path = request.uri().path().to_owned();
        let body = body::whole(request.into_body(), LIMIT)
            .await
            .map_err(|why| answer::not_taken(&why))?;
        Ok(Self {
            path,
            body,
            address: address.to_string(),
        })
    }

    fn post(&self) -> AcmePost<'_> {
        AcmePost {
            path: &self.path,
            body: &self.body,
            address: Some(self.address.clone()),
        }
    }
}

async fn new_account(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    request: Request,
) -> Response {
    let done = async {
        let received = Received::of(request, address).await?;
        acme::new_account(&state.core, &received.post()).await
    };
    answer::of(&state.core, done.await, answer::account)
}

async fn new_order(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    request: Request,
) -> Response {
    let done = async {
        let received = Received::of(request, address).await?;
        acme::new_order(&state.core, &received.post()).await
    };
    answer::of(&state.core, done.await, answer::order)
}

async fn order(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let done = async {
        let received = Received::of(request, address).await?;
        acme::order(&state.core, &received.post(), &id).await
    };
    answer::of(&state.core, done.await, answer::order)
}

async fn authorization(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let done = async {
        let received = Received::of(request, address).await?;
        acme::order(&state.core, &received.post(), &id).await
    };
    answer::of(&state.core, done.await, answer::authorization)
}

async fn challenge(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let done = async {
        let received = Received::of(request, address).await?;
        acme::answer_challenge(&state.core, &received.post(), &id).await
    };
    answer::of(&state.core, done.await, answer::challenge)
}

async fn finalize(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let done = async {
        let received = Received::of(request, address).await?;
        acme::finalize(&state.core, &received.post(), &id).await
    };
    answer::of(&state.core, done.await, answer::order)
}

async fn certificate(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let done = async {
        let received = Received::of(request, address).await?;
        acme::certificate_chain(&state.core, &received.post(), &id).await
    };
    answer::of(&state.core, done.await, |_, pem: &String| {
        answer::chain(pem)
    })
}
