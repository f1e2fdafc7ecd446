//! Browser sessions.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tillsyn_core::accounts::{self, Session};
use tillsyn_core::{Actor, Error, Kind};
use tillsyn_pki::hash;

use super::{Cookie, RequestContext, check_same_origin, client_address};
use crate::error::AppError;
use crate::middleware::scope;
use crate::state::AppState;
use crate::ui::urls;

/// The code of the refusal that leads to the set-up page.
pub(crate) const SET_UP_NEEDED: &str = "set_up_needed";

/// The session of a signed-in person. One that owes a new password or a second factor reaches only the pages
/// for that; its actor holds no rights besides. For unsafe methods the same-origin proof is checked with it; the
/// token of the form is checked by [`PageForm`](super::PageForm) or [`SessionActor::check_csrf`].
#[derive(Clone)]
pub struct SessionActor {
    pub state: AppState,
    pub session: Session,
}

impl SessionActor {
    pub fn actor(&self) -> &Actor {
        &self.session.actor
    }

    /// The same person for code that also serves the API.
    pub fn context(&self) -> RequestContext {
        RequestContext {
            state: self.state.clone(),
            actor: self.session.actor.clone(),
        }
    }

    /// Compares the token of a form with the session's.
    pub fn check_csrf(&self, token: &str) -> Result<(), AppError> {
        if hash::constant_time_eq(self.session.csrf_token.as_bytes(), token.as_bytes()) {
            return Ok(());
        }
        Err(Error::forbidden(
            "csrf_token",
            "This form belongs to an earlier session. Open the page again and repeat it.",
        )
        .into())
    }
}

impl FromRequestParts<AppState> for SessionActor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let not_signed_in = || Error::new(Kind::NotSignedIn, "session", "Sign in first.");
        let token = Cookie::Session
            .read(&state.config, &parts.headers)
            .ok_or_else(not_signed_in)?;
        let address = client_address(&state.config, &parts.headers, &parts.extensions);
        let address = address.map(|ip| ip.to_string());
        let mut session = accounts::resume(&state.core, token, address)
            .await?
            .ok_or_else(not_signed_in)?;
        // Whose account is nothing but their own has no business here.
        if session.portal_only {
            return Err(not_signed_in().into());
        }
        check_same_origin(state, &parts.method, &parts.headers)?;
        session.actor.request_id = Some(scope::request_id()).filter(|id| !id.is_empty());
        scope::note_actor(&session.actor);
        if let Some(demand) = session.demand
            && !urls::serves(demand, parts.uri.path())
        {
            return Err(Error::forbidden(
                SET_UP_NEEDED,
                "This account has to be set up before anything else.",
            )
            .into());
        }
        Ok(Self {
            state: state.clone(),
            session,
        })
    }
}

/// The session, where a page also serves those who are not signed in.
pub struct MaybeSession(pub Option<SessionActor>);

impl FromRequestParts<AppState> for MaybeSession {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(
            SessionActor::from_request_parts(parts, state).await.ok(),
        ))
    }
}
