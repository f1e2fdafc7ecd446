//! When a page cannot be given: the way from an error to a page in the person's language.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method, StatusCode, header};
use tillsyn_core::Kind;

use super::errors::ErrorPage;
use super::notice;
use super::visitor::Guest;
use super::words;
use crate::auth::SET_UP_NEEDED;
use crate::docs::of_error;
use crate::error::{AppError, ErrorKind};
use crate::middleware::scope;
use crate::state::AppState;
use crate::ui::urls;

/// What a page's handler answers when it cannot do what was asked. [`render`] makes the page.
#[derive(Debug)]
pub(crate) struct Failure(AppError);

impl<E: Into<AppError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

type Carried = Arc<Mutex<Option<AppError>>>;

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut answer = self.0.status().into_response();
        let carried: Carried = Arc::new(Mutex::new(Some(self.0)));
        answer.extensions_mut().insert(carried);
        answer
    }
}

/// Around all routes of the console: makes a page of a failure, and ends a notice that was shown.
pub(super) async fn render(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Some(to) = super::scope::carried_on(&state, &parts) {
        return Redirect::to(&to).into_response();
    }
    let asked = (
        parts.method.clone(),
        parts.uri.clone(),
        parts.headers.clone(),
    );
    let shows_notice = parts.method == Method::GET && notice::of(&parts.headers).is_some();
    let extensions = parts.extensions.clone();
    let mut answer = next.run(Request::from_parts(parts.clone(), body)).await;
    let carried = answer.extensions_mut().remove::<Carried>();
    let failed = carried.and_then(|carried| carried.lock().ok()?.take());
    if let Some(error) = failed {
        error.log();
        (parts.method, parts.uri, parts.headers) = asked;
        parts.extensions = extensions;
        return failed_page(&state, &mut parts, &error).await;
    }
    if shows_notice && answer.status() == StatusCode::OK && is_page(answer.headers()) {
        for cookie in notice::clear(&state) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    answer
}

fn is_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

async fn failed_page(
    state: &AppState,
    parts: &mut http::request::Parts,
    error: &AppError,
) -> Response {
    if parts.uri.path() == urls::EVENTS {
        return error.status().into_response();
    }
    let is_get = parts.method == Method::GET;
    let Ok(guest) = Guest::from_request_parts(parts, state).await;
    let mut bare = guest.bare();
    if error.kind() == ErrorKind::Rule(Kind::NotSignedIn) && is_get {
        let next = urls::Query::default().with("next", &bare.here);
        return Redirect::to(&next.url(urls::SIGN_IN)).into_response();
    }
    if !is_get {
        // What was posted cannot be asked for by its address: the page that held the form can.
        bare.here = form_page(state, &parts.headers);
    }
    if error.code() == SET_UP_NEEDED {
        let next = urls::Query::default().with("next", &bare.here);
        return Redirect::to(&next.url(urls::SET_UP)).into_response();
    }
    if error.kind() == ErrorKind::Rule(Kind::FreshSignInNeeded) {
        let next = urls::Query::default().with("next", &bare.here);
        return Redirect::to(&next.url(urls::CONFIRM)).into_response();
    }
    let l = guest.texts;
    let id = scope::request_id();
    let mut page = match error.status() {
        _ if matches!(error.code(), "session" | "csrf_token") => ErrorPage::session_over(bare),
        StatusCode::UNAUTHORIZED => ErrorPage::session_over(bare),
        StatusCode::FORBIDDEN => ErrorPage::forbidden(bare, &id),
        StatusCode::NOT_FOUND => ErrorPage::not_found(bare, &id),
        StatusCode::TOO_MANY_REQUESTS => {
            let secs = error.retry_after_secs().unwrap_or(60);
            let minutes = u64::try_from(secs).unwrap_or(60).div_ceil(60).max(1);
            ErrorPage::slow_down(bare, minutes, &id)
        }
        status if status.is_server_error() => ErrorPage::failed(bare, &id),
        _ => ErrorPage::refused(bare, words::refusal(l, error.code()), &id),
    };
    if guest.session.is_some() {
        page.help = of_error(error);
    }
    let mut answer = guest.page(error.status(), &page);
    if let Some(secs) = error.retry_after_secs() {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, secs.into());
    }
    answer
}

/// The page of ours that a form came from, by `Referer`; empty when the browser does not say.
fn form_page(state: &AppState, headers: &HeaderMap) -> String {
    let config = state.core.config();
    headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix(config.console_url.as_str()))
        .map_or_else(String::new, |path| own_path(path).to_owned())
}

/// The longest address to go on at.
const NEXT: usize = 2_000;

/// An address to come back to that is no longer than that: the places in a list go before its filters do.
pub(crate) fn short(address: &str) -> Cow<'_, str> {
    let mut short = Cow::Borrowed(address);
    for name in ["before", "after"] {
        if short.len() > NEXT {
            short = Cow::Owned(without(&short, name));
        }
    }
    short
}

/// The address as it stands, without this parameter.
fn without(address: &str, name: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query.split('&');
    let kept: Vec<&str> = pairs
        .filter(|pair| pair.split('=').next() != Some(name))
        .collect();
    match kept.join("&").as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// A path of the console, or its first page: redirects never leave this server.
pub(crate) fn own_path(path: &str) -> &str {
    let rest = path.strip_prefix(urls::CONSOLE);
    let ours = rest.is_some_and(|rest| {
        (rest.is_empty() || rest.starts_with(['/', '?', '#']))
            && !rest.contains("//")
            && !rest.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace())
    });
    // It is kept until somebody comes back.
    if ours && path.len() <= NEXT {
        path
    } else {
        urls::CONSOLE
    }
}

#[cfg(test)]
mod tests;
