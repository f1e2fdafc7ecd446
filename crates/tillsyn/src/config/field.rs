//! What a setting is: its text for people, and how its value is read.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use toml::Value;
use zeroize::Zeroizing;

/// One key, as the reference page and the search for the nearest key need it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) kind: &'static str,
    /// As it would be written; empty when there is none.
    pub(super) default: &'static str,
    pub(super) doc: &'static str,
}

impl Field {
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// `TILLSYN_DATABASE_URL` for `database.url`.
    pub(super) fn env(&self) -> String {
        format!("TILLSYN_{}_{}", self.section, self.key).to_uppercase()
    }
}

/// A type that a key may have.
pub(super) trait Setting: Sized {
    const KIND: &'static str;

    /// From the environment, or a default.
    fn from_text(text: &str) -> Result<Self, String>;

    /// From the file.
    fn from_toml(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Self::from_text(text),
            other => Err(format!(
                "expected {}, found {}",
                Self::KIND,
                other.type_str()
            )),
        }
    }

    fn absent(default: &str) -> Result<Self, String> {
        Self::from_text(default)
    }

    /// For a page that administrators read: never a secret.
    fn show(&self) -> String;
}

impl Setting for String {
    const KIND: &'static str = "text";

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.trim().to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

/// A text that may hold a password: never printed.
#[derive(Clone)]
pub(crate) struct Private(Zeroizing<String>);

impl Private {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Private(..)")
    }
}

impl Setting for Private {
    const KIND: &'static str = "text";

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self::new(text.trim()))
    }

    fn show(&self) -> String {
        // Before the first blank or colon there is only the kind: `sqlite`, `postgres`, `https`.
        match self.expose().split_once(':') {
            Some((kind, _)) => format!("{kind}:…"),
            None => "…".to_owned(),
        }
    }
}

impl Setting for PathBuf {
    const KIND: &'static str = "path";

    fn from_text(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("a path cannot be empty".to_owned());
        }
        Ok(Self::from(text.trim()))
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Setting for SocketAddr {
    const KIND: &'static str = "address and port";

    fn from_text(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .map_err(|_| format!("`{text}` is no address with a port, such as 0.0.0.0:8443"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for usize {
    const KIND: &'static str = "number";

    fn from_text(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| format!("`{text}` is no number above 0"))
    }

    fn from_toml(value: &Value) -> Result<Self, String> {
        match value {
            Value::Integer(n) => Self::from_text(&n.to_string()),
            other => Err(format!("expected a number, found {}", other.type_str())),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for bool {
    const KIND: &'static str = "true or false";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(format!("`{text}` is neither true nor false")),
        }
    }

    fn from_toml(value: &Value) -> Result<Self, String> {
        value
            .as_bool()
            .ok_or_else(|| format!("expected true or false, found {}", value.type_str()))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Vec<IpAddr> {
    const KIND: &'static str = "list of addresses";

    /// Separated by commas or blanks.
    fn from_text(text: &str) -> Result<Self, String> {
        text.split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| {
                part.parse()
                    .map_err(|_| format!("`{part}` is no IP address"))
            })
            .collect()
    }

    fn from_toml(value: &Value) -> Result<Self, String> {
        let wrong = || format!("expected a list of texts, found {}", value.type_str());
        let mut all = Self::new();
        for item in value.as_array().ok_or_else(wrong)? {
            all.extend(Self::from_text(item.as_str().ok_or_else(wrong)?)?);
        }
        Ok(all)
    }

    fn show(&self) -> String {
        let all: Vec<String> = self.iter().map(ToString::to_string).collect();
        all.join(", ")
    }
}

impl Setting for Vec<PathBuf> {
    const KIND: &'static str = "list of paths";

    /// Separated by commas.
    fn from_text(text: &str) -> Result<Self, String> {
        let paths = text.split(',').map(str::trim);
        Ok(paths
            .filter(|part| !part.is_empty())
            .map(PathBuf::from)
            .collect())
    }

    fn from_toml(value: &Value) -> Result<Self, String> {
        let wrong = || format!("expected a list of texts, found {}", value.type_str());
        value
            .as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(|item| item.as_str().map(PathBuf::from).ok_or_else(wrong))
            .collect()
    }

    fn show(&self) -> String {
        let all: Vec<String> = self.iter().map(|path| path.display().to_string()).collect();
        all.join(", ")
    }
}

impl Setting for Vec<String> {
    const KIND: &'static str = "list of texts";

    /// Separated by commas or blanks.
    fn from_text(text: &str) -> Result<Self, String> {
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        Ok(parts.map(str::to_owned).collect())
    }

    fn from_toml(value: &Value) -> Result<Self, String> {
        let wrong = || format!("expected a list of texts, found {}", value.type_str());
        value
            .as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect()
    }

    fn show(&self) -> String {
        self.join(", ")
    }
}

impl<T: Setting> Setting for Option<T> {
    const KIND: &'static str = T::KIND;

    fn from_text(text: &str) -> Result<Self, String> {
        T::from_text(text).map(Some)
    }

    fn from_toml(value: &Value) -> Result<Self, String> {
        T::from_toml(value).map(Some)
    }

    fn absent(_default: &str) -> Result<Self, String> {
        Ok(None)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(String::new, T::show)
    }
}

/// Declares a section once: its struct, its fields for the reference page, and how it is read.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        struct $name:ident = $section:literal {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:literal,
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub(crate) struct $name {
            $( $(#[doc = $doc])+ pub(crate) $field: $type, )+
        }

        impl $name {
            pub(super) const ABOUT: (&'static str, &'static str) =
                ($section, concat!($($about, "\n"),+));
            pub(super) const FIELDS: &'static [$crate::config::field::Field] = &[
                $( $crate::config::field::Field {
                    section: $section,
                    key: stringify!($field),
                    kind: <$type as $crate::config::field::Setting>::KIND,
                    default: $default,
                    doc: concat!($($doc, "\n"),+),
                }, )+
            ];

            /// Each key with its value, for people.
            pub(super) fn show(&self) -> Vec<(String, String)> {
                vec![ $( (
                    format!("{}.{}", $section, stringify!($field)),
                    $crate::config::field::Setting::show(&self.$field),
                ), )+ ]
            }

            /// `None` when a value was wrong; the values remember which.
            pub(super) fn take(values: &mut $crate::config::load::Values) -> Option<Self> {
                // All are read before one is missed, so that every mistake is told at once.
                $( let $field = values.take::<$type>($section, stringify!($field), $default); )+
                Some(Self { $( $field: $field?, )+ })
            }
        }
    };
}

pub(super) use section;
