//! Query parameters and pages.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::paging;
use utoipa::{IntoParams, ToSchema};

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

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParams {
    /// The `next` of the page before; without it, the first page.
    pub(super) after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    pub(super) limit: Option<i64>,
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
pub(super) fn several(text: Option<String>) -> Vec<String> {
    text.iter()
        .flat_map(|text| text.split(','))
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}
