//! `GET /e/{code}` and `POST /e/{code}/begin`: who invites, what will be managed, the PIN, consent.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::ids::AttemptId;
use tillsyn_core::invitations::{self, AttemptStatus, StartedAttempt};
use zeroize::Zeroizing;

use super::cookie;
use super::enroll::{BeginPage, Closed, PinEntry, Platform, wrong_browser};
use super::visit::{Visit, header_text};
use crate::auth::{ClientAddress, CsrfForm};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::state::AppState;
use crate::ui::{Qr, page, urls};

#[derive(Deserialize)]
pub(super) struct Choice {
    platform: Option<String>,
    lang: Option<String>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let lang = choice.lang.as_deref().and_then(Lang::from_tag);
    let visit = match Visit::of(&state, &code, &headers, lang).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let chosen = choice.platform.as_deref().and_then(Platform::from_value);
    let response = if chosen.is_none()
        && let Some(step) = step_to_resume(&visit, &headers).await
    {
        Redirect::to(&step).into_response()
    } else if let Some(closed) = visit.closed_now() {
        visit.closed_page(closed)
    } else {
        let pin = visit.invitation.needs_pin.then(PinEntry::default);
        page(StatusCode::OK, &begin_page(&visit, &headers, chosen, pin))
    };
    visit.remembering(response)
}

/// Somebody who reloads the page that answered a form.
pub(super) async fn back(Path(code): Path<String>) -> Redirect {
    Redirect::to(&urls::enroll(&code))
}

#[derive(Deserialize)]
pub(super) struct Consent {
    platform: String,
    #[serde(default)]
    pin: String,
}

pub(super) async fn start(
    State(state): State<AppState>,
    Path(code): Path<String>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    form: Result<CsrfForm<Consent>, AppError>,
) -> Response {
    let visit = match Visit::of(&state, &code, &headers, None).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let consent = match form {
        Ok(CsrfForm(consent)) => consent,
        Err(error) => return visit.refused(&error),
    };
    let Some(platform) = Platform::from_value(&consent.platform) else {
        return visit.closed_page(Closed::Odd);
    };
    let pin = Some(Zeroizing::new(consent.pin)).filter(|pin| !pin.trim().is_empty());
    let address = Some(address.to_string());
    match invitations::start_attempt(&state.core, &code, pin, platform.os(), address).await {
        Ok(started) => begun(&visit, &started),
        Err(error) => {
            let error = AppError::from(error);
            match pin_error(&visit, &error) {
                Some(entry) => {
                    let again = begin_page(&visit, &headers, Some(platform), Some(entry));
                    page(StatusCode::UNPROCESSABLE_ENTITY, &again)
                }
                None if error.code() == "pin_wrong" => visit.closed_page(Closed::PinsSpent),
                None => visit.refused(&error),
            }
        }
    }
}

/// To the install step, with the profile's secret in a cookie of this browser.
pub(super) fn begun(visit: &Visit<'_>, started: &StartedAttempt) -> Response {
    let step = urls::enroll_step(visit.code, started.id.as_str());
    let config = &visit.state.config;
    match cookie::set_attempt(config, visit.code, &started.id, &started.profile_secret) {
        Ok(value) => {
            let mut response = Redirect::to(&step).into_response();
            response.headers_mut().insert(header::SET_COOKIE, value);
            response
        }
        Err(error) => visit.refused(&error),
    }
}

/// What to say at the PIN, when that is what is wrong and another try is left.
fn pin_error(visit: &Visit<'_>, error: &AppError) -> Option<PinEntry> {
    match error.code() {
        "pin_missing" => Some(PinEntry::missing(visit.texts)),
        "pin_wrong" => {
            let left = error.data()?.get("tries_left")?.as_u64()?;
            let left = u32::try_from(left).ok().filter(|left| *left > 0)?;
            Some(PinEntry::wrong(visit.texts, left))
        }
        _ => None,
    }
}

fn begin_page(
    visit: &Visit<'_>,
    headers: &HeaderMap,
    chosen: Option<Platform>,
    pin: Option<PinEntry>,
) -> BeginPage {
    let user_agent = header_text(headers, &header::USER_AGENT);
    let hint = header_text(headers, &HeaderName::from_static("sec-ch-ua-platform"));
    let platform = chosen.unwrap_or_else(|| Platform::detect(user_agent, hint));
    let here = match chosen {
        Some(platform) => urls::enroll_platform(visit.code, platform.value()),
        None => urls::enroll(visit.code),
    };
    let public = visit.state.core.config().public_url.trim_end_matches('/');
    let link = format!("{public}{}", urls::enroll(visit.code));
    BeginPage {
        f: visit.frame(here),
        code: visit.code.to_owned(),
        person: visit.invitation.person_name.clone().unwrap_or_default(),
        inviter: visit.invitation.inviter.clone().unwrap_or_default(),
        platform,
        guessed: chosen.is_none(),
        platforms: Platform::KNOWN.to_vec(),
        personal: visit.personal(),
        wrong_browser: wrong_browser(user_agent),
        qr: Qr::new(&link),
        link,
        until: visit
            .texts
            .deadline(visit.invitation.expires_at, &visit.zone),
        pin,
    }
}

/// The step at which this browser left off: the link leads back to it, and after success it says so
/// instead of "used".
async fn step_to_resume(visit: &Visit<'_>, headers: &HeaderMap) -> Option<String> {
    let begun = cookie::attempt(&visit.state.config, headers)?;
    let id = AttemptId::parse(begun.attempt)?;
    let core = &visit.state.core;
    let attempt = invitations::attempt_of_invitation(core, &visit.invitation.id, &id)
        .await
        .ok()?;
    let status = AttemptStatus::parse(&attempt.status)?;
    let has_time = attempt
        .profile_expires_at
        .is_some_and(|at| at > visit.zone.now_ms);
    let resume = match status {
        AttemptStatus::Enrolled | AttemptStatus::Ready => !visit.is_open(),
        AttemptStatus::CertificateIssued | AttemptStatus::Authenticated => true,
        open if open.is_open() => visit.is_open() && has_time,
        _ => false,
    };
    resume.then(|| urls::enroll_step(visit.code, id.as_str()))
}
