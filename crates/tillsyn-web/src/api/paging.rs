//! Query parameters and pages.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tillsyn_core::Error;
use tillsyn_core::paging;
use utoipa::ToSchema;

use crate::error::AppError;

/// Query parameters of a known shape; an unknown one is refused by name.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(params)) => Ok(Self(params)),
            Err(error) => Err(Error::invalid(
                "query",
                "query",
                format!("A query parameter cannot be used: {}", error.body_text()),
            )
            .into()),
        }
    }
}

/// A page of rows.
#[derive(Serialize, ToSchema)]
pub(super) struct Page<T> {
    items: Vec<T>,
    /// Goes into `after` of the next request; `null` at the end.
    next: Option<String>,
}

impl<T> Page<T> {
    pub(super) fn of<R: Into<T>>(page: paging::Page<R>) -> Self {
        Self {
            items: page.items.into_iter().map(Into::into).collect(),
            next: page.next,
        }
    }

    /// A list that is never longer than one page.
    pub(super) fn whole<R: Into<T>>(items: Vec<R>) -> Self {
        Self {
            items: items.into_iter().map(Into::into).collect(),
            next: None,
        }
    }
}

/// The values of a parameter that takes several, separated by commas.
pub(super) fn several(text: Option<&str>) -> Vec<String> {
    text.into_iter()
        .flat_map(|text| text.split(','))
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}
