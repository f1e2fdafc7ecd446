//! Faults of an ACME server. The server behind must publish the proxy's address as its own: what a
//! client signs names the address that it called.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value as Json, json};
use tillsyn_pki::issue::{self, LeafRequest};
use tillsyn_pki::oid;

use super::Fault;
use super::exchange::{Answer, Received};
use super::proxy::State;
use crate::{SimError, clock, pool_key};

const REPLAY_NONCE: HeaderName = HeaderName::from_static("replay-nonce");

fn edit(answer: &mut Answer, change: impl FnOnce(&mut Json)) {
    if let Ok(mut body) = serde_json::from_slice::<Json>(&answer.body) {
        change(&mut body);
        answer.body = body.to_string().into();
        answer.headers.remove(header::CONTENT_LENGTH);
    }
}

fn has(answer: &Answer, key: &str) -> bool {
    serde_json::from_slice::<Json>(&answer.body).is_ok_and(|body| body.get(key).is_some())
}

/// The directory and `newNonce`.
pub(super) fn get(fault: Fault, answer: &mut Answer) {
    if answer.is_json() && has(answer, "newOrder") {
        match fault {
            Fault::DirectoryWithoutOrders => edit(answer, |body| {
                body.as_object_mut().map(|body| body.remove("newOrder"));
            }),
            Fault::DirectoryOverPlainHttp => edit(answer, |body| {
                body["newOrder"] = json!("http://mdm.example.com/acme/order");
            }),
            _ => {}
        }
    } else if answer.headers.contains_key(REPLAY_NONCE) {
        nonce(fault, answer);
        if fault == Fault::NonceInCaches {
            answer.headers.remove(header::CACHE_CONTROL);
        }
    }
}

fn nonce(fault: Fault, answer: &mut Answer) {
    match fault {
        Fault::AnswerWithoutNonce => {
            answer.headers.remove(REPLAY_NONCE);
        }
        Fault::NonceTwice => {
            let always = HeaderValue::from_static("c2FtZS1ub25jZS1hZ2Fpbg");
            answer.headers.insert(REPLAY_NONCE, always);
        }
        _ => {}
    }
}

/// Answers to signed requests.
pub(super) fn post(
    state: &State,
    fault: Fault,
    request: &Received,
    answer: &mut Answer,
) -> Result<(), SimError> {
    nonce(fault, answer);
    let is_order = has(answer, "finalize");
    let is_new = answer.status == StatusCode::CREATED;
    let challenges = has(answer, "challenges");
    match fault {
        Fault::AccountWithoutLocation if is_new && !is_order => {
            answer.headers.remove(header::LOCATION);
        }
        Fault::OrderAsText if is_order => answer.set(header::CONTENT_TYPE, "text/plain"),
        Fault::OrderOfOtherIdentifier if is_order => edit(answer, |body| {
            body["identifiers"][0]["value"] = json!("another");
        }),
        Fault::OtherChallenge if challenges => edit(answer, |body| {
            body["challenges"][0]["type"] = json!("http-01");
        }),
        Fault::TwoChallenges if challenges => edit(answer, |body| {
            let first = body["challenges"][0].clone();
            body["challenges"] = json!([first, first]);
        }),
        Fault::ShortToken if challenges => edit(answer, |body| {
            body["challenges"][0]["token"] = json!("c2hvcnQ");
        }),
        Fault::AcmeRefusalAsPage if is_order && is_new => {
            *answer = Answer::new(StatusCode::BAD_REQUEST).with("text/html", "<h1>No</h1>");
        }
        // 400 alone comes from the nonce, and the other refusals have their own words.
        Fault::UsedNonceServed | Fault::OtherUrlServed if answer.status.is_client_error() => {
            *answer = Answer::new(StatusCode::CREATED).with("application/json", "{}");
        }
        Fault::ChainAsText if is_chain(answer) => answer.set(header::CONTENT_TYPE, "text/plain"),
        Fault::ChainOfOtherKey if is_chain(answer) => {
            let subject = vec![(oid::COMMON_NAME, request.uri.path().to_owned())];
            let leaf = LeafRequest::new(subject, clock::now_ms(), 30);
            let other = issue::self_signed(&pool_key(62)?, &leaf)?;
            answer.body = format!("{}{}", other.to_pem(), state.authority.root().to_pem()).into();
            answer.headers.remove(header::CONTENT_LENGTH);
        }
        _ => {}
    }
    Ok(())
}

fn is_chain(answer: &Answer) -> bool {
    let kind = answer.headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind == "application/pem-certificate-chain")
}
