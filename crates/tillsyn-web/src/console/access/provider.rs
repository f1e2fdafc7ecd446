//! `GET /console/sign-in/provider/{id}` and back, and the same for the proof that it is still the same person
//! (security S16). Links, not forms: a form would have to name every provider's address in the page's policy.

use axum::extract::Path;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use tillsyn_core::accounts::{self, Arrival, ProviderAnswer, Way};
use tillsyn_core::ids::IdentityProviderId;
use tillsyn_core::{Error, Kind};

use super::sign_in::{Refusal, again, go_on, private};
use crate::auth::{Coming, Cookie};
use crate::console::failure::{Failure, own_path};
use crate::console::visitor::{Guest, Visitor};
use crate::console::words::SignInText;
use crate::error::AppError;
use crate::state::AppState;
use crate::ui::urls;

pub(crate) async fn sign_in_at_provider(
    guest: Guest,
    Path(id): Path<String>,
    Coming(caller): Coming,
) -> Result<Response, Failure> {
    let next = own_path(guest.query.get("next").unwrap_or_default()).to_owned();
    let core = &guest.state.core;
    match accounts::begin_sign_in_at_provider(core, &read(&id)?, &next, &caller).await {
        Ok(way) => leave(&guest.state, &way),
        Err(error) => refused(&guest, error).await,
    }
}

pub(crate) async fn confirm_at_provider(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let next = own_path(visitor.query.get("next").unwrap_or_default()).to_owned();
    let session = &visitor.session.session;
    let begun =
        accounts::begin_confirm_at_provider(visitor.core(), session, &read(&id)?, &next).await;
    match begun {
        Ok(way) => leave(visitor.state(), &way),
        Err(error) if error.kind == Kind::Unavailable => Ok(ask_again(&error, &next)),
        Err(error) => Err(error.into()),
    }
}

/// The browser comes back. What it was sent for is over, whatever comes of it.
pub(crate) async fn back_from_provider(
    guest: Guest,
    Path(id): Path<String>,
    Coming(caller): Coming,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let state = &guest.state;
    let said = |name: &str| guest.query.get(name).map(str::to_owned);
    let answer = ProviderAnswer {
        provider: read(&id)?,
        code: said("code"),
        state: said("state"),
        error: said("error"),
        iss: said("iss"),
    };
    let browser = Cookie::Provider.read(&state.config, &headers);
    let session = guest.session.as_ref().map(|found| &found.session);
    let arrived = accounts::finish_at_provider(&state.core, browser, answer, session, caller).await;
    let arrived = match arrived {
        Ok(arrived) => arrived,
        Err(error) => return refused(&guest, error).await,
    };
    // Kept by us all the time; looked at once more where it is used.
    let next = own_path(&arrived.next);
    let mut answer = match &arrived.how {
        Arrival::SignedIn(signed_in) => go_on(state, signed_in, next)?,
        Arrival::Confirmed => private(next),
    };
    let gone = Cookie::Provider.clear(&state.config);
    answer.headers_mut().append(header::SET_COOKIE, gone);
    Ok(answer)
}

fn read(id: &str) -> Result<IdentityProviderId, Error> {
    IdentityProviderId::parse(id).ok_or_else(|| Error::not_found("identity provider"))
}

fn leave(state: &AppState, way: &Way) -> Result<Response, Failure> {
    let mut answer = private(&way.url);
    let cookie = Cookie::Provider.set(&state.config, &way.ceremony)?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// Says in words why not: on the sign-in page, or where a person is signed in, on the page that asked.
pub(super) async fn refused(guest: &Guest, error: Error) -> Result<Response, Failure> {
    if !error.code.starts_with("sso_") {
        return Err(error.into());
    }
    if guest.session.is_some() {
        return Ok(ask_again(&error, ""));
    }
    let text = SignInText::Provider(error.code);
    let status = match error.kind {
        // Nobody was refused: there is nothing to come back to.
        Kind::NotSignedIn => StatusCode::BAD_REQUEST,
        _ => AppError::from(error).status(),
    };
    let refusal = Refusal {
        status,
        text,
        retry_after_secs: None,
    };
    again(guest, String::new(), urls::CONSOLE.to_owned(), &refusal).await
}

fn ask_again(error: &Error, next: &str) -> Response {
    let to = urls::Query::default()
        .with("problem", error.code)
        .with("next", next);
    private(&to.url(urls::CONFIRM))
}
