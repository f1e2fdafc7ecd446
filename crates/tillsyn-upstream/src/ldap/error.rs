//! What can go wrong, by kinds on which a caller can act.

use std::fmt;

/// Result codes of operations (RFC 4511 §4.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultCode(pub i64);

impl ResultCode {
    pub const SUCCESS: Self = Self(0);
    pub const PROTOCOL_ERROR: Self = Self(2);
    pub const TIME_LIMIT: Self = Self(3);
    pub const SIZE_LIMIT: Self = Self(4);
    pub const STRONGER_AUTH_REQUIRED: Self = Self(8);
    pub const REFERRAL: Self = Self(10);
    pub const ADMIN_LIMIT: Self = Self(11);
    pub const UNAVAILABLE_CRITICAL_EXTENSION: Self = Self(12);
    pub const CONFIDENTIALITY_REQUIRED: Self = Self(13);
    pub const NO_SUCH_OBJECT: Self = Self(32);
    pub const INVALID_DN: Self = Self(34);
    pub const INVALID_CREDENTIALS: Self = Self(49);
    pub const INSUFFICIENT_ACCESS: Self = Self(50);
    pub const BUSY: Self = Self(51);
    pub const UNAVAILABLE: Self = Self(52);
    pub const UNWILLING: Self = Self(53);

    /// A stable word for it.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "success",
            1 => "operations_error",
            2 => "protocol_error",
            3 => "time_limit",
            4 => "size_limit",
            7 => "auth_method_not_supported",
            8 => "stronger_auth_required",
            10 => "referral",
            11 => "admin_limit",
            12 => "extension_unavailable",
            13 => "confidentiality_required",
            16 => "no_such_attribute",
            18 => "inappropriate_matching",
            21 => "invalid_syntax",
            32 => "no_such_object",
            34 => "invalid_dn",
            48 => "inappropriate_auth",
            49 => "invalid_credentials",
            50 => "insufficient_access",
            51 => "busy",
            52 => "unavailable",
            53 => "unwilling",
            _ => "other",
        }
    }

    /// The answer ends before its end: what came is right, what is missing is unknown.
    pub const fn is_limit(self) -> bool {
        matches!(self.0, 3 | 4 | 11)
    }

    /// It may be otherwise in a while.
    pub const fn is_passing(self) -> bool {
        matches!(self.0, 51 | 52)
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.name())
    }
}

/// Why Active Directory refused a bind: the `data` number in its diagnostic message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdReason {
    NoSuchUser,
    WrongPassword,
    NotNow,
    NotHere,
    PasswordExpired,
    Disabled,
    AccountExpired,
    MustChange,
    Locked,
}

impl AdReason {
    /// Reads `…AcceptSecurityContext error, data 52e, v1db1`.
    pub fn read(diagnostic: &str) -> Option<Self> {
        let (_, after) = diagnostic.split_once("AcceptSecurityContext error")?;
        let (_, after) = after.split_once("data ")?;
        let code = after
            .split(|c: char| !c.is_ascii_hexdigit())
            .next()
            .unwrap_or_default();
        match code.to_ascii_lowercase().as_str() {
            "525" => Some(Self::NoSuchUser),
            "52e" => Some(Self::WrongPassword),
            "530" => Some(Self::NotNow),
            "531" => Some(Self::NotHere),
            "532" => Some(Self::PasswordExpired),
            "533" => Some(Self::Disabled),
            "701" => Some(Self::AccountExpired),
            "773" => Some(Self::MustChange),
            "775" => Some(Self::Locked),
            _ => None,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum LdapError {
    #[error("no connection: {0}")]
    Connect(&'static str),
    #[error("no answer in time")]
    Timeout,
    /// The certificate is not trusted, is of another name, or there is no TLS at all.
    #[error("no trusted TLS: {0}")]
    Tls(String),
    /// The settings cannot work.
    #[error("{0}")]
    Settings(&'static str),
    /// A password would go out in the clear.
    #[error("no password without TLS")]
    ClearText,
    #[error("the answer is not LDAP: {0}")]
    Protocol(&'static str),
    #[error("the answer is too large: {0}")]
    TooLarge(&'static str),
    /// The server ended the connection, with its notice or without.
    #[error("the server ended the connection")]
    Disconnected,
    #[error("the server answers {code}")]
    Refused {
        code: ResultCode,
        /// What the server wrote, for an administrator's eyes; never for a log.
        diagnostic: String,
    },
}

impl LdapError {
    /// A stable word for it.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Connect(reason) => reason,
            Self::Timeout => "timeout",
            Self::Tls(_) => "tls",
            Self::Settings(_) => "settings",
            Self::ClearText => "clear_text",
            Self::Protocol(_) => "protocol",
            Self::TooLarge(_) => "too_large",
            Self::Disconnected => "disconnected",
            Self::Refused { code, .. } => code.name(),
        }
    }

    /// The result code, where the server gave one.
    pub const fn code(&self) -> Option<ResultCode> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether another server of the same directory may do better; never after it judged a password.
    pub const fn is_of_server(&self) -> bool {
        match self {
            Self::Connect(_)
            | Self::Timeout
            | Self::Tls(_)
            | Self::Protocol(_)
            | Self::Disconnected => true,
            Self::Settings(_) | Self::ClearText | Self::TooLarge(_) => false,
            Self::Refused { code, .. } => code.is_passing(),
        }
    }
}
