//! What can go wrong in a rule, in words that a caller can branch on.
//!
//! One type for all features: each outcome has a [`Kind`] (what a surface maps to its status), a
//! stable `code` and a `detail` for people. The store's own errors stay transparent.

use tillsyn_db::DbError;

/// The family of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No or bad credential.
    NotSignedIn,
    /// The actor may not do this.
    Forbidden,
    /// The password must be typed again (security S11).
    FreshSignInNeeded,
    /// The object does not exist, or not for this actor.
    NotFound,
    /// The input cannot be used; `field` names where.
    Invalid,
    /// The world is not as the caller thinks.
    Conflict,
    /// The object cannot do this, and never will as it is.
    NotCapable,
    /// Too many tries; seconds to wait.
    TooMany { retry_after_secs: i64 },
    /// A limit of ours is reached.
    Overloaded,
    /// The database or a vendor is away; a retry can help.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// An outcome other than success.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Error {
    pub kind: Kind,
    /// Stable, for programs; also the key of the text for people.
    pub code: &'static str,
    /// For people, in English, without secrets.
    pub detail: String,
    /// Which input is meant, for [`Kind::Invalid`].
    pub field: Option<&'static str>,
    /// Facts that a program may need: ids of devices that refused, counts.
    pub data: Option<serde_json::Value>,
    /// For the log only.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            detail: detail.into(),
            field: None,
            data: None,
            source: None,
        }
    }

    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, code, detail)
    }

    pub fn not_found(what: &'static str) -> Self {
        Self::new(
            Kind::NotFound,
            "not_found",
            format!("There is no such {what}."),
        )
    }

    pub fn invalid(field: &'static str, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(Kind::Invalid, code, detail)
        }
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "internal", detail)
    }

    /// Adds facts for programs.
    pub fn with_data(mut self, data: serde_json::Value) -> Self {
        self.data = Some(data);
        self
    }

    /// Adds the cause, for the log.
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        let (kind, code, detail) = if error == DbError::Fenced {
            (
                Kind::Unavailable,
                "store_unavailable",
                "The database of this server was moved to another one: nothing is written here any more.",
            )
        } else if error.is_unavailable() {
            (
                Kind::Unavailable,
                "store_unavailable",
                "The database does not answer at the moment.",
            )
        } else {
            (
                Kind::Internal,
                "store_failed",
                "The database refused a statement.",
            )
        };
        Self::new(kind, code, detail).caused_by(error)
    }
}

impl From<tillsyn_pki::Error> for Error {
    fn from(error: tillsyn_pki::Error) -> Self {
        Self::internal("A key, certificate or seal of ours cannot be used.").caused_by(error)
    }
}
