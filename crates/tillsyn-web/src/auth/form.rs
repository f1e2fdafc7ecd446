//! Forms of our own pages: the session's token is a field of each (security S15).

use axum::RequestExt as _;
use axum::body::Bytes;
use axum::extract::{Form, FromRequest, Request};
use http::header;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tillsyn_core::Error;

use super::{SessionActor, check_same_origin};
use crate::error::AppError;
use crate::state::AppState;

/// Forms are small; a push certificate with its key is the largest.
const LIMIT: usize = 256 * 1024;

/// A form post of a signed-in person, checked in this order: session, origin, token, fields.
pub struct PageForm<T> {
    pub session: SessionActor,
    pub fields: T,
}

/// A form post where nobody is signed in yet (sign-in, first account): only the origin is proven.
pub struct CsrfForm<T>(pub T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned + Send> FromRequest<AppState> for PageForm<T> {
    type Rejection = AppError;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, AppError> {
        let session = request
            .extract_parts_with_state::<SessionActor, _>(state)
            .await?;
        let body = body_of(request).await?;
        session.check_csrf(&fields::<Token>(body.clone()).await?.csrf)?;
        Ok(Self {
            session,
            fields: fields(body).await?,
        })
    }
}

impl<T: DeserializeOwned + Send> FromRequest<AppState> for CsrfForm<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        check_same_origin(state, request.method(), request.headers())?;
        let body = body_of(request).await?;
        Ok(Self(fields(body).await?))
    }
}

pub(crate) async fn body_of(request: Request) -> Result<Bytes, AppError> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim() == "application/x-www-form-urlencoded");
    if !is_form {
        return Err(AppError::media_type("This page takes form posts."));
    }
    axum::body::to_bytes(request.into_body(), LIMIT)
        .await
        .map_err(|_| AppError::too_large(LIMIT))
}

pub(crate) async fn fields<T: DeserializeOwned>(body: Bytes) -> Result<T, AppError> {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into())
        .map_err(|error| Error::internal("A form cannot be read.").caused_by(error))?;
    match Form::<T>::from_request(request, &()).await {
        Ok(Form(fields)) => Ok(fields),
        Err(error) => Err(
            Error::invalid("form", "form", "A field of the form is missing or odd.")
                .caused_by(error)
                .into(),
        ),
    }
}
