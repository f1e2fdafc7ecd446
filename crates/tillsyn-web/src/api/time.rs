//! Points in time as the API writes them.

use serde::{Serialize, Serializer};
use tillsyn_core::Error;
use utoipa::ToSchema;

/// RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub(crate) struct Time(pub(crate) i64);

impl Time {
    pub(super) fn option(ms: Option<i64>) -> Option<Self> {
        ms.map(Self)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A time outside the calendar comes from no clock of ours.
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        serializer.collect_str(&format_args!("{time:.3}"))
    }
}

/// Reads a time of a query parameter, as milliseconds.
pub(super) fn parse(text: &str) -> Result<i64, Error> {
    text.parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_millisecond)
        .map_err(|_| {
            Error::invalid(
                "seen_since",
                "time",
                "Write a time like 2026-01-31T08:00:00Z.",
            )
        })
}
