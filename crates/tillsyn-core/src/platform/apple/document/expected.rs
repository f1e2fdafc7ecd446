//! What a value of a profile is to be, by the catalogue, along a path.

use plist::Dictionary;
use tillsyn_apple::profile::catalogue::{self, Key, Kind, Payload};
use tillsyn_apple::profile::check;

use super::json::Expected;
use crate::profiles::{Step, ValueKind};

/// A place in a profile.
#[derive(Clone, Copy)]
pub(super) struct Place {
    at: At,
    /// Known from elsewhere.
    kind: Option<ValueKind>,
}

#[derive(Clone, Copy)]
enum At {
    Top,
    /// In a payload of this type, and of this variant as far as its values tell.
    Payload(&'static str, Option<&'static Payload>),
    Key(&'static Key),
    /// Nothing is known of it.
    Unknown,
}

impl Place {
    pub(super) fn top() -> Self {
        At::Top.into()
    }

    /// In this payload; of a type that nobody knows only the keys of all payloads are known.
    pub(super) fn payload(payload: &Dictionary) -> Self {
        let kind = payload.get("PayloadType").and_then(plist::Value::as_string);
        let known = catalogue::variants(kind.unwrap_or_default())
            .first()
            .map(|payload| payload.kind);
        At::Payload(known.unwrap_or_default(), check::fit(payload)).into()
    }

    /// The place of a path that begins here.
    pub(super) fn along(self, path: &[Step]) -> Self {
        path.iter().fold(self, |place, step| match step {
            Step::Key(key) => place.key(key),
            Step::Index(_) => place.item(),
        })
    }

    /// What somebody says it is counts most, what stands there now least.
    pub(super) fn or_else(self, said: Option<ValueKind>, present: Option<ValueKind>) -> Self {
        let kind = said.or_else(|| self.kind()).or(present);
        Self { kind, ..self }
    }
}

impl From<At> for Place {
    fn from(at: At) -> Self {
        Self { at, kind: None }
    }
}

impl Expected for Place {
    fn kind(self) -> Option<ValueKind> {
        let of_key = || match self.at {
            At::Key(key) => of(key.kind),
            _ => None,
        };
        self.kind.or_else(of_key)
    }

    fn key(self, key: &str) -> Self {
        let found = match self.at {
            At::Top => catalogue::top_level().and_then(|top| top.key(key)),
            // The keys of all payloads first: a payload may stand for any other key.
            At::Payload(kind, fitting) => catalogue::common()
                .and_then(|all| all.key(key))
                .or_else(|| fitting.and_then(|payload| payload.key(key)))
                .or_else(|| {
                    let variants = catalogue::variants(kind);
                    variants.into_iter().find_map(|payload| payload.key(key))
                }),
            At::Key(of) => of.child(key),
            At::Unknown => None,
        };
        found.map_or(At::Unknown, At::Key).into()
    }

    fn item(self) -> Self {
        let found = match self.at {
            At::Key(of) => of.item(),
            _ => None,
        };
        found.map_or(At::Unknown, At::Key).into()
    }
}

fn of(kind: Kind) -> Option<ValueKind> {
    Some(match kind {
        Kind::String => ValueKind::String,
        Kind::Integer => ValueKind::Integer,
        Kind::Real => ValueKind::Real,
        Kind::Boolean => ValueKind::Boolean,
        Kind::Date => ValueKind::Date,
        Kind::Data => ValueKind::Data,
        Kind::Array => ValueKind::Array,
        Kind::Dictionary => ValueKind::Dictionary,
        Kind::Any => return None,
    })
}
