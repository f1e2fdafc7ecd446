//! `GET` and `POST /console/sign-in`.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::accounts;
use zeroize::Zeroizing;

use super::page::SignInPage;
use crate::auth::{ClientAddress, CsrfForm, session_cookie};
use crate::console::failure::{Failure, own_path};
use crate::console::form::secret;
use crate::console::visitor::Guest;
use crate::console::words::SignInText;
use crate::error::AppError;
use crate::state::AppState;
use crate::ui::urls;

/// The form; while there is no account at all, the way to the first one.
pub(crate) async fn sign_in_form(guest: Guest) -> Result<Response, Failure> {
    let next = own_path(guest.query.get("next").unwrap_or_default()).to_owned();
    if guest.session.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    if accounts::needs_first_account(&guest.state.core).await? {
        return Ok(Redirect::to(urls::FIRST_ADMINISTRATOR).into_response());
    }
    let notice = match guest.query.get("next") {
        Some(_) => SignInText::Needed.text(guest.texts),
        None if guest.query.get("out").is_some() => SignInText::SignedOut.text(guest.texts),
        None => String::new(),
    };
    let page = SignInPage {
        f: guest.bare(),
        next,
        name: String::new(),
        error: String::new(),
        notice,
    };
    Ok(guest.page(StatusCode::OK, &page))
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    login: String,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

/// Begins a session. Known and unknown accounts are answered alike.
pub(crate) async fn sign_in(
    guest: Guest,
    ClientAddress(address): ClientAddress,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, Failure> {
    let CsrfForm(fields) = form?;
    let next = own_path(&fields.next).to_owned();
    let core = &guest.state.core;
    let signed_in = accounts::sign_in(
        core,
        &fields.login,
        fields.password,
        Some(address.to_string()),
    )
    .await;
    let session = match signed_in {
        Ok(session) => session,
        Err(error) => {
            let error = AppError::from(error);
            let text = refusal(&error).ok_or(error)?;
            return Ok(again(&guest, fields.login, next, &text));
        }
    };
    begin(&guest.state, &session.token, &next)
}

/// The answer that puts the session into the browser.
pub(super) fn begin(state: &AppState, token: &str, next: &str) -> Result<Response, Failure> {
    let cookie = session_cookie(&state.config, token)?;
    let mut headers = HeaderMap::new();
    headers.insert(header::SET_COOKIE, cookie);
    headers.insert(
        header::CACHE_CONTROL,
        http::HeaderValue::from_static("no-store"),
    );
    Ok((headers, Redirect::to(next)).into_response())
}

struct Refusal {
    status: StatusCode,
    text: SignInText,
    retry_after_secs: Option<i64>,
}

fn refusal(error: &AppError) -> Option<Refusal> {
    use crate::error::ErrorKind::Rule;
    let text = match error.kind() {
        Rule(Kind::NotSignedIn) => SignInText::Failed,
        Rule(Kind::TooMany { retry_after_secs }) => {
            let secs = u64::try_from(retry_after_secs).unwrap_or(60);
            SignInText::SlowDown(secs.div_ceil(60).max(1))
        }
        _ => return None,
    };
    Some(Refusal {
        status: error.status(),
        text,
        retry_after_secs: error.retry_after_secs(),
    })
}

fn again(guest: &Guest, name: String, next: String, refusal: &Refusal) -> Response {
    let mut f = guest.bare();
    f.here = urls::Query::default()
        .with("next", &next)
        .url(urls::SIGN_IN);
    let page = SignInPage {
        f,
        next,
        name,
        error: refusal.text.text(guest.texts),
        notice: String::new(),
    };
    let mut answer = guest.page(refusal.status, &page);
    if let Some(secs) = refusal.retry_after_secs {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, secs.into());
    }
    answer
}
