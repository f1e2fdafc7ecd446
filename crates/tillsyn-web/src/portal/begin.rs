//! `GET /e/{code}` and `POST /e/{code}/begin`: who invites, which device this is, and the PIN.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::ids::AttemptId;
use tillsyn_core::invitations::{self, AccountRule, AttemptStatus, StartedAttempt};
use tillsyn_core::onboarding;
use zeroize::Zeroizing;

use super::cookie;
use super::enroll::{BeginPage, Closed, PinEntry, Platform, SignInFirst, wrong_browser};
use super::failure::PortalFailure;
use super::session::PortalUser;
use super::visit::{Visit, header_text};
use crate::auth::{ClientAddress, Coming, CsrfForm, check_same_origin};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::state::AppState;
use crate::ui::{Qr, page, urls};

#[derive(Deserialize)]
pub(super) struct Choice {
    platform: Option<String>,
    lang: Option<String>,
    /// They said just now that they have no other device.
    reported: Option<String>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Query(choice): Query<Choice>,
    user: Result<PortalUser, PortalFailure>,
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
        let mut begin = begin_page(&visit, &headers, chosen, pin);
        begin.reported = choice.reported.is_some();
        begin.sign_in = sign_in_first(&visit, user.ok().as_ref());
        page(StatusCode::OK, &begin)
    };
    visit.remembering(response)
}

/// Somebody who reloads the page that answered a form.
pub(super) async fn back(Path(code): Path<String>) -> Redirect {
    Redirect::to(&urls::enroll(&code))
}

#[derive(Deserialize)]
pub(super) struct Start {
    platform: String,
    #[serde(default)]
    pin: String,
}

pub(super) async fn start(
    State(state): State<AppState>,
    Path(code): Path<String>,
    ClientAddress(address): ClientAddress,
    user: Result<PortalUser, PortalFailure>,
    headers: HeaderMap,
    form: Result<CsrfForm<Start>, AppError>,
) -> Response {
    let visit = match Visit::of(&state, &code, &headers, None).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let start = match form {
        Ok(CsrfForm(start)) => start,
        Err(error) => return visit.refused(&error),
    };
    let Some(platform) = Platform::from_value(&start.platform) else {
        return visit.closed_page(Closed::Odd);
    };
    let pin = Some(Zeroizing::new(start.pin)).filter(|pin| !pin.trim().is_empty());
    let address = Some(address.to_string());
    let (core, user) = (&state.core, user.ok());
    let signed = user.as_ref().map(|user| &user.person_id);
    match invitations::begin_on_page(core, &code, pin, platform.os(), address, signed).await {
        Ok(started) => begun(&visit, &started),
        Err(error) if error.code == "sign_in_required" => {
            let mut again = begin_page(&visit, &headers, Some(platform), None);
            again.sign_in = sign_in_first(&visit, user.as_ref());
            page(StatusCode::FORBIDDEN, &again)
        }
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

/// Whether the person has to sign in before they begin.
fn sign_in_first(visit: &Visit<'_>, user: Option<&PortalUser>) -> Option<SignInFirst> {
    let invitation = &visit.invitation;
    if invitation.account != AccountRule::Required {
        return None;
    }
    match user {
        None => Some(SignInFirst::Nobody),
        Some(user) if Some(&user.person_id) == invitation.person_id.as_ref() => None,
        Some(_) => Some(SignInFirst::SomebodyElse),
    }
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// A new PIN to the person's own mail address, where PINs go by mail.
pub(super) async fn new_pin(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Nothing>, AppError>,
) -> Response {
    let visit = match Visit::of(&state, &code, &headers, None).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if let Err(error) = form {
        return visit.refused(&error);
    }
    match invitations::send_new_pin(&state.core, &code, &caller).await {
        Ok(()) => visit.closed_page(Closed::PinSent),
        // The page asks for the one they have.
        Err(error) if error.code == "pin_still_good" => {
            Redirect::to(&urls::enroll(&code)).into_response()
        }
        Err(error) => visit.refused(&error.into()),
    }
}

/// From the sign-in back to the link.
pub(super) async fn signed_in(Path(code): Path<String>) -> Redirect {
    Redirect::to(&urls::enroll(&code))
}

/// Their device cannot be managed: whoever invited them is to know.
pub(super) async fn elsewhere(
    State(state): State<AppState>,
    Path(code): Path<String>,
    ClientAddress(address): ClientAddress,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let visit = match Visit::of(&state, &code, &headers, None).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if let Err(error) = check_same_origin(&state, &method, &headers) {
        return visit.refused(&error);
    }
    let address = Some(address.to_string());
    match onboarding::report_wrong_platform(&state.core, &code, address).await {
        Ok(()) => Redirect::to(&urls::enroll_reported(&code)).into_response(),
        Err(error) => match visit.closed_now() {
            Some(closed) => visit.closed_page(closed),
            None => visit.refused(&error.into()),
        },
    }
}

/// To the next step, with the profile's secret in a cookie of this browser.
pub(super) fn begun(visit: &Visit<'_>, started: &StartedAttempt) -> Response {
    match to_step(visit.state, visit.code, started) {
        Ok(response) => response,
        Err(error) => visit.refused(&error),
    }
}

/// The same where the page knows the link and nothing else.
pub(super) fn to_step(
    state: &AppState,
    code: &str,
    started: &StartedAttempt,
) -> Result<Response, AppError> {
    let step = urls::enroll_step(code, started.id.as_str());
    let value = cookie::set_attempt(&state.config, code, &started.id, &started.profile_secret)?;
    let mut response = Redirect::to(&step).into_response();
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
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

/// What the browser says of its device: its name for itself, and the hint that newer ones send.
pub(super) fn told_by_browser(headers: &HeaderMap) -> (&str, &str) {
    let user_agent = header_text(headers, &header::USER_AGENT);
    let hint = header_text(headers, &HeaderName::from_static("sec-ch-ua-platform"));
    (user_agent, hint)
}

fn begin_page(
    visit: &Visit<'_>,
    headers: &HeaderMap,
    chosen: Option<Platform>,
    pin: Option<PinEntry>,
) -> BeginPage {
    let (user_agent, hint) = told_by_browser(headers);
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
        may_be_ipad: chosen.is_none() && platform.may_be_ipad(user_agent, hint),
        platforms: Platform::KNOWN.to_vec(),
        personal: visit.personal(),
        wrong_browser: wrong_browser(user_agent),
        reported: false,
        sign_in: None,
        qr: Qr::new(&link),
        link,
        until: visit
            .texts
            .deadline(visit.invitation.expires_at, &visit.zone),
        pin,
        pin_by_mail: visit.invitation.pin_by_mail,
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
    let has_time = attempt.waits_for_consent()
        || attempt
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
