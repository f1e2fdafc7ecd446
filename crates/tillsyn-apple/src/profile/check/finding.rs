use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use crate::profile::catalogue::{Kind, Scalar};
use crate::profile::template::KeyPath;

/// One thing that a person should know about a profile. It never holds the value of a secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub severity: Severity,
    pub code: Code,
    /// `None`: the profile itself.
    pub payload: Option<PayloadAt>,
    /// Inside the payload, or the profile.
    pub path: KeyPath,
    /// What stands there, in short.
    pub found: Option<String>,
    pub allowed: Allowed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Devices would refuse it.
    Error,
    Warning,
    Note,
}

/// Which payload of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadAt {
    pub index: usize,
    pub kind: String,
    pub identifier: String,
}

/// What may stand there.
#[derive(Debug, Clone, PartialEq)]
pub enum Allowed {
    /// The code says it all.
    Nothing,
    Kind(Kind),
    Values(Vec<Scalar>),
    Range {
        min: Option<Scalar>,
        max: Option<Scalar>,
    },
    /// So many items.
    Count {
        least: Option<usize>,
        most: Option<usize>,
    },
    /// A regular expression, or `url`, `hostname`.
    Format(&'static str),
    /// Systems that know it.
    Systems(Vec<&'static str>),
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $word:literal,)+) => {
        /// What is wrong, as a stable word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $code,)+
        }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $word,)+
                }
            }
        }
    };
}

codes! {
    RequiredMissing = "required",
    WrongType = "type",
    NotAllowed = "value",
    OutOfRange = "range",
    BadFormat = "format",
    BadCount = "repetition",
    /// Variables stand in texts only.
    VariableNotText = "variable",
    UnknownKey = "unknown_key",
    UnknownPayload = "unknown_payload",
    NoPayloads = "no_payloads",
    DuplicateUuid = "duplicate_uuid",
    DuplicateIdentifier = "duplicate_identifier",
    /// A device takes one of these only.
    ExclusiveTwice = "exclusive",
    /// No payload of the profile has this UUID.
    ReferenceMissing = "reference",
    /// Enrolling is not a setting.
    MdmPayload = "mdm_payload",
    /// Only the top level could be read.
    Encrypted = "encrypted",
    TooDeep = "too_deep",
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Allowed {
    /// As data, by kind.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Kind(kind) => json!({"type": kind.as_str()}),
            Self::Values(values) => json!({"values": values}),
            Self::Range { min, max } => json!({"min": min, "max": max}),
            Self::Count { least, most } => json!({"min": least, "max": most}),
            Self::Format(format) => json!({"format": format}),
            Self::Systems(systems) => json!({"systems": systems}),
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Kind(kind) => f.write_str(match kind {
                Kind::String => "a text",
                Kind::Integer => "a whole number",
                Kind::Real => "a number",
                Kind::Boolean => "true or false",
                Kind::Date => "a date",
                Kind::Data => "data",
                Kind::Array => "a list",
                Kind::Dictionary => "a dictionary",
                Kind::Any => "any value",
            }),
            Self::Values(values) => {
                let words: Vec<String> = values.iter().map(ToString::to_string).collect();
                f.write_str(&words.join(", "))
            }
            Self::Range { min, max } => bounds(f, *min, *max),
            Self::Count { least, most } => {
                bounds(f, *least, *most)?;
                f.write_str(" items")
            }
            Self::Format(format) => match *format {
                "url" => f.write_str("an address with its scheme"),
                "hostname" => f.write_str("the name of a host"),
                pattern => write!(f, "a text of the form {pattern}"),
            },
            Self::Systems(systems) => f.write_str(&systems.join(", ")),
        }
    }
}

fn bounds<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    min: Option<T>,
    max: Option<T>,
) -> fmt::Result {
    match (min, max) {
        (Some(min), Some(max)) => write!(f, "{min} to {max}"),
        (Some(min), None) => write!(f, "{min} or more"),
        (None, Some(max)) => write!(f, "{max} or less"),
        (None, None) => Ok(()),
    }
}

impl Finding {
    /// From the top of the profile.
    pub fn whole_path(&self) -> KeyPath {
        let top = match &self.payload {
            Some(payload) => KeyPath::default()
                .key("PayloadContent")
                .index(payload.index),
            None => KeyPath::default(),
        };
        KeyPath(top.0.into_iter().chain(self.path.0.clone()).collect())
    }

    fn sentence(&self) -> String {
        let what = match &self.found {
            Some(found) => format!("{} is {found}", self.path),
            None => self.path.to_string(),
        };
        let allowed = &self.allowed;
        match self.code {
            Code::RequiredMissing => match allowed {
                Allowed::Systems(_) => format!("{what} is missing, which {allowed} need"),
                _ => format!("{what} is missing"),
            },
            Code::VariableNotText => {
                format!("{what}, but variables stand in texts only; allowed: {allowed}")
            }
            Code::UnknownKey => format!("{what} is not known for this payload"),
            Code::UnknownPayload => "its type is not known, so it was not checked".to_owned(),
            Code::NoPayloads => "there is no payload".to_owned(),
            Code::DuplicateUuid | Code::DuplicateIdentifier => {
                format!("{what}, and so is that of another")
            }
            Code::ExclusiveTwice => {
                format!("a device takes only one payload of this type ({allowed})")
            }
            Code::ReferenceMissing => format!("{what}, but no payload has this UUID"),
            Code::MdmPayload => "profiles of the server hold no MDM payload".to_owned(),
            Code::Encrypted => "it is encrypted; its payloads were not checked".to_owned(),
            Code::TooDeep => format!("{what} is nested too deeply"),
            Code::WrongType
            | Code::NotAllowed
            | Code::OutOfRange
            | Code::BadFormat
            | Code::BadCount => format!("{what}; allowed: {allowed}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.payload {
            Some(at) => write!(f, "{at}: ")?,
            None => f.write_str("Profile: ")?,
        }
        f.write_str(&self.sentence())
    }
}

impl fmt::Display for PayloadAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload {} ({}", self.index.saturating_add(1), self.kind)?;
        if !self.identifier.is_empty() {
            write!(f, ", {}", self.identifier)?;
        }
        f.write_str(")")
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let payload = self.payload.as_ref();
        json!({
            "severity": self.severity.as_str(),
            "code": self.code.as_str(),
            "payload": payload.map(|at| json!({
                "index": at.index, "type": at.kind, "identifier": at.identifier,
            })),
            "path": self.path.to_string(),
            "whole_path": self.whole_path().to_string(),
            "found": self.found,
            "allowed": self.allowed.to_json(),
            "detail": self.to_string(),
        })
        .serialize(serializer)
    }
}
