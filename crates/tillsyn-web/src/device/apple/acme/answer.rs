//! ACME objects on the wire, made from published addresses only.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tillsyn_core::platform::apple::acme::{
    ACCOUNT_PATH, AcmeError, AcmeOrder, AcmeStatus, NewAccount, new_nonce,
};
use tillsyn_core::{Core, Kind};

use super::BASE;
use super::body::NotTaken;

const REPLAY_NONCE: HeaderName = HeaderName::from_static("replay-nonce");

/// A finished answer, or the problem instead; a nonce with both.
pub(super) fn of<T>(
    core: &Core,
    done: Result<T, AcmeError>,
    shape: impl Fn(&Core, &T) -> Response,
) -> Response {
    let mut response = match done {
        Ok(value) => shape(core, &value),
        Err(error) => problem(&error),
    };
    dress(core, &mut response);
    response
}

pub(super) fn directory(core: &Core) -> Response {
    let url = |name: &str| url(core, name);
    let mut response = json_of(
        StatusCode::OK,
        &json!({
            "newNonce": url("new-nonce"),
            "newAccount": url("new-account"),
            "newOrder": url("new-order"),
        }),
    );
    dress(core, &mut response);
    response
}

pub(super) fn empty(core: &Core, status: StatusCode) -> Response {
    let mut response = status.into_response();
    dress(core, &mut response);
    response
}

/// A nonce, the way to the directory, and never a cache (RFC 8555 §6.5, §7.1).
fn dress(core: &Core, response: &mut Response) {
    let link = format!("<{}>;rel=\"index\"", url(core, "directory"));
    let headers = response.headers_mut();
    if let Ok(nonce) = HeaderValue::from_str(&new_nonce(core)) {
        headers.insert(REPLAY_NONCE, nonce);
    }
    if let Ok(link) = HeaderValue::from_str(&link) {
        headers.append(header::LINK, link);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

pub(super) fn account(core: &Core, account: &NewAccount) -> Response {
    let status = if account.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let at = format!("{}{ACCOUNT_PATH}{}", core.config().public_url, account.id);
    with_location(json_of(status, &json!({ "status": "valid" })), &at)
}

pub(super) fn order(core: &Core, order: &AcmeOrder) -> Response {
    let id = order.id.as_str();
    let mut body = json!({
        "status": order.status.as_str(),
        "expires": rfc3339(order.expires_at),
        "identifiers": [identifier(order)],
        "authorizations": [url(core, &format!("authorization/{id}"))],
        "finalize": url(core, &format!("order/{id}/finalize")),
    });
    if order.status == AcmeStatus::Valid {
        body["certificate"] = Json::from(url(core, &format!("certificate/{id}")));
    }
    if let Some(problem) = refusal(order) {
        body["error"] = problem;
    }
    let status = if order.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let at = url(core, &format!("order/{id}"));
    with_location(json_of(status, &body), &at)
}

pub(super) fn authorization(core: &Core, order: &AcmeOrder) -> Response {
    let body = json!({
        "status": order.status.of_challenge(),
        "expires": rfc3339(order.expires_at),
        "identifier": identifier(order),
        "challenges": [challenge_object(core, order)],
    });
    json_of(StatusCode::OK, &body)
}

pub(super) fn challenge(core: &Core, order: &AcmeOrder) -> Response {
    let mut response = json_of(StatusCode::OK, &challenge_object(core, order));
    let up = format!(
        "<{}>;rel=\"up\"",
        url(core, &format!("authorization/{}", order.id))
    );
    if let Ok(up) = HeaderValue::from_str(&up) {
        response.headers_mut().append(header::LINK, up);
    }
    response
}

fn challenge_object(core: &Core, order: &AcmeOrder) -> Json {
    let mut challenge = json!({
        "type": "device-attest-01",
        "url": url(core, &format!("challenge/{}", order.id)),
        "token": order.token,
        "status": order.status.of_challenge(),
    });
    if let Some(at) = order.answered_at
        && order.status.of_challenge() == "valid"
    {
        challenge["validated"] = Json::from(rfc3339(at));
    }
    if let Some(problem) = refusal(order) {
        challenge["error"] = problem;
    }
    challenge
}

fn identifier(order: &AcmeOrder) -> Json {
    json!({ "type": "permanent-identifier", "value": order.identifier.as_str() })
}

/// Why an order is invalid; the exact reason is in the audit trail.
fn refusal(order: &AcmeOrder) -> Option<Json> {
    order.problem.as_ref()?;
    Some(json!({
        "type": "urn:ietf:params:acme:error:badAttestationStatement",
        "detail": "The statement of this device was refused.",
        "status": 403,
    }))
}

pub(super) fn chain(pem: &str) -> Response {
    let mut response = (StatusCode::OK, pem.to_owned()).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pem-certificate-chain"),
    );
    response
}

pub(super) fn not_taken(why: &NotTaken) -> AcmeError {
    let (kind, status, detail) = match why {
        NotTaken::TooLarge => ("malformed", 413, "The request is larger than 128 KiB."),
        NotTaken::TooSlow => ("malformed", 408, "The request came too slowly."),
        NotTaken::Broken => ("malformed", 400, "The request did not arrive whole."),
        NotTaken::Full => ("serverInternal", 503, "The server could not do this now."),
    };
    AcmeError::Problem {
        kind: format!("urn:ietf:params:acme:error:{kind}"),
        status,
        detail: detail.to_owned(),
    }
}

fn problem(error: &AcmeError) -> Response {
    let (kind, status, detail) = match error {
        AcmeError::Problem {
            kind,
            status,
            detail,
        } => (kind.as_str(), *status, detail.as_str()),
        AcmeError::Ours(error) => {
            tracing::error!(
                code = error.code,
                cause = error.source.as_deref().map(tracing::field::display),
                "an ACME request failed: {}",
                error.detail
            );
            let status = match error.kind {
                Kind::Unavailable => 503,
                _ => 500,
            };
            let kind = "urn:ietf:params:acme:error:serverInternal";
            (kind, status, "The server could not do this now.")
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "type": kind, "detail": detail, "status": status.as_u16() });
    let mut response = json_of(status, &body);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response
}

fn json_of(status: StatusCode, body: &Json) -> Response {
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

fn with_location(mut response: Response, at: &str) -> Response {
    if let Ok(at) = HeaderValue::from_str(at) {
        response.headers_mut().insert(header::LOCATION, at);
    }
    response
}

fn url(core: &Core, name: &str) -> String {
    format!("{}{BASE}/{name}", core.config().public_url)
}

fn rfc3339(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| String::new(), |at| at.to_string())
}
