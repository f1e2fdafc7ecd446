//! Asking, and what the answer means.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;
use tillsyn_pki::hash;
use tillsyn_upstream::webhook::{Ask, HookClient, Reply};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use super::breaker::Breaker;
use crate::core::Core;
use crate::error::Error;
use crate::nanomdm::ids::Named;
use crate::webhooks::host;

/// A device asks for little: a manifest, or one declaration.
const MOST_BYTES: usize = 1024 * 1024;
const SIGNATURE: &str = "x-hmac-signature";

/// One question of a device, for another server.
pub(crate) struct Question {
    /// Of the endpoint.
    pub(crate) url: String,
    /// What it reports; questions have none.
    pub(crate) report: Option<Vec<u8>>,
    pub(crate) key: Option<Zeroizing<Vec<u8>>>,
    pub(crate) from: Named,
}

/// What the device is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// JSON.
    Body(Vec<u8>),
    /// The report was taken.
    Taken,
    Missing,
    /// There is no answer to go by; the device asks again.
    NotNow,
}

/// What a node needs to ask. The client is made at the first question.
#[derive(Default)]
pub(crate) struct Forwarder {
    client: OnceCell<HookClient>,
    breaker: Breaker,
}

impl Forwarder {
    async fn client(&self, core: &Core) -> Result<&HookClient, Error> {
        let make = || async {
            let config = core.config();
            let roots = config.webhook_roots_pem.as_deref();
            HookClient::new(config.webhook_targets.clone(), roots)
        };
        let made = self.client.get_or_try_init(make).await;
        made.map_err(|error| {
            Error::internal("The client of declarative management cannot be set up.")
                .caused_by(error)
        })
    }
}

/// Hands the question on. Never inside a transaction.
///
/// # Errors
/// Only when this server cannot ask at all.
pub(crate) async fn ask(core: &Core, question: &Question) -> Result<Heard, Error> {
    let forwarder = core.forwarder();
    let client = forwarder.client(core).await?;
    let target = host(&question.url);
    let Some(leave) = forwarder.breaker.enter(target, core.now_ms()) else {
        count("left_alone");
        return Ok(Heard::NotNow);
    };
    let answer = client.ask(request(question)).await;
    // Any answer shows that it is there, a wrong one too: one device's question must not close it to the others.
    // What could not even be sent says nothing of it.
    match &answer {
        Ok(_) | Err("too_large") => leave.answered(),
        Err("timeout" | "connect" | "tls" | "transport") => leave.not_answered(core.now_ms()),
        Err(_) => drop(leave),
    }
    let (heard, told) = match &answer {
        Ok(reply) => judge(question, reply),
        Err(reason) => (Heard::NotNow, *reason),
    };
    count(told);
    if heard == Heard::NotNow {
        let status = answer.as_ref().map(|reply| reply.status).ok();
        tracing::warn!(
            target_host = target,
            enrollment = question.from.id,
            reason = told,
            status,
            "declarative management was not answered by the server it is handed to"
        );
    }
    Ok(heard)
}

fn count(outcome: &'static str) {
    metrics::counter!("tillsyn_dm_forward_total", "outcome" => outcome).increment(1);
}

fn request(question: &Question) -> Ask<'_> {
    let from = &question.from;
    let mut headers = vec![
        ("x-enrollment-id", from.id.clone()),
        ("x-enrollment-type", from.kind.to_owned()),
    ];
    if let Some(parent) = &from.parent {
        headers.push(("x-enrollment-parentid", parent.clone()));
    }
    if let Some(key) = &question.key {
        // Over the body, also where that is empty.
        let body = question.report.as_deref().unwrap_or_default();
        headers.push((SIGNATURE, STANDARD.encode(hash::hmac_sha256(key, &[body]))));
    }
    Ask {
        url: &question.url,
        put: question.report.as_deref(),
        headers,
        most_bytes: MOST_BYTES,
    }
}

/// Everything that is not plainly an answer lets the device ask again later: a fault of that server's must neither end
/// the management of a device, as 401 would, nor make it drop what it has, as an answer of ours in its place would.
fn judge(question: &Question, reply: &Reply) -> (Heard, &'static str) {
    if let Some(key) = &question.key
        && !is_signed(key, reply)
    {
        return (Heard::NotNow, "signature");
    }
    match reply.status {
        // A report's answer has no body on Apple's side (DDM sheet §1).
        200 if question.report.is_some() => (Heard::Taken, "taken"),
        200 if serde_json::from_slice::<IgnoredAny>(&reply.body).is_ok() => {
            (Heard::Body(reply.body.clone()), "answered")
        }
        // A page of something else that listens there.
        200 => (Heard::NotNow, "no_json"),
        404 => (Heard::Missing, "not_found"),
        _ => (Heard::NotNow, "status"),
    }
}

fn is_signed(key: &[u8], reply: &Reply) -> bool {
    let told = reply.header(SIGNATURE);
    let told = told.and_then(|text| STANDARD.decode(text).ok());
    let expected = hash::hmac_sha256(key, &[&reply.body]);
    told.is_some_and(|told| hash::constant_time_eq(&told, &expected))
}
