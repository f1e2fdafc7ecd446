//! What a value of a profile is to be: what was said with it, else what stands in its place.

use super::json::Expected;
use crate::profiles::{Step, ValueKind};

/// A place in a profile.
#[derive(Clone, Copy)]
pub(super) struct Place {
    kind: Option<ValueKind>,
}

impl Place {
    pub(super) fn top() -> Self {
        Self { kind: None }
    }

    pub(super) fn payload(_: &str) -> Self {
        Self { kind: None }
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
        Self { kind }
    }
}

impl Expected for Place {
    fn kind(self) -> Option<ValueKind> {
        self.kind
    }

    fn key(self, _: &str) -> Self {
        Self { kind: None }
    }

    fn item(self) -> Self {
        Self { kind: None }
    }
}
