use std::fmt;

use serde::Serialize;

use super::Kind;

/// A value of the schema: one that is allowed, a bound, a default.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    Text(&'static str),
    Integer(i64),
    Real(f64),
    Boolean(bool),
}

impl Scalar {
    /// `None` when the text is no value of the kind.
    pub(super) fn of(kind: Kind, text: &'static str) -> Option<Self> {
        Some(match kind {
            Kind::Integer => Self::Integer(text.parse().ok()?),
            Kind::Real => Self::Real(text.parse().ok()?),
            Kind::Boolean => Self::Boolean(text.parse().ok()?),
            _ => Self::Text(text),
        })
    }

    /// For comparing with a bound; the schema's numbers are small.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Integer(number) => i32::try_from(number).ok().map(f64::from),
            Self::Real(number) => Some(number),
            Self::Text(_) | Self::Boolean(_) => None,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number}"),
            Self::Boolean(flag) => write!(f, "{flag}"),
        }
    }
}
