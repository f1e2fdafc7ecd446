//! `GET /portal/sign-in/provider/{id}` and back, and the same for the proof that it is still the same person.

use axum::extract::Path;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use tillsyn_core::accounts::{self, Arrival, Door, ProviderAnswer, SignInButton, Way, portal};
use tillsyn_core::ids::IdentityProviderId;
use tillsyn_core::{Core, Error, Kind};

use super::failure::{PortalFailure, ProblemPage};
use super::session::{PortalGuest, PortalUser, portal_path};
use super::sign_in::{go_on, private};
use crate::auth::{Coming, Cookie};
use crate::console::words;
use crate::error::AppError;
use crate::state::AppState;
use crate::ui::{Link, urls};

/// The ways to the identity providers that know people.
pub(super) async fn links(core: &Core, next: &str) -> Result<Vec<Link>, Error> {
    let buttons = accounts::portal_buttons(core).await?;
    let link = |button: &SignInButton| Link {
        href: urls::portal_provider(button.id.as_str(), next),
        text: button.name.clone(),
    };
    Ok(buttons.iter().map(link).collect())
}

/// The same to show that it is still the same person.
pub(super) async fn confirm_links(user: &PortalUser, next: &str) -> Result<Vec<Link>, Error> {
    let buttons = accounts::portal_confirm_buttons(user.core(), &user.session).await?;
    let link = |button: &SignInButton| Link {
        href: urls::portal_confirm_provider(button.id.as_str(), next),
        text: button.name.clone(),
    };
    Ok(buttons.iter().map(link).collect())
}

pub(super) async fn sign_in(
    guest: PortalGuest,
    Path(id): Path<String>,
    Coming(caller): Coming,
) -> Result<Response, PortalFailure> {
    let next = portal_path(guest.query.get("next").unwrap_or_default()).to_owned();
    let caller = caller.at(Door::Portal);
    let begun =
        accounts::begin_sign_in_at_provider(guest.core(), &read(&id)?, &next, &caller).await;
    match begun {
        Ok(way) => leave(&guest.state, &way),
        Err(error) => refused(&guest, error),
    }
}

pub(super) async fn confirm(
    user: PortalUser,
    Path(id): Path<String>,
) -> Result<Response, PortalFailure> {
    let next = portal_path(user.query.get("next").unwrap_or_default()).to_owned();
    let session = &user.session;
    let way = accounts::begin_confirm_at_provider(user.core(), session, &read(&id)?, &next).await?;
    leave(&user.state, &way)
}

/// The browser comes back. What it was sent for is over, whatever comes of it.
pub(super) async fn back(
    guest: PortalGuest,
    Path(id): Path<String>,
    Coming(caller): Coming,
    headers: HeaderMap,
) -> Result<Response, PortalFailure> {
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
    let caller = caller.at(Door::Portal);
    let session = match Cookie::Portal.read(&state.config, &headers) {
        Some(token) => portal::resume(&state.core, token, caller.address.clone()).await?,
        None => None,
    };
    let session = session.as_ref().map(|signed| &signed.session);
    let arrived = accounts::finish_at_provider(&state.core, browser, answer, session, caller).await;
    let arrived = match arrived {
        Ok(arrived) => arrived,
        Err(error) => return refused(&guest, error),
    };
    // Kept by us all the time; looked at once more where it is used.
    let next = portal_path(&arrived.next);
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

fn leave(state: &AppState, way: &Way) -> Result<Response, PortalFailure> {
    let mut answer = private(&way.url);
    let cookie = Cookie::Provider.set(&state.config, &way.ceremony)?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// Says in words why not.
fn refused(guest: &PortalGuest, error: Error) -> Result<Response, PortalFailure> {
    let l = guest.texts;
    let text = match error.code {
        "sso_not_mapped" | "sso_email_taken" | "sso_elsewhere" => l.t("portal-provider-unknown"),
        code => match words::provider_problem(l, code) {
            Some(text) => text,
            None => return Err(error.into()),
        },
    };
    let status = match error.kind {
        // Nobody was refused: there is nothing to come back to.
        Kind::NotSignedIn => StatusCode::BAD_REQUEST,
        _ => AppError::from(error).status(),
    };
    let problem = ProblemPage {
        f: guest.frame(),
        title: l.t("portal-provider-failed"),
        text,
        request_id: String::new(),
        way: Link {
            href: urls::PORTAL_SIGN_IN.to_owned(),
            text: l.t("sign-in"),
        },
    };
    Ok(guest.page(status, &problem))
}
