//! `POST /e/{code}/steps/{attempt}/{act}`: what the person does at a step. Only the browser that began the
//! attempt may.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::AttemptId;
use tillsyn_core::onboarding::{self, Proof, Shown};

use super::cookie;
use super::enroll::{Changed, HandOverPage, Platform};
use super::steps;
use super::visit::Visit;
use crate::auth::{ClientAddress, CsrfForm};
use crate::error::AppError;
use crate::state::AppState;
use crate::ui::{Qr, page, urls};

/// Somebody who reloads the page that answered a form.
pub(super) async fn back(Path((code, id, _)): Path<(String, String, String)>) -> Redirect {
    Redirect::to(&urls::enroll_step(&code, &id))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    /// Version of the terms that was shown.
    terms: String,
    /// Names everything that was shown.
    shown: String,
    /// What the device said.
    cause: String,
    platform: String,
}

pub(super) async fn act(
    State(state): State<AppState>,
    Path((code, id, act)): Path<(String, String, String)>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    form: Result<CsrfForm<Said>, AppError>,
) -> Response {
    let visit = match Visit::of(&state, &code, &headers, None).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let said = match form {
        Ok(CsrfForm(said)) => said,
        Err(error) => return visit.refused(&error),
    };
    let begun = cookie::attempt(&state.config, &headers).filter(|begun| begun.attempt == id);
    let (Some(id), Some(begun)) = (AttemptId::parse(&id), begun) else {
        // Another browser: from the beginning, with the PIN if there is one.
        return Redirect::to(&urls::enroll(&code)).into_response();
    };
    let proof = Proof::new(id.clone(), begun.secret);
    let (core, address) = (&state.core, Some(address.to_string()));
    let done = match act.as_str() {
        "consent" => {
            let shown = Shown {
                terms: Some(said.terms).filter(|terms| !terms.is_empty()),
                all: said.shown,
            };
            let lang = visit.texts.tag();
            match onboarding::give_consent(core, proof, shown, lang, address).await {
                Err(error) if error.code == "terms_changed" => {
                    return steps::consent_again(&visit, &id, Changed::Terms).await;
                }
                Err(error) if error.code == "consent_changed" => {
                    return steps::consent_again(&visit, &id, Changed::Other).await;
                }
                done => done,
            }
        }
        "decline" => onboarding::decline(core, proof, address).await,
        "told" => onboarding::tell_failure(core, proof, &said.cause, address).await,
        "platform" => match Platform::from_value(&said.platform).and_then(Platform::os) {
            Some(os) => onboarding::correct_platform(core, proof, os).await,
            None => Err(Error::invalid("platform", "platform", "No such platform.")),
        },
        "hand-over" => return hand_over(&visit, &id, proof, address).await,
        _ => Err(Error::not_found("page")),
    };
    match done {
        // The device went on meanwhile: the step says how far.
        Err(error) if error.code != "attempt_over" => visit.refused(&error.into()),
        _ => Redirect::to(&urls::enroll_step(&code, id.as_str())).into_response(),
    }
}

async fn hand_over(
    visit: &Visit<'_>,
    id: &AttemptId,
    proof: Proof,
    address: Option<String>,
) -> Response {
    let core = &visit.state.core;
    let made = match onboarding::make_hand_over(core, visit.code, proof, address).await {
        Ok(made) => made,
        Err(error) => return visit.refused(&error.into()),
    };
    let left = (made.expires_at - visit.zone.now_ms).max(0) / 1_000;
    let public = core.config().public_url.trim_end_matches('/');
    let link = format!("{public}{}", urls::go_with(&made.code));
    let host = public.split_once("://").map_or(public, |(_, host)| host);
    let shown = HandOverPage {
        f: visit.frame(urls::enroll_step(visit.code, id.as_str())),
        link_code: visit.code.to_owned(),
        attempt: id.to_string(),
        code: made.code.to_string(),
        host: format!("{host}{}", urls::GO),
        qr: Qr::new(&link),
        link,
        deadline: visit.texts.moment(made.expires_at, &visit.zone).iso,
        left: format!("{}:{:02}", left / 60, left % 60),
    };
    page(StatusCode::OK, &shown)
}
