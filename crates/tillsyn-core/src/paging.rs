//! Keyset paging: a page, the place behind its last row, and the limits (security S06).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

use crate::error::Error;

/// Rows and the cursor behind them; no cursor means the end.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// The largest page.
pub const MAX_PAGE: i64 = 1_000;

/// The asked page size, 50 by default.
pub fn page_size(asked: Option<i64>) -> Result<i64, Error> {
    match asked {
        None => Ok(50),
        Some(n @ 1..=MAX_PAGE) => Ok(n),
        Some(n) => Err(Error::invalid(
            "limit",
            "page_size",
            format!("A page has 1 to {MAX_PAGE} rows, not {n}."),
        )),
    }
}

/// The place behind a row: its sort values, opaque to callers.
#[derive(Clone, Debug)]
pub struct Cursor(Vec<Json>);

impl Cursor {
    pub(crate) fn new(values: Vec<Json>) -> Self {
        Self(values)
    }

    pub(crate) fn of_i64(value: i64) -> Self {
        Self(vec![Json::from(value)])
    }

    pub(crate) fn of_text(value: &str) -> Self {
        Self(vec![Json::from(value)])
    }

    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(Json::Array(self.0.clone()).to_string())
    }

    /// Reads a cursor that a caller sent back.
    pub(crate) fn decode(text: &str) -> Result<Self, Error> {
        let refuse = || {
            Error::invalid(
                "after",
                "cursor",
                "This cursor is not one of ours; start without it.",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse())?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| refuse())
    }

    pub(crate) fn values(&self) -> &[Json] {
        &self.0
    }

    pub(crate) fn first_text(&self) -> Result<String, Error> {
        let first = self.0.first().and_then(Json::as_str);
        first.map(str::to_owned).ok_or_else(|| {
            Error::invalid(
                "after",
                "cursor",
                "This cursor is not one of ours; start without it.",
            )
        })
    }

    pub(crate) fn first_i64(&self) -> Result<i64, Error> {
        self.0.first().and_then(Json::as_i64).ok_or_else(|| {
            Error::invalid(
                "after",
                "cursor",
                "This cursor is not one of ours; start without it.",
            )
        })
    }
}
