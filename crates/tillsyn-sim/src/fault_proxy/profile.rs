//! Changes in an enrollment profile.

use plist::{Dictionary, Value};
use tillsyn_apple::encode_plist;
use tillsyn_apple::plist_guard::{self, Limits};

use super::Fault;
use super::authority::Authority;
use crate::SimError;
use crate::plists::{dict, text};
use crate::profile::PER_USER;

/// Replaces the beginning of every text, so that the device talks to the proxy.
pub(super) fn redirect(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix(from) {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, from, to)),
        Value::Dictionary(dict) => {
            for (_, item) in dict.iter_mut() {
                redirect(item, from, to);
            }
        }
        _ => {}
    }
}

/// A profile that the device trusts again: the proxy's root in it.
pub(super) fn add_root(profile: &mut Value, authority: &Authority) {
    let root = dict([
        ("PayloadType", "com.apple.security.root".into()),
        ("PayloadVersion", 1_i64.into()),
        ("PayloadIdentifier", "test.fault-proxy.root".into()),
        (
            "PayloadUUID",
            uuid::Uuid::new_v4().to_string().to_uppercase().into(),
        ),
        (
            "PayloadContent",
            Value::Data(authority.root().der().to_vec()),
        ),
    ]);
    if let Some(payloads) = payloads(profile) {
        payloads.insert(0, Value::Dictionary(root));
    }
}

/// Puts the fault into the profile. Faults that do not sit in a profile change nothing.
pub(super) fn spoil(profile: &mut Value, fault: Fault, first_challenge: Option<&str>) {
    match fault {
        Fault::SharedPayloadUuid => {
            let uuid = payload(profile, MDM)
                .and_then(|p| text(p, "PayloadUUID"))
                .map(str::to_owned);
            if let (Some(uuid), Some(top)) = (uuid, profile.as_dictionary_mut()) {
                top.insert("PayloadUUID".into(), uuid.into());
            }
        }
        Fault::ForeignPayload => {
            if let Some(payloads) = payloads(profile) {
                payloads.push(Value::Dictionary(dict([
                    ("PayloadType", "com.apple.wifi.managed".into()),
                    ("PayloadVersion", 1_i64.into()),
                    ("PayloadIdentifier", "test.fault-proxy.wifi".into()),
                    ("PayloadUUID", uuid::Uuid::new_v4().to_string().into()),
                ])));
            }
        }
        Fault::NoMdmPayload => {
            if let Some(payloads) = payloads(profile) {
                payloads.retain(|p| !is_of(p, MDM));
            }
        }
        Fault::TwoMdmPayloads => {
            let mut second = payload(profile, MDM).cloned();
            if let Some(second) = &mut second {
                let uuid = uuid::Uuid::new_v4().to_string();
                second.insert("PayloadUUID".into(), uuid.into());
            }
            if let (Some(second), Some(payloads)) = (second, payloads(profile)) {
                payloads.push(Value::Dictionary(second));
            }
        }
        Fault::RootWithoutCertificate => {
            if let Some(payloads) = payloads(profile) {
                payloads.push(Value::Dictionary(dict([
                    ("PayloadType", "com.apple.security.root".into()),
                    ("PayloadVersion", 1_i64.into()),
                    ("PayloadIdentifier", "test.fault-proxy.no-root".into()),
                    ("PayloadUUID", uuid::Uuid::new_v4().to_string().into()),
                    ("PayloadContent", Value::Data(vec![0x30, 0x00])),
                ])));
            }
        }
        Fault::NoIdentity => remove(profile, MDM, "IdentityCertificateUUID"),
        Fault::DanglingIdentity => {
            let uuid = uuid::Uuid::new_v4().to_string();
            set(profile, MDM, "IdentityCertificateUUID", uuid);
        }
        Fault::TopicOfAnApp => set(profile, MDM, "Topic", "com.example.app"),
        Fault::UpdateChangesTopic => {
            set(profile, MDM, "Topic", "com.apple.mgmt.External.other");
        }
        Fault::PlainHttpServerUrl => {
            set(profile, MDM, "ServerURL", "http://mdm.example.com/mdm");
        }
        Fault::PlainHttpCheckInUrl => {
            set(profile, MDM, "CheckInURL", "http://mdm.example.com/mdm");
        }
        Fault::UpdateChangesServerUrl => append(profile, MDM, "ServerURL", "?ref=2"),
        Fault::UpdateChangesCheckInUrl => {
            let url = payload(profile, MDM).and_then(|p| text(p, "ServerURL"));
            let url = format!("{}?check-in=2", url.unwrap_or_default());
            set(profile, MDM, "CheckInURL", url);
        }
        Fault::UpdateChangesCapabilities => {
            let name = PER_USER;
            let has = payload(profile, MDM)
                .and_then(|p| crate::plists::texts(p, "ServerCapabilities"))
                .is_some_and(|list| list.iter().any(|c| c == name));
            let list = if has { vec![] } else { vec![name.into()] };
            set(profile, MDM, "ServerCapabilities", Value::Array(list));
        }
        Fault::SignMessageOff => set(profile, MDM, "SignMessage", false),
        Fault::AccessRightsZero => set(profile, MDM, "AccessRights", 0_i64),
        Fault::AccessRightsMissing => remove(profile, MDM, "AccessRights"),
        Fault::RightToChangeWithoutRightToSee => set(profile, MDM, "AccessRights", 2_i64),
        Fault::AccessRightsInByod => set(profile, MDM, "EnrollmentMode", "BYOD"),
        Fault::PlainHttpDirectory => {
            set(profile, ACME, "DirectoryURL", "http://mdm.example.com/acme");
        }
        Fault::ShortIdentifier => set(profile, ACME, "ClientIdentifier", "12345678"),
        Fault::ReusedIdentifier => {
            if let Some(identifier) = first_challenge {
                set(profile, ACME, "ClientIdentifier", identifier);
            }
        }
        Fault::AttestWithoutHardware => {
            set(profile, ACME, "Attest", true);
            set(profile, ACME, "HardwareBound", false);
        }
        Fault::ExtractableAcmeKey => set(profile, ACME, "KeyIsExtractable", true),
        Fault::NoCheckOutWhenRemoved => remove(profile, MDM, "CheckOutWhenRemoved"),
        Fault::PlainHttpScepUrl => scep(profile, "URL", "http://mdm.example.com/scep"),
        Fault::SmallKey => scep(profile, "Keysize", 1024_i64),
        Fault::ExtractableKey => scep(profile, "KeyIsExtractable", true),
        Fault::ShortChallenge => scep(profile, "Challenge", "12345678"),
        Fault::PoorChallenge => scep(profile, "Challenge", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        Fault::ReusedChallenge => {
            if let Some(challenge) = first_challenge {
                scep(profile, "Challenge", challenge);
            }
        }
        _ => {}
    }
}

/// The SCEP challenge or ACME identifier, to use it twice.
pub(super) fn challenge(profile: &Value) -> Option<String> {
    let payloads = profile.as_dictionary()?.get("PayloadContent")?.as_array()?;
    if let Some(acme) = payloads.iter().find(|p| is_of(p, ACME)) {
        return text(acme.as_dictionary()?, "ClientIdentifier").map(str::to_owned);
    }
    let payload = payloads.iter().find(|p| is_of(p, SCEP))?.as_dictionary()?;
    let content = payload.get("PayloadContent")?.as_dictionary()?;
    text(content, "Challenge").map(str::to_owned)
}

/// User channels, whatever the server announces.
pub(super) fn announce_users(profile: &mut Value) {
    let mut list = payload(profile, MDM)
        .and_then(|p| crate::plists::texts(p, "ServerCapabilities"))
        .unwrap_or_default();
    if !list.iter().any(|c| c == PER_USER) {
        list.push(PER_USER.to_owned());
    }
    let list = list.into_iter().map(Value::from).collect();
    set(profile, MDM, "ServerCapabilities", Value::Array(list));
}

/// A fresh payload UUID and challenge, as a server gives each download.
pub(super) fn freshen(profile: &mut Value) {
    scep(profile, "Challenge", tillsyn_pki::hash::random_token(24));
    let uuid = uuid::Uuid::new_v4().to_string();
    set(profile, SCEP, "PayloadUUID", uuid.clone());
    set(profile, MDM, "IdentityCertificateUUID", uuid);
}

pub(super) fn parse(plain: &[u8]) -> Result<Value, SimError> {
    Ok(plist_guard::parse(plain, Limits::PROFILE)?)
}

pub(super) fn encode(profile: &Value) -> Vec<u8> {
    encode_plist(profile)
}

const MDM: &str = "com.apple.mdm";
const SCEP: &str = "com.apple.security.scep";
const ACME: &str = "com.apple.security.acme";

fn payloads(profile: &mut Value) -> Option<&mut Vec<Value>> {
    profile
        .as_dictionary_mut()?
        .get_mut("PayloadContent")?
        .as_array_mut()
}

fn is_of(payload: &Value, kind: &str) -> bool {
    payload
        .as_dictionary()
        .is_some_and(|p| text(p, "PayloadType") == Some(kind))
}

fn payload<'a>(profile: &'a mut Value, kind: &str) -> Option<&'a mut Dictionary> {
    payloads(profile)?
        .iter_mut()
        .find(|p| is_of(p, kind))?
        .as_dictionary_mut()
}

fn set(profile: &mut Value, kind: &str, key: &str, value: impl Into<Value>) {
    if let Some(payload) = payload(profile, kind) {
        payload.insert(key.to_owned(), value.into());
    }
}

fn append(profile: &mut Value, kind: &str, key: &str, more: &str) {
    if let Some(Value::String(text)) = payload(profile, kind).and_then(|p| p.get_mut(key)) {
        text.push_str(more);
    }
}

fn remove(profile: &mut Value, kind: &str, key: &str) {
    if let Some(payload) = payload(profile, kind) {
        payload.remove(key);
    }
}

fn scep(profile: &mut Value, key: &str, value: impl Into<Value>) {
    let content = payload(profile, SCEP)
        .and_then(|p| p.get_mut("PayloadContent"))
        .and_then(Value::as_dictionary_mut);
    if let Some(content) = content {
        content.insert(key.to_owned(), value.into());
    }
}
