//! What can be asked of a device, without its secrets, and which act of the guard's table it is.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::catalogue::{CommandType, Queueing};
use super::form::Form;
use super::raw::Raw;
use crate::actor::Permission;
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::platform::apple;

/// A request as kept in a batch. Secrets (a lock PIN, a password) and profile bytes are kept sealed
/// beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Request {
    DeviceInformation {},
    SecurityInfo {},
    ProfileList {},
    InstallProfile {
        /// From the profile itself.
        identifier: String,
        name: Option<String>,
        /// Hash of the bytes that are sent.
        sha256: String,
    },
    /// A published version of one of our profiles, expanded for its device when it is sent. Nothing is kept
    /// beside it; only the reconciler asks for it.
    InstallVersion {
        identifier: String,
        name: Option<String>,
        profile_id: String,
        version: i64,
    },
    RemoveProfile {
        identifier: String,
    },
    DeviceLock {
        message: Option<String>,
        phone_number: Option<String>,
    },
    EraseDevice {
        #[serde(default)]
        preserve_data_plan: bool,
        #[serde(default)]
        disallow_proximity_setup: bool,
    },
    /// A command as somebody else wrote it, that our types do not describe.
    #[serde(untagged)]
    Raw(Raw),
    /// Any other type of the catalogue, or one of the above with more parameters.
    #[serde(untagged)]
    Form(Form),
}

/// What somebody asked for: the request, and the profile's bytes when it has one.
pub type Asked = (Request, Option<Zeroizing<Vec<u8>>>);

/// The acts that the guard counts or slows (security §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Lock,
    Erase,
    Retire,
    /// Removing a profile that is not the enrollment's.
    RemoveProfile,
    ClearPasscode,
    LostMode,
    /// Takes a person's data from a shared device.
    DeleteUser,
    /// A raw command of a type that we do not know: it may do anything.
    Unknown,
}

impl Act {
    pub const ALL: [Self; 8] = [
        Self::Lock,
        Self::Erase,
        Self::Retire,
        Self::RemoveProfile,
        Self::ClearPasscode,
        Self::LostMode,
        Self::DeleteUser,
        Self::Unknown,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Erase => "erase",
            Self::Retire => "retire",
            Self::RemoveProfile => "remove_profile",
            Self::ClearPasscode => "clear_passcode",
            Self::LostMode => "lost_mode",
            Self::DeleteUser => "delete_user",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }

    /// Whether it asks for a fresh sign-in, the typed name and a hold, even for one device.
    pub fn is_slow(self) -> bool {
        match self {
            Self::Erase | Self::Retire | Self::ClearPasscode | Self::DeleteUser | Self::Unknown => {
                true
            }
            Self::Lock | Self::LostMode | Self::RemoveProfile => false,
        }
    }

    /// Whether it draws on the budget of erases and retires. An unknown command may be one.
    pub fn draws_budget(self) -> bool {
        matches!(
            self,
            Self::Erase | Self::Retire | Self::DeleteUser | Self::Unknown
        )
    }
}

/// How a new command treats unfinished ones of its channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    Each,
    /// An unfinished one of the same key is this one.
    Merge(String),
    /// Unfinished ones of the same key, that the device does not hold, are superseded.
    Replace(String),
}

impl Request {
    /// Reads `{type, …}` as a program writes it, with everything checked that does not depend on the
    /// device. `Raw` takes a whole command as a property list.
    pub fn read(command: Json) -> Result<Asked, Error> {
        let Json::Object(mut values) = command else {
            return Err(Error::invalid(
                "command",
                "command",
                "A command is an object with a \"type\".",
            ));
        };
        let kind = values.remove("type");
        let Some(kind) = kind.as_ref().and_then(Json::as_str) else {
            return Err(Error::invalid(
                "type",
                "command_type",
                "A command has a \"type\".",
            ));
        };
        values.retain(|_, value| !value.is_null());
        match kind {
            "Raw" => match (values.get("plist").and_then(Json::as_str), values.len()) {
                (Some(plist), 1) => apple::read_raw(plist.as_bytes()),
                _ => Err(Error::invalid(
                    "plist",
                    "parameter_missing",
                    "Raw takes \"plist\": the command as an XML property list.",
                )),
            },
            kind => Self::of(kind, values),
        }
    }

    /// A command of the catalogue, by its type and parameters.
    pub fn of(kind: &str, parameters: Map<String, Json>) -> Result<Asked, Error> {
        let form = Form::new(kind, parameters)?;
        if let Some(bytes) = form.profile() {
            let uploaded = apple::read_profile(bytes)?;
            return Ok((uploaded.request(), Some(uploaded.bytes)));
        }
        Ok((form.typed(), None))
    }

    /// The same for the server's own requests, whose parameters are known to be right.
    ///
    /// # Errors
    /// When they are not.
    pub fn form(kind: &str, parameters: Json) -> Result<Self, Error> {
        let Json::Object(values) = parameters else {
            return Err(Error::internal(
                "The parameters of a command are an object.",
            ));
        };
        Ok(Self::of(kind, values)?.0)
    }

    /// Apple's `RequestType`.
    pub fn request_type(&self) -> &str {
        match self {
            Self::DeviceInformation {} => "DeviceInformation",
            Self::SecurityInfo {} => "SecurityInfo",
            Self::ProfileList {} => "ProfileList",
            Self::InstallProfile { .. } | Self::InstallVersion { .. } => "InstallProfile",
            Self::RemoveProfile { .. } => "RemoveProfile",
            Self::DeviceLock { .. } => "DeviceLock",
            Self::EraseDevice { .. } => "EraseDevice",
            Self::Form(form) => form.kind().name,
            Self::Raw(raw) => raw.request_type(),
        }
    }

    /// Its entry of the catalogue; a raw command may have none.
    pub fn kind(&self) -> Option<&'static CommandType> {
        CommandType::of(self.request_type())
    }

    /// A parameter that is no secret.
    pub fn parameter(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Form(form) => form.parameters().get(name),
            _ => None,
        }
    }

    /// What is sealed beside the request: its secret parameters, or the raw command.
    pub(crate) fn sealed_part(&self) -> Option<&[u8]> {
        match self {
            Self::Form(form) => form.complete(),
            Self::Raw(raw) => raw.plist(),
            _ => None,
        }
    }

    /// The profile that it installs or removes.
    pub(crate) fn profile_identifier(&self) -> Option<&str> {
        match self {
            Self::InstallProfile { identifier, .. }
            | Self::InstallVersion { identifier, .. }
            | Self::RemoveProfile { identifier } => Some(identifier),
            Self::Raw(raw) => raw.profile_identifier(),
            _ => None,
        }
    }

    /// The act, given the identifier of the target's enrollment profile: removing that profile *is* a
    /// retire, by whatever door it comes. Of an enrollment that was moved in it may not be known (empty):
    /// then any removal may be one. `None` for a target that is not enrolled.
    pub(crate) fn act(&self, enrollment_profile: Option<&str>) -> Option<Act> {
        let Some(kind) = self.kind() else {
            return Some(Act::Unknown);
        };
        let retires = kind.name == "RemoveProfile"
            && enrollment_profile
                .is_some_and(|own| own.is_empty() || self.profile_identifier() == Some(own));
        if retires {
            return Some(Act::Retire);
        }
        kind.act
    }

    /// The permission it needs, given its act.
    pub(crate) fn permission(&self, act: Option<Act>) -> Permission {
        match (act, self.kind()) {
            (Some(Act::Retire), _) => Permission::DevicesRetire,
            (_, Some(kind)) => kind.permission,
            (_, None) => Permission::CommandsRaw,
        }
    }

    /// Commands of lane 0 overtake those of lane 1.
    pub(crate) fn lane(&self) -> i64 {
        i64::from(!self.kind().is_some_and(|kind| kind.urgent))
    }

    /// How long it may wait for its device.
    pub(crate) fn life_ms(&self) -> i64 {
        self.kind().map_or(7 * DAY_MS, |kind| kind.life_ms)
    }

    pub(crate) fn intent(&self) -> Intent {
        let profile = |identifier: &str| Intent::Replace(format!("profile:{identifier}"));
        match self {
            Self::InstallProfile { identifier, .. }
            | Self::InstallVersion { identifier, .. }
            | Self::RemoveProfile { identifier } => return profile(identifier),
            // Nobody knows whether two of them want the same.
            Self::Raw(_) => return Intent::Each,
            _ => {}
        }
        let none = Map::new();
        let values = match self {
            Self::Form(form) => form.parameters(),
            _ => &none,
        };
        let Some(kind) = self.kind() else {
            return Intent::Each;
        };
        match kind.queueing {
            Queueing::Each => Intent::Each,
            Queueing::Merge if values.is_empty() => Intent::Merge(kind.name.to_owned()),
            Queueing::Merge => {
                let text = Json::Object(values.clone()).to_string();
                let hash = hash::sha256_hex(text.as_bytes());
                Intent::Merge(format!("{}:{}", kind.name, &hash[..16]))
            }
            Queueing::Replace(word) => Intent::Replace(word.to_owned()),
            Queueing::ReplacePer(word, parameter) => {
                let value = values.get(parameter).and_then(Json::as_str);
                Intent::Replace(format!("{word}:{}", value.unwrap_or_default()))
            }
            Queueing::ReplaceItems => items_key(values).map_or(Intent::Each, Intent::Replace),
        }
    }
}

/// Longest key of settings: the index has no room for more. Longer ones take nobody's place.
const ITEMS_KEY_LIMIT: usize = 2_000;

/// `settings:` and every single value that is set, sorted, each with what it is about. A command with only
/// a part of them must not take the place of one with more.
fn items_key(values: &Map<String, Json>) -> Option<String> {
    let items = values.get("settings").and_then(Json::as_array);
    let mut leaves = Vec::new();
    for item in items.into_iter().flatten().filter_map(Json::as_object) {
        let word = item.get("item").and_then(Json::as_str).unwrap_or_default();
        for about in subjects(word, item) {
            let before = leaves.len();
            for (name, value) in item {
                if !matches!(name.as_str(), "item" | "identifier" | "where") {
                    push_leaves(&format!("{about}.{name}"), value, &mut leaves);
                }
            }
            // Only what it is about: its value is a secret, or there is to be none.
            if leaves.len() == before {
                leaves.push(about);
            }
        }
    }
    leaves.sort();
    leaves.dedup();
    let key = format!("settings:{}", leaves.join("\n"));
    (key.len() <= ITEMS_KEY_LIMIT).then_some(key)
}

/// The item with the application or the screens that it is for. Somebody else's text is quoted, so that it
/// cannot pass for another item.
fn subjects(word: &str, item: &Map<String, Json>) -> Vec<String> {
    match (
        item.get("where").and_then(Json::as_i64),
        item.get("identifier"),
    ) {
        // Apple schema mdm/commands/settings.yaml, Wallpaper: 1 lock screen, 2 home screen, 3 both.
        (Some(3), _) => vec![format!("{word} 1"), format!("{word} 2")],
        (Some(screen), _) => vec![format!("{word} {screen}")],
        (None, Some(about)) => vec![format!("{word} {about}")],
        (None, None) => vec![word.to_owned()],
    }
}

fn push_leaves(path: &str, value: &Json, leaves: &mut Vec<String>) {
    match value {
        Json::Object(parts) if !parts.is_empty() => {
            for (name, part) in parts {
                push_leaves(&format!("{path}.{name}"), part, leaves);
            }
        }
        _ => leaves.push(path.to_owned()),
    }
}

/// Whether a newer command of one key makes an older of another pointless: the same intent, or settings
/// that are all set anew.
pub(crate) fn replaces(newer: &str, older: &str) -> bool {
    match (
        newer.strip_prefix("settings:"),
        older.strip_prefix("settings:"),
    ) {
        (Some(newer), Some(older)) => {
            let newer: HashSet<&str> = newer.split('\n').collect();
            older.split('\n').all(|item| newer.contains(item))
        }
        _ => newer == older,
    }
}

#[cfg(test)]
mod tests;
