//! `/go`: a way in that can be typed and printed. With a code from another device, or signed in and without an
//! invitation.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::{Kind, branding, invitations, onboarding, settings};

use super::begin::{to_step, told_by_browser};
use super::enroll::{Closed, ClosedPage, GoOwn, GoPage, Platform};
use super::failure::PortalFailure;
use super::session::{PortalForm, PortalUser};
use super::visit::header_text;
use super::{Brand, PortalFrame, cookie};
use crate::auth::{Coming, CsrfForm};
use crate::error::AppError;
use crate::i18n::{Lang, Texts};
use crate::state::AppState;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(super) struct Choice {
    lang: Option<String>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    Query(choice): Query<Choice>,
    user: Result<PortalUser, PortalFailure>,
    headers: HeaderMap,
) -> Response {
    shown(&state, &headers, &choice, user.ok().as_ref(), String::new()).await
}

/// With the code filled in. Looking uses nothing up: cameras and mail scanners look too.
pub(super) async fn show_with(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Query(choice): Query<Choice>,
    user: Result<PortalUser, PortalFailure>,
    headers: HeaderMap,
) -> Response {
    shown(&state, &headers, &choice, user.ok().as_ref(), code).await
}

/// Somebody who reloads the page that answered the form.
pub(super) async fn back() -> Redirect {
    Redirect::to(urls::GO)
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    choice: &Choice,
    user: Option<&PortalUser>,
    code: String,
) -> Response {
    let chosen = choice.lang.as_deref().and_then(Lang::from_tag);
    let short = code.chars().count() <= 20;
    let code = if short { code } else { String::new() };
    let here = if code.is_empty() {
        urls::GO.to_owned()
    } else {
        urls::go_with(&code)
    };
    let f = frame(state, headers, chosen, here).await;
    let go = go_page(state, headers, user, f, code).await;
    let mut response = page(StatusCode::OK, &go);
    if let Some(lang) = chosen {
        let value = cookie::set_language(&state.config, lang);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

async fn go_page(
    state: &AppState,
    headers: &HeaderMap,
    user: Option<&PortalUser>,
    f: PortalFrame,
    code: String,
) -> GoPage {
    let (user_agent, hint) = told_by_browser(headers);
    GoPage {
        f,
        code,
        code_error: String::new(),
        platform: Platform::detect(user_agent, hint),
        own: own(state, user).await,
    }
}

async fn own(state: &AppState, user: Option<&PortalUser>) -> GoOwn {
    // Whether their own unit says so, is asked when somebody who is signed in begins.
    match onboarding::somebody_brings_devices(&state.core).await {
        Ok(true) => user.map_or(GoOwn::SignIn, |user| GoOwn::Begin {
            name: user.person.name.clone(),
            csrf: user.csrf_token.clone(),
        }),
        _ => GoOwn::Off,
    }
}

/// Nothing is asked for: who begins is in the session.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Somebody who is signed in begins with a device of their own.
pub(super) async fn begin(form: PortalForm<Nothing>) -> Response {
    let user = form.user;
    match onboarding::invite_oneself(user.core(), &user.actor, &user.person_id).await {
        Ok(own) => Redirect::to(&urls::enroll(&own.code)).into_response(),
        Err(error) => closed(user.enrollment_frame(urls::GO), &error.into()),
    }
}

/// The frame of a page that stands on no invitation.
async fn frame(
    state: &AppState,
    headers: &HeaderMap,
    chosen: Option<Lang>,
    here: String,
) -> PortalFrame {
    let organisation = settings::organisation(&state.core)
        .await
        .unwrap_or_default();
    let fallback = Lang::from_tag(&organisation.language).unwrap_or_default();
    let asked = header_text(headers, &header::ACCEPT_LANGUAGE);
    let wanted = chosen.or_else(|| cookie::language(headers));
    let branding = branding::of_organisation(&state.core)
        .await
        .unwrap_or_default();
    PortalFrame {
        texts: Texts::new(Lang::negotiate(wanted, Some(asked), fallback)),
        organisation: branding.name.clone(),
        here,
        brand: Brand::of(&branding),
        help: branding.contacts.line().unwrap_or_default(),
        refresh_secs: 0,
    }
}

#[derive(Deserialize)]
pub(super) struct Typed {
    code: String,
}

/// A typed code: it works once.
pub(super) async fn take(
    State(state): State<AppState>,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Typed>, AppError>,
) -> Response {
    let f = frame(&state, &headers, None, urls::GO.to_owned()).await;
    let typed = match form {
        Ok(CsrfForm(typed)) => typed,
        Err(error) => return closed(f, &error),
    };
    let (user_agent, hint) = told_by_browser(&headers);
    let platform = Platform::detect(user_agent, hint);
    if platform.os().is_none() {
        // Said before the code is spent.
        let go = go_page(&state, &headers, None, f, typed.code).await;
        return page(StatusCode::UNPROCESSABLE_ENTITY, &go);
    }
    let (core, address) = (&state.core, caller.address.clone());
    let taken = onboarding::take_over(core, &typed.code, platform.os(), address).await;
    match taken {
        Ok(taken) => match to_step(&state, &taken.link_code, &taken.started) {
            Ok(response) => response,
            Err(error) => closed(f, &error),
        },
        Err(error) if error.kind == Kind::NotFound => {
            // Not of a device: of an invitation, as it stands in the mail or on paper.
            match invitations::by_typed_code(core, &typed.code, &caller).await {
                Ok(found) => {
                    let address = caller.address.as_deref().unwrap_or("unknown");
                    if let Err(error) = onboarding::forgive(core, address).await {
                        return closed(f, &error.into());
                    }
                    return Redirect::to(&urls::enroll(&found.code)).into_response();
                }
                Err(error) if matches!(error.kind, Kind::NotFound | Kind::Invalid) => {}
                Err(error) => return closed(f, &error.into()),
            }
            let error = f.t("go-code-wrong");
            let mut go = go_page(&state, &headers, None, f, String::new()).await;
            go.code_error = error;
            page(StatusCode::UNPROCESSABLE_ENTITY, &go)
        }
        Err(error) => closed(f, &error.into()),
    }
}

fn closed(f: PortalFrame, error: &AppError) -> Response {
    error.log();
    let closed = Closed::of(error);
    let mut response = page(closed.status(), &ClosedPage::new(f, closed)).into_response();
    if let Some(secs) = error.retry_after_secs() {
        let value = HeaderValue::from(secs);
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
