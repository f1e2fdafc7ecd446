use std::borrow::Cow;

/// Why bytes from the other side could not be used. The sender made the mistake, unless stated
/// otherwise; no variant carries a value from the message, so the text is safe to log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not the format it claims to be.
    #[error("malformed: {what}")]
    Malformed { what: Cow<'static, str> },
    /// A required key is absent.
    #[error("`{key}` is missing")]
    Missing { key: &'static str },
    /// A key holds another type than the schema says.
    #[error("`{key}` is not of type {expected}")]
    WrongType {
        key: &'static str,
        expected: &'static str,
    },
    /// Well-formed, but we refuse or do not know it.
    #[error("not supported: {what}")]
    Unsupported { what: Cow<'static, str> },
    /// Over a size, count or depth limit.
    #[error("too large: {what}, the limit is {limit}")]
    TooLarge { what: &'static str, limit: usize },
}

impl WireError {
    /// True when the message may be honest but is beyond our limits. A result of this kind is
    /// stored as `unreadable` after [`crate::plist_guard::scan_result`] instead of being refused.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::TooLarge { .. })
    }

    pub(crate) fn malformed(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed { what: what.into() }
    }

    pub(crate) fn unsupported(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported { what: what.into() }
    }
}
