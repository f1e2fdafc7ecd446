//! `GET` and `POST /e/{code}/password`: whoever brought a device in by an invitation, and has no password yet,
//! chooses one (S1-40). Only the browser that began the attempt is shown it.

use axum::extract::Path;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tillsyn_core::accounts::portal::{self, PersonProof};
use tillsyn_core::ids::AttemptId;
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::cookie;
use super::failure::PortalFailure;
use super::session::PortalGuest;
use super::sign_in::{begin, private};
use super::welcome::PortalWelcomePage;
use crate::auth::{Coming, CsrfForm};
use crate::console::words::password_error;
use crate::error::AppError;
use crate::ui::{page_secret, urls};

/// Who this browser proved to be; `None` when it began nothing, or they have a way in already.
async fn proof(
    guest: &PortalGuest,
    headers: &HeaderMap,
) -> Result<Option<PersonProof>, PortalFailure> {
    let Some(begun) = cookie::attempt(&guest.state.config, headers) else {
        return Ok(None);
    };
    let Some(attempt) = AttemptId::parse(begun.attempt) else {
        return Ok(None);
    };
    let core = guest.core();
    match portal::proof_of_attempt(core, &attempt, begun.secret).await? {
        Some(proof) if portal::needs_password(core, proof.person()).await? => Ok(Some(proof)),
        _ => Ok(None),
    }
}

/// The form, or on to the person's own pages.
pub(super) async fn form(
    guest: PortalGuest,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PortalFailure> {
    match proof(&guest, &headers).await? {
        Some(proof) => show(guest, &code, &proof, String::new(), StatusCode::OK).await,
        None => Ok(private(urls::PORTAL)),
    }
}

#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(deserialize_with = "page_secret")]
    password: Zeroizing<String>,
}

/// Keeps the password and signs in.
pub(super) async fn take(
    guest: PortalGuest,
    Path(code): Path<String>,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, PortalFailure> {
    let CsrfForm(fields) = form?;
    let Some(proof) = proof(&guest, &headers).await? else {
        return Ok(private(urls::PORTAL));
    };
    let core = guest.core();
    let opened = portal::open_for_person(core, proof.clone(), fields.password, caller).await;
    match opened {
        Ok(session) => begin(&guest.state, &session, urls::PORTAL),
        Err(error) if (error.kind, error.field) == (Kind::Invalid, Some("password")) => {
            again(guest, &code, &proof, &error).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(
    guest: PortalGuest,
    code: &str,
    proof: &PersonProof,
    error: &Error,
) -> Result<Response, PortalFailure> {
    let text = password_error(error.code).text(guest.texts);
    show(guest, code, proof, text, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn show(
    guest: PortalGuest,
    code: &str,
    proof: &PersonProof,
    error: String,
    status: StatusCode,
) -> Result<Response, PortalFailure> {
    let person = portal::proven(guest.core(), proof).await?;
    let action = urls::enroll_password(code);
    let guest = guest.at(action.clone());
    let form = PortalWelcomePage {
        f: guest.frame(),
        action,
        name: person.name,
        login: person.email,
        forgotten: false,
        error,
    };
    Ok(guest.page(status, &form))
}
