use plist::{Dictionary, Value};

use super::account::{account, ssid};
use super::combine::{Combined, combined};
use crate::profile::catalogue::{self, SYSTEMS, System};
use crate::profile::check::{PayloadAt, fit};

/// What a payload of one profile and a payload of another do to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub kind: ConflictKind,
    /// In the first profile and in the second.
    pub payloads: (PayloadAt, PayloadAt),
    /// Systems on which it is so.
    pub systems: Vec<System>,
    /// What both have: the network, the account, the identifier or UUID.
    pub about: Option<String>,
    /// The settings that both make, differently; `wins` counts 0 for the first and 1 for the second.
    pub settings: Vec<Combined>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictKind {
    /// A device takes one payload of this type.
    Exclusive,
    SameNetwork,
    SameAccount,
    /// `PayloadIdentifier` or `PayloadUUID`.
    SameIdentity,
    /// One setting with two values; the stricter one wins, or nobody knows.
    Combined,
    /// The second says nothing that the first does not.
    Duplicate,
}

impl ConflictKind {
    pub const ALL: [Self; 6] = [
        Self::Exclusive,
        Self::SameNetwork,
        Self::SameAccount,
        Self::SameIdentity,
        Self::Combined,
        Self::Duplicate,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::SameNetwork => "same_network",
            Self::SameAccount => "same_account",
            Self::SameIdentity => "same_identity",
            Self::Combined => "value",
            Self::Duplicate => "duplicate",
        }
    }
}

/// Everything that two profiles on one device do to each other, in the order of the first.
pub fn conflicts(a: &Dictionary, b: &Dictionary) -> Vec<Conflict> {
    let (first, second) = (payloads(a), payloads(b));
    first
        .iter()
        .flat_map(|one| second.iter().flat_map(|other| between(one, other)))
        .collect()
}

struct Placed<'a> {
    at: PayloadAt,
    payload: &'a Dictionary,
    form: Option<&'static catalogue::Payload>,
}

fn payloads(root: &Dictionary) -> Vec<Placed<'_>> {
    let content = root.get("PayloadContent").and_then(Value::as_array);
    let items = content.into_iter().flatten().enumerate();
    items
        .filter_map(|(index, item)| {
            let payload = item.as_dictionary()?;
            Some(Placed {
                at: PayloadAt::of(index, payload),
                payload,
                form: fit(payload),
            })
        })
        .collect()
}

fn between(one: &Placed<'_>, other: &Placed<'_>) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut say = |kind, systems: Vec<System>, about: Option<String>, settings| {
        found.push(Conflict {
            kind,
            payloads: (one.at.clone(), other.at.clone()),
            systems,
            about,
            settings,
        });
    };
    for key in ["PayloadUUID", "PayloadIdentifier"] {
        let name = |of: &Placed<'_>| {
            let text = of.payload.get(key).and_then(Value::as_string);
            text.map(str::to_owned)
        };
        if let Some(name) = name(one).filter(|text| Some(text) == name(other).as_ref()) {
            let about = Some(name);
            say(
                ConflictKind::SameIdentity,
                SYSTEMS.to_vec(),
                about,
                Vec::new(),
            );
            break;
        }
    }
    let same_form = match (one.form, other.form) {
        (Some(one), Some(other)) => std::ptr::eq(one, other),
        _ => false,
    };
    if one.at.kind != other.at.kind || !same_form && one.form.is_some() {
        return found;
    }
    if own(one.payload) == own(other.payload) {
        say(ConflictKind::Duplicate, systems(one), None, Vec::new());
        return found;
    }
    let exclusive: Vec<_> = SYSTEMS
        .into_iter()
        .filter(|system| one.form.is_some_and(|form| form.exclusive(*system)))
        .collect();
    if !exclusive.is_empty() {
        say(ConflictKind::Exclusive, exclusive, None, Vec::new());
    }
    let networks = (
        ssid(&one.at.kind, one.payload),
        ssid(&other.at.kind, other.payload),
    );
    if let (Some(name), true) = (networks.0, networks.0 == networks.1) {
        let about = Some(name.to_owned());
        say(ConflictKind::SameNetwork, systems(one), about, Vec::new());
    }
    let accounts = (
        account(&one.at.kind, one.payload),
        account(&other.at.kind, other.payload),
    );
    if let (Some((host, user)), true) = (accounts.0.clone(), accounts.0 == accounts.1) {
        let about = match user.as_str() {
            "" => host,
            user => format!("{user} · {host}"),
        };
        say(
            ConflictKind::SameAccount,
            systems(one),
            Some(about),
            Vec::new(),
        );
    }
    let mut settings = combined(&[one.payload, other.payload], &one.at.kind);
    settings.retain(differs);
    if !settings.is_empty() {
        say(ConflictKind::Combined, systems(one), None, settings);
    }
    found
}

fn differs(setting: &Combined) -> bool {
    let mut values = setting.said.iter().map(|(_, value)| value);
    let first = values.next();
    values.any(|value| Some(value) != first)
}

fn systems(of: &Placed<'_>) -> Vec<System> {
    match of.form {
        Some(form) => form.support.rules().map(|(system, _)| system).collect(),
        None => SYSTEMS.to_vec(),
    }
}

/// What a payload says, without its name.
fn own(payload: &Dictionary) -> Vec<(&str, &Value)> {
    const NAMES: [&str; 6] = [
        "PayloadDescription",
        "PayloadDisplayName",
        "PayloadIdentifier",
        "PayloadOrganization",
        "PayloadUUID",
        "PayloadVersion",
    ];
    let mut own: Vec<_> = payload
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .filter(|(key, _)| !NAMES.contains(key))
        .collect();
    own.sort_by_key(|(key, _)| *key);
    own
}
