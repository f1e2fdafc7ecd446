//! Forms of the console: the session, the proof of origin and the session's token first, then the fields.

use axum::RequestExt as _;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Deserializer};
use tillsyn_core::Error;
use tillsyn_core::imports::MOST_BYTES;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::visitor::Visitor;
use crate::auth::PageForm;
use crate::error::AppError;
use crate::state::AppState;

/// The largest upload: a configuration profile.
pub(super) const UPLOAD_LIMIT: usize = 2 << 20;
/// Fields of one form: the largest payload has some hundred keys, and lists in it more.
const FIELDS: usize = 4_000;

/// A form with its fields.
pub(crate) struct Filled<T> {
    pub(crate) visitor: Visitor,
    pub(crate) fields: T,
}

impl<T: DeserializeOwned + Send> FromRequest<AppState> for Filled<T> {
    type Rejection = Failure;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, Failure> {
        let visitor = request
            .extract_parts_with_state::<Visitor, _>(state)
            .await?;
        let PageForm { fields, .. } = PageForm::from_request(request, state).await?;
        Ok(Self { visitor, fields })
    }
}

/// A field that is wiped after use.
pub(crate) fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(from).map(Zeroizing::new)
}

/// A form that carries files. Names and values are kept as they came; whoever asks decodes them.
pub(crate) struct Uploaded {
    pub(crate) visitor: Visitor,
    parts: Vec<(String, Zeroizing<Vec<u8>>)>,
}

impl FromRequest<AppState> for Uploaded {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        Self::at_most(request, state, UPLOAD_LIMIT).await
    }
}

/// The same with a file to import, which may be larger.
pub(crate) struct ImportUpload(pub(crate) Uploaded);

impl FromRequest<AppState> for ImportUpload {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let limit = MOST_BYTES + 64 * 1024;
        Uploaded::at_most(request, state, limit).await.map(Self)
    }
}

impl Uploaded {
    async fn at_most(
        mut request: Request,
        state: &AppState,
        limit: usize,
    ) -> Result<Self, Failure> {
        let visitor = request
            .extract_parts_with_state::<Visitor, _>(state)
            .await?;
        let form = Multipart::from_request(request, state)
            .await
            .map_err(|_| AppError::media_type("This page takes multipart forms."))?;
        let parts = read(form, limit).await?;
        let uploaded = Self { visitor, parts };
        let token = uploaded.text("csrf");
        uploaded.visitor.session.check_csrf(&token)?;
        Ok(uploaded)
    }

    /// A field as text; empty when it is absent or no text.
    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name).to_vec()).unwrap_or_default()
    }

    /// Whether the form has such a field, filled in or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|(found, _)| found == name)
    }

    /// All values of a field that stands there several times.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.parts
            .iter()
            .filter(|(found, _)| found == name)
            .filter_map(|(_, value)| String::from_utf8(value.to_vec()).ok())
            .collect()
    }

    /// Names of all fields, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.parts.iter().map(|(name, _)| name.clone())
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        !self.bytes(name).is_empty()
    }

    /// A field or file as bytes; empty when it is absent.
    pub(crate) fn bytes(&self, name: &str) -> &[u8] {
        self.parts
            .iter()
            .find(|(found, _)| found == name)
            .map_or(&[], |(_, value)| value.as_slice())
    }
}

async fn read(
    mut form: Multipart,
    limit: usize,
) -> Result<Vec<(String, Zeroizing<Vec<u8>>)>, AppError> {
    let odd = |_| Error::invalid("form", "form", "The form did not arrive whole.");
    let mut parts = Vec::new();
    let mut room = limit;
    while let Some(mut field) = form.next_field().await.map_err(odd)? {
        let name = field.name().unwrap_or_default().to_owned();
        let mut value = Zeroizing::new(Vec::new());
        while let Some(piece) = field.chunk().await.map_err(odd)? {
            room = room
                .checked_sub(piece.len())
                .ok_or_else(|| AppError::too_large(limit))?;
            value.extend_from_slice(&piece);
        }
        if parts.len() == FIELDS {
            return Err(AppError::bad_request(
                "form",
                "The form has too many fields.",
            ));
        }
        parts.push((name, value));
    }
    Ok(parts)
}
