//! A command that an administrator wrote as a plist: read once, classified, and written again by
//! us. What the device gets is our writing of what was classified, so that no trick of encoding
//! (a key twice, characters that XML drops) makes the two differ.

use std::fmt;

use plist::{Dictionary, Value};

use super::{Request, RequestType, settings};
use crate::fields::{Build, Read, root};
use crate::ids::CommandUuid;
use crate::plist_guard::{self, Limits};
use crate::{WireError, encode_plist};

/// A raw command without its UUID.
#[derive(Clone, PartialEq)]
pub struct RawCommand {
    request_type: String,
    kind: Option<RequestType>,
    typed: Option<Request>,
    problem: Option<WireError>,
    request: Dictionary,
}

/// Longer than any name of Apple's.
const MAX_TYPE: usize = 64;

impl RawCommand {
    /// Takes `{Command, CommandUUID}` as in Apple's documentation, or the inner dictionary alone.
    /// A `CommandUUID` is passed over: the server gives its own.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let first = plist_guard::parse(bytes, Limits::RAW_COMMAND)?;
        // Everything below looks at what a device will read, not at what was sent to us.
        let dict = root(plist_guard::parse(
            &encode_plist(&first),
            Limits::RAW_COMMAND,
        )?)?;
        let mut request = match dict.opt_dict("Command")? {
            Some(inner) => {
                if let Some(key) = dict.keys().find(|k| !is_envelope(k)) {
                    let key: String = key.chars().take(MAX_TYPE).collect();
                    return Err(WireError::malformed(format!(
                        "the key `{key}` does not belong beside `Command`"
                    )));
                }
                inner.clone()
            }
            None => dict,
        };
        sort(&mut request);
        let request_type = request.text("RequestType")?;
        let named = !request_type.is_empty()
            && request_type.len() <= MAX_TYPE
            && request_type.bytes().all(|b| b.is_ascii_alphanumeric());
        if !named {
            return Err(WireError::malformed("`RequestType` is not a name"));
        }
        let kind = request_type.parse::<RequestType>().ok();
        let (typed, problem) = match kind.filter(|kind| Request::KINDS.contains(kind)) {
            Some(_) => match Request::read(&request) {
                Ok(typed) => (Some(typed), None),
                Err(problem) => (None, Some(problem)),
            },
            None => (None, None),
        };
        Ok(Self {
            request_type,
            kind,
            typed,
            problem,
            request,
        })
    }

    /// The name on the wire, also of a type that we do not know.
    pub fn request_type(&self) -> &str {
        &self.request_type
    }

    /// `None` for a type that Apple's schema does not have.
    pub fn kind(&self) -> Option<RequestType> {
        self.kind
    }

    /// The typed form; `None` for unknown types, for apps, books and media, and where
    /// [`Self::problem`] says what is wrong. Keys that the schema does not have are not in it.
    pub fn typed(&self) -> Option<&Request> {
        self.typed.as_ref()
    }

    /// Why a command of a known type could not be read as the schema says.
    pub fn problem(&self) -> Option<&WireError> {
        self.problem.as_ref()
    }

    /// The profile that a `RemoveProfile` names.
    pub fn removes_profile(&self) -> Option<&str> {
        match self.kind {
            Some(RequestType::RemoveProfile) => {
                self.request.get("Identifier").and_then(Value::as_string)
            }
            _ => None,
        }
    }

    /// The profile that an `InstallProfile` carries, as it came.
    pub fn installs_profile(&self) -> Option<&[u8]> {
        match self.kind {
            Some(RequestType::InstallProfile) => {
                self.request.get("Payload").and_then(Value::as_data)
            }
            _ => None,
        }
    }

    /// The `Item` of each setting of a `Settings` command.
    pub fn settings_items(&self) -> Vec<String> {
        match self.kind {
            Some(RequestType::Settings) => settings::item_names(&self.request),
            _ => Vec::new(),
        }
    }

    /// The inner dictionary.
    pub(crate) fn request(&self) -> &Dictionary {
        &self.request
    }

    /// `{Command}` without `CommandUUID`, keys sorted: equal commands have equal bytes. Always
    /// treat it as a secret, since nobody knows what it holds.
    pub fn to_plist(&self) -> Vec<u8> {
        encode_plist(&Build::new().set("Command", self.request.clone()).value())
    }

    /// The body of the answer to a poll.
    pub fn with_uuid(&self, uuid: &CommandUuid) -> Vec<u8> {
        let body = Build::new()
            .set("Command", self.request.clone())
            .set("CommandUUID", uuid.as_str());
        encode_plist(&body.value())
    }
}

fn is_envelope(key: &str) -> bool {
    matches!(key, "Command" | "CommandUUID")
}

/// The value has passed the guard, so the recursion is bounded by its nesting limit.
fn sort(dict: &mut Dictionary) {
    dict.sort_keys();
    for (_, value) in dict.iter_mut() {
        sort_value(value);
    }
}

fn sort_value(value: &mut Value) {
    match value {
        Value::Dictionary(dict) => sort(dict),
        Value::Array(items) => items.iter_mut().for_each(sort_value),
        _ => {}
    }
}

// It may hold anything, so it shows nothing but its type.
impl fmt::Debug for RawCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawCommand")
            .field("request_type", &self.request_type)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
