//! `GET /e/{code}/steps/{attempt}`: one address from the download to the end, well or badly; the page
//! follows the attempt. `POST …/again`: a new profile.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tillsyn_core::ids::AttemptId;
use tillsyn_core::invitations::{self, AttemptStatus, AttemptView};
use tillsyn_core::{Error, Kind};

use super::begin::begun;
use super::cookie;
use super::enroll::{FailedPage, Failure, InstallPage, InstallStatus, Platform, ReadyPage};
use super::visit::Visit;
use crate::auth::{ClientAddress, check_same_origin};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::state::AppState;
use crate::ui::{page, status, urls};

/// Without script the page is asked for again after so many seconds.
const REFRESH_SECS: u32 = 10;
/// The device is managed; when it does not answer its first question within this time, the person need
/// not wait for that.
const LONG_ENOUGH_MS: i64 = 2 * 60 * 1000;

#[derive(Deserialize)]
pub(super) struct Choice {
    lang: Option<String>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    Path((code, id)): Path<(String, String)>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let lang = choice.lang.as_deref().and_then(Lang::from_tag);
    let visit = match Visit::of(&state, &code, &headers, lang).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let response = match attempt(&visit, &id).await {
        Ok(attempt) => step(&visit, &headers, &attempt),
        Err(error) => visit.refused(&error),
    };
    visit.remembering(response)
}

pub(super) async fn again(
    State(state): State<AppState>,
    Path((code, id)): Path<(String, String)>,
    ClientAddress(address): ClientAddress,
    method: http::Method,
    headers: HeaderMap,
) -> Response {
    let visit = match Visit::of(&state, &code, &headers, None).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if let Err(error) = check_same_origin(&state, &method, &headers) {
        return visit.refused(&error);
    }
    let begun_here = cookie::attempt(&state.config, &headers);
    let (Some(id), Some(proof)) = (
        AttemptId::parse(&id),
        begun_here.filter(|begun| begun.attempt == id),
    ) else {
        // Another browser: from the beginning, with the PIN if there is one.
        return Redirect::to(&urls::enroll(&code)).into_response();
    };
    let address = Some(address.to_string());
    match invitations::start_again(&state.core, &code, &id, proof.secret, address).await {
        Ok(started) => begun(&visit, &started),
        Err(error) if error.kind == Kind::NotFound => {
            Redirect::to(&urls::enroll(&code)).into_response()
        }
        Err(error) => visit.refused(&error.into()),
    }
}

async fn attempt(visit: &Visit<'_>, id: &str) -> Result<AttemptView, AppError> {
    let id = AttemptId::parse(id).ok_or_else(|| Error::not_found("attempt"))?;
    let core = &visit.state.core;
    Ok(invitations::attempt_of_invitation(core, &visit.invitation.id, &id).await?)
}

fn step(visit: &Visit<'_>, headers: &HeaderMap, attempt: &AttemptView) -> Response {
    let now_ms = visit.zone.now_ms;
    match AttemptStatus::parse(&attempt.status) {
        Some(AttemptStatus::Ready) => ready(visit, attempt),
        Some(AttemptStatus::Enrolled) if now_ms - attempt.updated_at > LONG_ENOUGH_MS => {
            ready(visit, attempt)
        }
        Some(
            AttemptStatus::CertificateIssued
            | AttemptStatus::Authenticated
            | AttemptStatus::Enrolled,
        ) => install(visit, attempt, InstallStatus::SettingUp, String::new()),
        Some(AttemptStatus::Failed) => {
            let cause = attempt.cause.as_deref().and_then(Failure::from_value);
            failed(visit, attempt, cause.unwrap_or(Failure::Server))
        }
        Some(AttemptStatus::Superseded) | None => {
            Redirect::to(&urls::enroll(visit.code)).into_response()
        }
        Some(_) if !visit.is_open() => match visit.closed_now() {
            Some(closed) => visit.closed_page(closed),
            None => Redirect::to(&urls::enroll(visit.code)).into_response(),
        },
        Some(AttemptStatus::Expired) => failed(visit, attempt, Failure::TooLate),
        Some(_) if attempt.profile_expires_at.is_none_or(|at| at <= now_ms) => {
            failed(visit, attempt, Failure::TooLate)
        }
        Some(reached) => {
            let begun = cookie::attempt(&visit.state.config, headers)
                .filter(|begun| begun.attempt == attempt.id.as_str());
            let Some(begun) = begun else {
                // Another browser does not get this one's profile; it may begin for itself.
                let begin = urls::enroll_platform(visit.code, platform(attempt).value());
                return Redirect::to(&begin).into_response();
            };
            let status = if reached == AttemptStatus::ProfileFetched {
                InstallStatus::Fetched
            } else {
                InstallStatus::Waiting
            };
            install(visit, attempt, status, urls::enroll_profile(begun.secret))
        }
    }
}

fn install(
    visit: &Visit<'_>,
    attempt: &AttemptView,
    status: InstallStatus,
    profile_url: String,
) -> Response {
    let (l, zone) = (visit.texts, &visit.zone);
    let until = attempt.profile_expires_at.unwrap_or(zone.now_ms);
    let left = (until - zone.now_ms).max(0) / 1000;
    let fetched = attempt
        .steps
        .iter()
        .rev()
        .find(|step| step.step == "profile_fetched");
    let mut f = visit.frame(urls::enroll_step(visit.code, attempt.id.as_str()));
    f.refresh_secs = REFRESH_SECS;
    let install = InstallPage {
        f,
        code: visit.code.to_owned(),
        attempt: attempt.id.to_string(),
        platform: platform(attempt),
        personal: visit.personal(),
        profile_url,
        deadline: l.moment(until, zone).iso,
        left: format!("{}:{:02}", left / 60, left % 60),
        status,
        fetched: fetched.map_or_else(String::new, |step| l.moment(step.at, zone).text),
    };
    page(StatusCode::OK, &install)
}

fn ready(visit: &Visit<'_>, attempt: &AttemptView) -> Response {
    let ready = ReadyPage {
        f: visit.frame(urls::enroll_step(visit.code, attempt.id.as_str())),
        platform: platform(attempt),
        personal: visit.personal(),
        device: String::new(),
    };
    page(StatusCode::OK, &ready)
}

fn failed(visit: &Visit<'_>, attempt: &AttemptView, failure: Failure) -> Response {
    let l = visit.texts;
    let at = attempt.failed_step.as_deref().unwrap_or(&attempt.status);
    let failed = FailedPage {
        f: visit.frame(urls::enroll_step(visit.code, attempt.id.as_str())),
        code: visit.code.to_owned(),
        attempt: attempt.id.to_string(),
        step: status(l, "attempt", at).text,
        cause: failure.cause(l),
        remedy: failure.remedy(l),
        again: failure.again() && visit.is_open(),
    };
    page(StatusCode::OK, &failed)
}

fn platform(attempt: &AttemptView) -> Platform {
    attempt
        .platform
        .as_deref()
        .and_then(Platform::from_os)
        .unwrap_or_default()
}
