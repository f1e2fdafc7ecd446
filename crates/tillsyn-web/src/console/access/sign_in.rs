//! `GET` and `POST /console/sign-in`, and the cookies that every way in sets.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::accounts::{self, NewSession, SignInButton, SignedIn};
use tillsyn_core::{Core, Kind};
use zeroize::Zeroizing;

use super::page::SignInPage;
use crate::auth::{Coming, Cookie, CsrfForm};
use crate::console::failure::{Failure, own_path};
use crate::console::form::secret;
use crate::console::visitor::Guest;
use crate::console::words::SignInText;
use crate::error::AppError;
use crate::state::AppState;
use crate::ui::{Link, urls};

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
        name: String::new(),
        error: String::new(),
        notice,
        passkeys: accounts::passkey_party(&guest.state.core).is_some(),
        providers: providers(&guest.state.core, &next).await?,
        next,
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

/// Begins a session, or the second step. Known and unknown accounts are answered alike.
pub(crate) async fn sign_in(
    guest: Guest,
    Coming(caller): Coming,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, Failure> {
    let CsrfForm(fields) = form?;
    let next = own_path(&fields.next).to_owned();
    let core = &guest.state.core;
    match accounts::sign_in(core, &fields.login, fields.password, caller).await {
        Ok(signed_in) => go_on(&guest.state, &signed_in, &next),
        Err(error) => {
            let error = AppError::from(error);
            let text = refusal(&error).ok_or(error)?;
            again(&guest, fields.login, next, &text).await
        }
    }
}

/// On with the session, or to the second step.
pub(super) fn go_on(
    state: &AppState,
    signed_in: &SignedIn,
    next: &str,
) -> Result<Response, Failure> {
    let step = match signed_in {
        SignedIn::Session(session) => return begin(state, session, next),
        SignedIn::SecondFactor(step) => step,
    };
    let to = urls::Query::default().with("next", next);
    let mut answer = private(&to.url(urls::SECOND_STEP));
    let cookie = Cookie::Step.set(&state.config, step)?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// The answer that puts a new session into the browser.
pub(super) fn begin(
    state: &AppState,
    session: &NewSession,
    next: &str,
) -> Result<Response, Failure> {
    let mut answer = renewed(state, session, private(next))?;
    let headers = answer.headers_mut();
    headers.append(header::SET_COOKIE, Cookie::Step.clear(&state.config));
    if let Some(known) = &session.known {
        headers.append(header::SET_COOKIE, Cookie::Known.set(&state.config, known)?);
    }
    Ok(answer)
}

/// The same answer with the session's new token in it.
pub(crate) fn renewed(
    state: &AppState,
    session: &NewSession,
    mut answer: Response,
) -> Result<Response, Failure> {
    let cookie = Cookie::Session.set(&state.config, &session.token)?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// A way on that no cache keeps.
pub(super) fn private(to: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CACHE_CONTROL,
        http::HeaderValue::from_static("no-store"),
    );
    (headers, Redirect::to(to)).into_response()
}

pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) text: SignInText,
    pub(super) retry_after_secs: Option<i64>,
}

pub(super) fn refusal(error: &AppError) -> Option<Refusal> {
    use crate::error::ErrorKind::Rule;
    let text = match error.kind() {
        Rule(Kind::NotSignedIn) => SignInText::Failed,
        Rule(Kind::TooMany { retry_after_secs }) => {
            let secs = u64::try_from(retry_after_secs).unwrap_or(60);
            SignInText::SlowDown(secs.div_ceil(60).max(1))
        }
        Rule(Kind::Invalid) if error.code().starts_with("passkey_") => SignInText::Passkey,
        _ => return None,
    };
    Some(Refusal {
        status: error.status(),
        text,
        retry_after_secs: error.retry_after_secs(),
    })
}

pub(super) async fn again(
    guest: &Guest,
    name: String,
    next: String,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let mut f = guest.bare();
    f.here = urls::Query::default()
        .with("next", &next)
        .url(urls::SIGN_IN);
    let page = SignInPage {
        f,
        providers: providers(&guest.state.core, &next).await?,
        next,
        name,
        error: refusal.text.text(guest.texts),
        notice: String::new(),
        passkeys: accounts::passkey_party(&guest.state.core).is_some(),
    };
    let mut answer = guest.page(refusal.status, &page);
    if let Some(secs) = refusal.retry_after_secs {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, secs.into());
    }
    Ok(answer)
}

/// The ways to the identity providers.
pub(super) async fn providers(core: &Core, next: &str) -> Result<Vec<Link>, Failure> {
    let buttons = accounts::sign_in_buttons(core).await?;
    let link = |button: &SignInButton| Link {
        href: urls::sign_in_provider(button.id.as_str(), next),
        text: button.name.clone(),
    };
    Ok(buttons.iter().map(link).collect())
}
