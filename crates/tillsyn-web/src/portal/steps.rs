//! `GET /e/{code}/steps/{attempt}`: one address from the download to the end, well or badly; the page
//! follows the attempt. `POST …/again`: a new profile.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tillsyn_core::ids::AttemptId;
use tillsyn_core::invitations::{self, AttemptStatus, AttemptView};
use tillsyn_core::onboarding;
use tillsyn_core::{Error, Kind};

use super::begin::begun;
use super::cookie;
use super::enroll::{
    Changed, ConsentPage, FailedPage, Failure, InstallPage, InstallStatus, Platform, ReadyPage,
};
use super::managed::{Managed, by_profile};
use super::paragraphs;
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
        Ok(attempt) => step(&visit, &headers, &attempt).await,
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

async fn step(visit: &Visit<'_>, headers: &HeaderMap, attempt: &AttemptView) -> Response {
    let now_ms = visit.zone.now_ms;
    match AttemptStatus::parse(&attempt.status) {
        Some(AttemptStatus::Ready) => ready(visit, attempt).await,
        Some(AttemptStatus::Enrolled) if now_ms - attempt.updated_at > LONG_ENOUGH_MS => {
            ready(visit, attempt).await
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
        Some(AttemptStatus::Expired) => failed(visit, attempt, Failure::ProfileLapsed),
        Some(_) if attempt.waits_for_consent() => {
            if begun_here(visit, headers, attempt).is_none() {
                return elsewhere(visit, attempt);
            }
            consent(visit, attempt, None).await
        }
        Some(_) if attempt.profile_expires_at.is_none_or(|at| at <= now_ms) => {
            failed(visit, attempt, Failure::ProfileLapsed)
        }
        Some(reached) => {
            let Some(begun) = begun_here(visit, headers, attempt) else {
                return elsewhere(visit, attempt);
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

/// What this browser keeps of the attempt, if it began it.
fn begun_here<'h>(
    visit: &Visit<'_>,
    headers: &'h HeaderMap,
    attempt: &AttemptView,
) -> Option<cookie::Begun<'h>> {
    cookie::attempt(&visit.state.config, headers)
        .filter(|begun| begun.attempt == attempt.id.as_str())
}

/// Another browser does not get this one's profile; it may begin for itself.
fn elsewhere(visit: &Visit<'_>, attempt: &AttemptView) -> Response {
    let begin = urls::enroll_platform(visit.code, platform(attempt).value());
    Redirect::to(&begin).into_response()
}

/// What was shown changed while it was read.
pub(super) async fn consent_again(visit: &Visit<'_>, id: &AttemptId, changed: Changed) -> Response {
    match attempt(visit, id.as_str()).await {
        Ok(attempt) => consent(visit, &attempt, Some(changed)).await,
        Err(error) => visit.refused(&error),
    }
}

async fn consent(visit: &Visit<'_>, attempt: &AttemptView, changed: Option<Changed>) -> Response {
    let asked =
        match onboarding::ask_consent(&visit.state.core, &attempt.id, visit.texts.tag()).await {
            Ok(asked) => asked,
            Err(error) => return visit.refused(&error.into()),
        };
    let (text, sha256) = asked
        .terms
        .map_or_else(Default::default, |terms| (terms.text, terms.hash));
    let shown = ConsentPage {
        f: visit.frame(urls::enroll_step(visit.code, attempt.id.as_str())),
        code: visit.code.to_owned(),
        attempt: attempt.id.to_string(),
        platform: platform(attempt),
        personal: visit.personal(),
        managed: Managed::new(visit.texts, &asked.ledger),
        terms: paragraphs(&text),
        terms_sha256: sha256,
        shown: asked.shown,
        changed,
    };
    let status = if changed.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    page(status, &shown)
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
        managed: Managed::new(l, &by_profile(platform(attempt), visit.personal())),
        profile_url,
        deadline: l.moment(until, zone).iso,
        left: format!("{}:{:02}", left / 60, left % 60),
        status,
        fetched: fetched.map_or_else(String::new, |step| l.moment(step.at, zone).text),
    };
    page(StatusCode::OK, &install)
}

async fn ready(visit: &Visit<'_>, attempt: &AttemptView) -> Response {
    let platform = platform(attempt);
    let account = if platform == Platform::Mac {
        match onboarding::mac_account_is_managed(&visit.state.core, &attempt.id).await {
            Ok(managed) => Some(managed),
            Err(error) => return visit.refused(&error.into()),
        }
    } else {
        None
    };
    let mut f = visit.frame(urls::enroll_step(visit.code, attempt.id.as_str()));
    if account == Some(false) {
        f.refresh_secs = REFRESH_SECS;
    }
    let ready = ReadyPage {
        f,
        platform,
        account,
        personal: visit.personal(),
        device: String::new(),
        silent: attempt
            .steps
            .iter()
            .any(|step| step.cause.as_deref() == Some(Failure::PushUnanswered.value()))
            && attempt.status != AttemptStatus::Ready.as_str(),
    };
    page(StatusCode::OK, &ready)
}

fn failed(visit: &Visit<'_>, attempt: &AttemptView, failure: Failure) -> Response {
    let l = visit.texts;
    let at = attempt.failed_step.as_deref().unwrap_or(&attempt.status);
    let mut f = visit.frame(urls::enroll_step(visit.code, attempt.id.as_str()));
    // What was told may turn out well after all.
    f.refresh_secs = 3 * REFRESH_SECS;
    let public = visit.state.core.config().public_url.trim_end_matches('/');
    let failed = FailedPage {
        f,
        code: visit.code.to_owned(),
        attempt: attempt.id.to_string(),
        step: status(l, "attempt", at).text,
        cause: failure.cause(l),
        remedy: failure.remedy(l),
        again: failure.again() && visit.is_open(),
        link: failure
            .elsewhere()
            .then(|| format!("{public}{}", urls::enroll(visit.code))),
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
