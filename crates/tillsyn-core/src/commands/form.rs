//! A request of the catalogue, its parameters checked against it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json};
use zeroize::Zeroizing;

use super::catalogue::{self, CommandType};
use super::request::Request;
use crate::error::Error;

/// A type and its parameters. What is secret of them is neither shown nor serialised: it travels sealed.
#[derive(Clone)]
pub struct Form {
    kind: &'static CommandType,
    /// Without secrets.
    parameters: Map<String, Json>,
    /// All of them, when some are secret.
    complete: Option<Zeroizing<Vec<u8>>>,
}

impl Form {
    pub(super) fn new(kind: &str, parameters: Map<String, Json>) -> Result<Self, Error> {
        let shown: String = kind.chars().take(60).collect();
        let kind = CommandType::of(kind).ok_or_else(|| {
            Error::invalid(
                "type",
                "command_type",
                format!("There is no type of command {shown:?}."),
            )
        })?;
        catalogue::check(kind.parameters, &parameters, kind.name)?;
        let shown = catalogue::without_secrets(kind.parameters, &parameters);
        let complete = (shown != parameters)
            .then(|| Zeroizing::new(Json::Object(parameters).to_string().into_bytes()));
        Ok(Self {
            kind,
            parameters: shown,
            complete,
        })
    }

    pub fn kind(&self) -> &'static CommandType {
        self.kind
    }

    pub fn parameters(&self) -> &Map<String, Json> {
        &self.parameters
    }

    pub(super) fn complete(&self) -> Option<&[u8]> {
        self.complete.as_ref().map(|bytes| bytes.as_slice())
    }

    /// The parameters with their secrets, given what was sealed beside the stored request.
    pub(crate) fn with_secrets(&self, sealed: Option<&[u8]>) -> Result<Map<String, Json>, Error> {
        match sealed.or(self.complete()) {
            None => Ok(self.parameters.clone()),
            Some(bytes) => serde_json::from_slice(bytes)
                .map_err(|_| Error::internal("The sealed parameters of a command cannot be read.")),
        }
    }

    /// The profile that it installs.
    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        if self.kind.name != "InstallProfile" {
            return None;
        }
        let all = self.with_secrets(None).ok()?;
        STANDARD.decode(all.get("profile")?.as_str()?.trim()).ok()
    }

    /// One of the request's own variants when nothing is lost by it.
    pub(super) fn typed(self) -> Request {
        if self.complete.is_none() {
            let stored = serde_json::to_value(&self).unwrap_or_default();
            if let Ok(request) = serde_json::from_value::<Request>(stored) {
                return match request {
                    Request::Form(_) | Request::Raw(_) => Request::Form(self),
                    typed => typed,
                };
            }
        }
        Request::Form(self)
    }
}

impl PartialEq for Form {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name
            && self.parameters == other.parameters
            && self.complete == other.complete
    }
}

impl Eq for Form {}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("type", &self.kind.name)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

impl Serialize for Form {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut flat = self.parameters.clone();
        flat.insert("type".to_owned(), self.kind.name.into());
        flat.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Form {
    /// Reads what was stored; it was checked when it came in, and its secrets are elsewhere.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut parameters = Map::deserialize(deserializer)?;
        let kind = parameters.remove("type");
        let kind = kind.as_ref().and_then(Json::as_str).unwrap_or_default();
        Ok(Self {
            kind: CommandType::of(kind).ok_or_else(|| D::Error::custom("unknown type"))?,
            parameters,
            complete: None,
        })
    }
}
