//! A set of permissions, as a role or a token holds it.

use super::Permission;

/// A set of permissions; asking it costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u128);

const _: () = assert!(Permission::ALL.len() <= 128, "one bit each");

impl Rights {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self(u128::MAX);

    /// The set of these.
    pub fn of(permissions: impl IntoIterator<Item = Permission>) -> Self {
        permissions
            .into_iter()
            .fold(Self::NONE, |set, permission| Self(set.0 | bit(permission)))
    }

    /// The set that a stored JSON list names. A name that this version does not know gives nothing and is
    /// logged with where it stands.
    pub fn stored(names: &str, of: &str) -> Self {
        let names: Vec<String> = serde_json::from_str(names).unwrap_or_else(|_| {
            tracing::warn!(of, "a stored list of permissions cannot be read");
            Vec::new()
        });
        Self::of(names.iter().filter_map(|name| {
            let known = Permission::parse(name);
            if known.is_none() {
                tracing::warn!(of, name, "a stored permission is unknown and gives nothing");
            }
            known
        }))
    }

    pub fn holds(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// What both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What this holds and `other` does not.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// In the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let all = Permission::ALL.iter().map(|(permission, _)| *permission);
        all.filter(move |permission| self.holds(*permission))
    }

    /// The stable names.
    pub fn names(self) -> Vec<&'static str> {
        self.iter().map(Permission::as_str).collect()
    }
}

fn bit(permission: Permission) -> u128 {
    1 << (permission as u8)
}
