use std::collections::HashSet;

use plist::{Dictionary, Value};
use tillsyn_apple::plist_guard::Limits;
use tillsyn_pki::cert::Certificate;

use super::StoredProfile;
use super::acme::{AcmeSettings, read_acme};
use crate::network::Network;
use crate::plists::{dictionary, flag, int, text, texts};
use crate::{Authentication, DeviceConfig, DeviceKind, Rule, Violation};

/// What a device takes from an enrollment profile.
#[derive(Debug, Clone)]
pub struct EnrollmentProfile {
    pub stored: StoredProfile,
    pub topic: String,
    pub server_url: String,
    pub check_in_url: Option<String>,
    pub sign_message: bool,
    pub check_out_when_removed: bool,
    /// Absent in User Enrollment.
    pub access_rights: Option<u32>,
    pub server_capabilities: Vec<String>,
    pub byod: bool,
    pub roots: Vec<Certificate>,
    pub(crate) identity: IdentitySettings,
}

/// Where the device's own certificate comes from.
#[derive(Debug, Clone)]
pub(crate) enum IdentitySettings {
    Scep(ScepSettings),
    Acme(AcmeSettings),
}

#[derive(Clone)]
pub(crate) struct ScepSettings {
    pub(crate) url: String,
    pub(crate) name: Option<String>,
    pub(crate) challenge: String,
    pub(crate) common_name: Option<String>,
    pub(crate) organization: Option<String>,
}

// The challenge stays out of every log.
impl std::fmt::Debug for ScepSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScepSettings")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

const MDM: &str = "com.apple.mdm";
const SCEP: &str = "com.apple.security.scep";
const ACME: &str = "com.apple.security.acme";
const ROOTS: [&str; 3] = [
    "com.apple.security.root",
    "com.apple.security.pkcs1",
    "com.apple.security.pem",
];
pub(crate) const PER_USER: &str = "com.apple.mdm.per-user-connections";
pub(crate) const BOOTSTRAP_TOKEN: &str = "com.apple.mdm.bootstraptoken";
const ALL_RIGHTS: i64 = 8191;

impl EnrollmentProfile {
    /// Reads a plain enrollment profile. Every breach goes into `found`; `Err` is the one after
    /// which a device cannot go on.
    pub(crate) fn read(
        plain: &[u8],
        device: &DeviceConfig,
        network: &Network,
        found: &mut Vec<Violation>,
    ) -> Result<Self, Violation> {
        let fatal = |rule, detail: &str| Violation::new(rule, detail);
        let dict = dictionary(plain, Limits::PROFILE)
            .map_err(|e| Violation::new(Rule::ProfileFormat, e.to_string()))?;
        let stored = StoredProfile::read(&dict, false)
            .map_err(|detail| Violation::new(Rule::ProfileFormat, detail))?;
        let payloads: Vec<&Dictionary> = dict
            .get("PayloadContent")
            .and_then(Value::as_array)
            .map(|items| items.iter().filter_map(Value::as_dictionary).collect())
            .unwrap_or_default();
        check_common(&dict, &payloads, device.kind, found);

        let of_type = |kind: &str| -> Vec<&Dictionary> {
            let mut matching = payloads.clone();
            matching.retain(|payload| text(payload, "PayloadType") == Some(kind));
            matching
        };
        let [mdm] = of_type(MDM)[..] else {
            let count = of_type(MDM).len();
            let detail = format!("{count} com.apple.mdm payloads");
            return Err(Violation::new(Rule::MdmPayload, detail));
        };
        let identity = text(mdm, "IdentityCertificateUUID").ok_or_else(|| {
            fatal(
                Rule::IdentityCertificateUuid,
                "IdentityCertificateUUID is missing",
            )
        })?;
        let identity = payloads
            .iter()
            .find(|p| {
                let kind = text(p, "PayloadType");
                text(p, "PayloadUUID") == Some(identity)
                    && kind.is_some_and(|kind| kind == SCEP || kind == ACME)
            })
            .ok_or_else(|| {
                fatal(
                    Rule::IdentityCertificateUuid,
                    "IdentityCertificateUUID names no SCEP or ACME payload of the profile",
                )
            })?;
        let mut roots = Vec::new();
        for payload in payloads.iter().filter(|p| is_root(p)) {
            let der = payload.get("PayloadContent").and_then(Value::as_data);
            match der.map(Certificate::from_der) {
                Some(Ok(certificate)) => roots.push(certificate),
                _ => found.push(fatal(Rule::RootPayload, "no readable certificate")),
            }
        }
        let identity = if text(identity, "PayloadType") == Some(ACME) {
            IdentitySettings::Acme(read_acme(identity, device, network, found)?)
        } else {
            IdentitySettings::Scep(read_scep(identity, network, found)?)
        };
        let topic = text(mdm, "Topic")
            .filter(|topic| topic.len() > "com.apple.mgmt.".len())
            .filter(|topic| topic.starts_with("com.apple.mgmt."))
            .ok_or_else(|| fatal(Rule::Topic, "Topic is not com.apple.mgmt.…"))?;
        let server_url = text(mdm, "ServerURL")
            .filter(|url| network.may_use(url))
            .ok_or_else(|| fatal(Rule::ServerUrl, "ServerURL is not an https URL"))?;
        let check_in_url = text(mdm, "CheckInURL");
        if check_in_url.is_some_and(|url| !network.may_use(url)) {
            return Err(fatal(Rule::CheckInUrl, "CheckInURL is not an https URL"));
        }
        let sign_message = flag(mdm, "SignMessage") == Some(true);
        // Where TLS or a proxy proves who it is, signatures are a luxury.
        if !sign_message && device.authentication == Authentication::Signature {
            found.push(fatal(Rule::SignMessage, "SignMessage is not true"));
        }
        let check_out_when_removed = flag(mdm, "CheckOutWhenRemoved") == Some(true);
        if !check_out_when_removed {
            let detail = "CheckOutWhenRemoved is not true";
            found.push(fatal(Rule::CheckOutWhenRemoved, detail));
        }
        let byod = text(mdm, "EnrollmentMode") == Some("BYOD");
        Ok(Self {
            stored,
            topic: topic.to_owned(),
            server_url: server_url.to_owned(),
            check_in_url: check_in_url.map(str::to_owned),
            sign_message,
            check_out_when_removed,
            access_rights: read_rights(mdm, byod)?,
            server_capabilities: texts(mdm, "ServerCapabilities").unwrap_or_default(),
            byod,
            roots,
            identity,
        })
    }

    pub(crate) fn check_in(&self) -> &str {
        self.check_in_url.as_deref().unwrap_or(&self.server_url)
    }

    pub(crate) fn has_capability(&self, name: &str) -> bool {
        self.server_capabilities.iter().any(|c| c == name)
    }

    pub(crate) fn has_right(&self, bit: u32) -> bool {
        self.access_rights.is_none_or(|rights| rights & bit == bit)
    }
}

fn is_root(payload: &Dictionary) -> bool {
    text(payload, "PayloadType").is_some_and(|kind| ROOTS.contains(&kind))
}

fn check_common(
    dict: &Dictionary,
    payloads: &[&Dictionary],
    kind: DeviceKind,
    found: &mut Vec<Violation>,
) {
    let mut uuids = HashSet::new();
    for payload in std::iter::once(&dict).chain(payloads) {
        match text(payload, "PayloadUUID") {
            Some(uuid) if uuids.insert(uuid.to_ascii_uppercase()) => {}
            Some(_) => found.push(Violation::new(
                Rule::PayloadUuids,
                "two payloads share a PayloadUUID",
            )),
            None => found.push(Violation::new(
                Rule::PayloadUuids,
                "a payload without PayloadUUID",
            )),
        }
        if text(payload, "PayloadIdentifier").is_none() {
            let detail = "a payload without PayloadIdentifier";
            found.push(Violation::new(Rule::ProfileIdentifier, detail));
        }
    }
    for payload in payloads {
        let name = text(payload, "PayloadType").unwrap_or_default();
        if name != MDM && name != SCEP && name != ACME && !ROOTS.contains(&name) {
            let detail = format!("`{name}` does not belong into an enrollment profile");
            found.push(Violation::new(Rule::ForeignPayload, detail));
        }
    }
    if kind.is_mac() && text(dict, "PayloadScope") != Some("System") {
        let detail = "PayloadScope is not System on a Mac";
        found.push(Violation::new(Rule::PayloadScope, detail));
    }
}

// Apple schema mdm/profiles/com.apple.mdm.yaml, key AccessRights
fn read_rights(mdm: &Dictionary, byod: bool) -> Result<Option<u32>, Violation> {
    let fault = |detail: &str| Err(Violation::new(Rule::AccessRights, detail));
    match (int(mdm, "AccessRights"), mdm.contains_key("AccessRights")) {
        (None, false) if byod => Ok(None),
        (_, true) if byod => fault("AccessRights in a User Enrollment"),
        (None, false) => fault("AccessRights is missing"),
        (None, true) => fault("AccessRights is no number"),
        (Some(bits), _) if !(1..=ALL_RIGHTS).contains(&bits) => {
            fault("AccessRights is out of range")
        }
        (Some(bits), _) if bits & 2 != 0 && bits & 1 == 0 => fault("right 2 without right 1"),
        (Some(bits), _) if bits & 128 != 0 && bits & 64 == 0 => fault("right 128 without right 64"),
        (Some(bits), _) => Ok(u32::try_from(bits).ok()),
    }
}

// Apple schema mdm/profiles/com.apple.security.scep.yaml
pub(crate) fn read_scep(
    payload: &Dictionary,
    network: &Network,
    found: &mut Vec<Violation>,
) -> Result<ScepSettings, Violation> {
    let content = payload
        .get("PayloadContent")
        .and_then(Value::as_dictionary)
        .ok_or_else(|| Violation::new(Rule::ScepUrl, "the SCEP payload has no PayloadContent"))?;
    let url = text(content, "URL")
        .filter(|url| network.may_use(url))
        .ok_or_else(|| Violation::new(Rule::ScepUrl, "URL is not an https URL"))?;
    let mut key = |what: &str| found.push(Violation::new(Rule::ScepKey, what));
    // 1024 is the default.
    if int(content, "Keysize").unwrap_or(1024) < 2048 {
        key("Keysize is below 2048");
    }
    if text(content, "Key Type").is_some_and(|kind| kind != "RSA") {
        key("Key Type is not RSA");
    }
    // The key signs every message and decrypts the SCEP answer.
    if int(content, "Key Usage").unwrap_or(0) != 5 {
        key("Key Usage is not 5");
    }
    // Extractable is the default.
    if flag(content, "KeyIsExtractable") != Some(false) {
        key("KeyIsExtractable is not false");
    }
    let challenge = text(content, "Challenge").unwrap_or_default();
    if let Some(detail) = weakness(challenge) {
        found.push(Violation::new(Rule::ScepChallenge, detail));
    }
    let download = text(payload, "PayloadUUID").unwrap_or_default();
    if network.challenge_seen(challenge, download) {
        let detail = "the challenge was in another download";
        found.push(Violation::new(Rule::ScepChallengeReused, detail));
    }
    let (common_name, organization) = subject(content);
    Ok(ScepSettings {
        url: url.to_owned(),
        name: text(content, "Name").map(str::to_owned),
        challenge: challenge.to_owned(),
        common_name,
        organization,
    })
}

/// 128 random bits are 22 characters of base64url. A text of that length whose letters repeat
/// too much was not drawn at random: 64 bits by its own letter counts is far below what chance
/// gives.
pub(super) fn weakness(challenge: &str) -> Option<&'static str> {
    const MIN_LEN: usize = 22;
    const MIN_BITS: f64 = 64.0;
    if challenge.len() < MIN_LEN {
        return Some("the challenge is shorter than 128 bits");
    }
    let mut counts = [0_u32; 256];
    for byte in challenge.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count = count.saturating_add(1);
        }
    }
    let len = f64::from(u32::try_from(challenge.len()).unwrap_or(u32::MAX));
    let bits: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| -f64::from(*count) * (f64::from(*count) / len).log2())
        .sum();
    (bits < MIN_BITS).then_some("the challenge does not look random")
}

/// Common name and organisation of the wished subject; servers decide on their own anyway.
pub(super) fn subject(content: &Dictionary) -> (Option<String>, Option<String>) {
    let mut common_name = None;
    let mut organization = None;
    let names = content.get("Subject").and_then(Value::as_array);
    for rdn in names.into_iter().flatten().filter_map(Value::as_array) {
        for pair in rdn.iter().filter_map(Value::as_array) {
            if let [Value::String(name), Value::String(value)] = pair.as_slice() {
                match name.as_str() {
                    "CN" | "2.5.4.3" => common_name = Some(value.clone()),
                    "O" | "2.5.4.10" => organization = Some(value.clone()),
                    _ => {}
                }
            }
        }
    }
    (common_name, organization)
}
