//! What the schema says about one thing on one system.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::rights;

pub(super) const SYSTEMS: [&str; 5] = ["iOS", "macOS", "tvOS", "visionOS", "watchOS"];

/// Dotted integers: `10.15` is newer than `10.9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) [u32; 3]);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) introduced: Version,
    pub(super) deprecated: Option<Version>,
    pub(super) removed: Option<Version>,
    pub(super) rights: u16,
    pub(super) supervised: bool,
    pub(super) ade: bool,
    pub(super) user_approved: bool,
    pub(super) device_channel: bool,
    pub(super) user_channel: bool,
    pub(super) user_enrollment: bool,
    /// `None`: the schema does not say.
    pub(super) enrollment_mode: Option<EnrollmentMode>,
    /// Of payloads: several on one device.
    pub(super) multiple: bool,
    /// Of payloads: a person may install it.
    pub(super) manual: bool,
    pub(super) shared_mode: SharedMode,
    pub(super) shared_device: bool,
    pub(super) shared_user: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EnrollmentMode {
    Allowed,
    Required,
    Forbidden,
    Ignored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SharedMode {
    Allowed,
    Forbidden,
    Required,
}

impl Version {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut numbers = [0; 3];
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() > numbers.len() {
            bail!("a version with more than three parts: {text:?}");
        }
        for (number, part) in numbers.iter_mut().zip(parts) {
            *number = part
                .parse()
                .with_context(|| format!("a version: {text:?}"))?;
        }
        Ok(Self(numbers))
    }
}

/// The child's words over the parent's, field by field at every level.
pub(super) fn merge(parent: &Value, child: &Value) -> Value {
    match (parent, child) {
        (Value::Object(parent), Value::Object(child)) => {
            let mut out = parent.clone();
            for (key, value) in child {
                let merged = match out.get(key) {
                    Some(old) => merge(old, value),
                    None => value.clone(),
                };
                out.insert(key.clone(), merged);
            }
            Value::Object(out)
        }
        _ => child.clone(),
    }
}

const KNOWN: [&str; 14] = [
    "introduced",
    "deprecated",
    "removed",
    "accessrights",
    "supervised",
    "requiresdep",
    "userapprovedmdm",
    "devicechannel",
    "userchannel",
    "sharedipad",
    "userenrollment",
    "allowed-enrollments",
    "multiple",
    "allowmanualinstall",
];

/// `None` where the system does not have it.
pub(super) fn of(support: &Value, system: &str) -> Result<Option<Rule>> {
    let Some(support) = support.get(system).and_then(Value::as_object) else {
        return Ok(None);
    };
    if let Some(unknown) = support.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        bail!("unknown word in supportedOS: {unknown:?}");
    }
    let Some(introduced) = version(support, "introduced")? else {
        return Ok(None);
    };
    let empty = Map::new();
    let inner = |key: &str| {
        support
            .get(key)
            .and_then(Value::as_object)
            .unwrap_or(&empty)
    };
    let (shared, enrollment) = (inner("sharedipad"), inner("userenrollment"));
    Ok(Some(Rule {
        introduced,
        deprecated: version(support, "deprecated")?,
        removed: version(support, "removed")?,
        rights: match support.get("accessrights") {
            None => 0,
            Some(word) => rights::bit(word.as_str().context("accessrights is no text")?)?,
        },
        supervised: flag(support, "supervised", false)?,
        ade: flag(support, "requiresdep", false)?,
        user_approved: flag(support, "userapprovedmdm", false)?,
        device_channel: flag(support, "devicechannel", true)?,
        user_channel: flag(support, "userchannel", false)?,
        user_enrollment: match mode(enrollment)? {
            // An ignored key does no harm.
            Some("allowed" | "required" | "ignored") | None => true,
            Some(_) => false,
        },
        enrollment_mode: mode(enrollment)?.map(|word| match word {
            "allowed" => EnrollmentMode::Allowed,
            "required" => EnrollmentMode::Required,
            "ignored" => EnrollmentMode::Ignored,
            _ => EnrollmentMode::Forbidden,
        }),
        multiple: flag(support, "multiple", true)?,
        manual: flag(support, "allowmanualinstall", true)?,
        shared_mode: match mode(shared)? {
            Some("forbidden") => SharedMode::Forbidden,
            Some("required") => SharedMode::Required,
            _ => SharedMode::Allowed,
        },
        shared_device: flag(shared, "devicechannel", true)?,
        shared_user: flag(shared, "userchannel", false)?,
    }))
}

fn version(map: &Map<String, Value>, key: &str) -> Result<Option<Version>> {
    match map.get(key) {
        None => Ok(None),
        Some(value) => {
            let text = value
                .as_str()
                .with_context(|| format!("{key} is not quoted: {value}"))?;
            if text == "n/a" {
                return Ok(None);
            }
            Version::parse(text).map(Some)
        }
    }
}

fn flag(map: &Map<String, Value>, key: &str, absent: bool) -> Result<bool> {
    match map.get(key) {
        None => Ok(absent),
        Some(value) => value
            .as_bool()
            .with_context(|| format!("{key} is neither true nor false: {value}")),
    }
}

fn mode(map: &Map<String, Value>) -> Result<Option<&str>> {
    let Some(value) = map.get("mode") else {
        return Ok(None);
    };
    match value.as_str() {
        Some(word @ ("allowed" | "required" | "forbidden" | "ignored")) => Ok(Some(word)),
        _ => bail!("unknown mode: {value}"),
    }
}
