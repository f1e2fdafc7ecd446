//! When a page of `/portal` cannot be given: the way from an error to a page in the person's language.

use std::sync::{Arc, Mutex};

use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method, StatusCode, header};
use tillsyn_core::Kind;

use super::frame::AppFrame;
use super::session::{PortalGuest, portal_path};
use crate::auth::SET_UP_NEEDED;
use crate::error::{AppError, ErrorKind};
use crate::middleware::scope;
use crate::state::AppState;
use crate::ui::{Link, urls};

/// What a handler of `/portal` answers when it cannot do what was asked. [`render`] makes the page.
#[derive(Debug)]
pub(crate) struct PortalFailure(AppError);

impl<E: Into<AppError>> From<E> for PortalFailure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

type Carried = Arc<Mutex<Option<AppError>>>;

impl IntoResponse for PortalFailure {
    fn into_response(self) -> Response {
        let mut answer = self.0.status().into_response();
        let carried: Carried = Arc::new(Mutex::new(Some(self.0)));
        answer.extensions_mut().insert(carried);
        answer
    }
}

/// Something that cannot be done, with a way on.
#[derive(Template)]
#[template(path = "portal/problem.html")]
pub struct ProblemPage {
    pub f: AppFrame,
    pub title: String,
    pub text: String,
    /// For support; empty when there is nothing to look up.
    pub request_id: String,
    pub way: Link,
}

/// Around all routes of `/portal`.
pub(super) async fn render(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let mut answer = next.run(Request::from_parts(parts, body)).await;
    let carried = answer.extensions_mut().remove::<Carried>();
    match carried.and_then(|carried| carried.lock().ok()?.take()) {
        Some(error) => {
            error.log();
            failed_page(&state, &mut asked, &error).await
        }
        None => answer,
    }
}

async fn failed_page(
    state: &AppState,
    parts: &mut http::request::Parts,
    error: &AppError,
) -> Response {
    let is_get = parts.method == Method::GET;
    let Ok(guest) = PortalGuest::from_request_parts(parts, state).await;
    // What was posted cannot be asked for by its address: the page that held the form can.
    let here = if is_get {
        guest.here().to_owned()
    } else {
        form_page(state, &parts.headers)
    };
    let onwards = |to: &str| {
        let next = urls::Query::default().with("next", &here);
        Redirect::to(&next.url(to)).into_response()
    };
    if error.code() == SET_UP_NEEDED {
        return onwards(urls::PORTAL_SET_UP);
    }
    match error.kind() {
        ErrorKind::Rule(Kind::NotSignedIn) if error.code() == "session" => {
            return onwards(urls::PORTAL_SIGN_IN);
        }
        ErrorKind::Rule(Kind::FreshSignInNeeded) => return onwards(urls::PORTAL_CONFIRM),
        _ => {}
    }
    let l = guest.texts;
    let (title, text, again) = match error.status() {
        _ if error.code() == "csrf_token" => (
            l.t("error-session"),
            l.t("error-session-text"),
            urls::PORTAL_SIGN_IN,
        ),
        StatusCode::FORBIDDEN => (
            l.t("portal-error-forbidden"),
            l.t("portal-error-forbidden-text"),
            urls::PORTAL,
        ),
        StatusCode::NOT_FOUND => (
            l.t("error-404"),
            l.t("portal-error-missing-text"),
            urls::PORTAL,
        ),
        StatusCode::TOO_MANY_REQUESTS => {
            let secs = error.retry_after_secs().unwrap_or(60);
            let minutes = u64::try_from(secs).unwrap_or(60).div_ceil(60).max(1);
            (
                l.t("error-429"),
                l.tn("error-429-text", minutes),
                urls::PORTAL,
            )
        }
        status if status.is_server_error() => {
            (l.t("error-500"), l.t("error-500-text"), urls::PORTAL)
        }
        _ => (
            l.t("error-400"),
            l.t("portal-error-refused-text"),
            urls::PORTAL,
        ),
    };
    let problem = ProblemPage {
        f: guest.frame(),
        title,
        text,
        request_id: scope::request_id(),
        way: Link {
            href: again.to_owned(),
            text: l.t("portal-error-on"),
        },
    };
    let mut answer = guest.page(error.status(), &problem);
    if let Some(secs) = error.retry_after_secs() {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, secs.into());
    }
    answer
}

/// The page of ours that a form came from, by `Referer`; the first page when the browser does not say.
fn form_page(state: &AppState, headers: &HeaderMap) -> String {
    let config = state.core.config();
    let from = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let path = [&config.public_url, &config.console_url]
        .into_iter()
        .find_map(|ours| from.strip_prefix(ours.as_str()));
    portal_path(path.unwrap_or_default()).to_owned()
}
