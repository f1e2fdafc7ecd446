use std::time::Duration;

use tillsyn_pki::key::Digest;

use crate::models::{self, Model};
use crate::rng::Rng;

/// What is being played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviceKind {
    Iphone,
    Ipad,
    Mac,
}

impl DeviceKind {
    pub const ALL: [Self; 3] = [Self::Iphone, Self::Ipad, Self::Mac];

    /// The word of the scripted enrollment contract.
    pub fn platform(self) -> &'static str {
        match self {
            Self::Iphone => "ios",
            Self::Ipad => "ipados",
            Self::Mac => "macos",
        }
    }

    pub fn is_mac(self) -> bool {
        self == Self::Mac
    }
}

impl std::str::FromStr for DeviceKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "iphone" | "ios" => Ok(Self::Iphone),
            "ipad" | "ipados" => Ok(Self::Ipad),
            "mac" | "macos" => Ok(Self::Mac),
            _ => Err(format!("`{text}` is none of iphone, ipad, mac")),
        }
    }
}

/// One device, as it leaves the box, and its temper.
#[derive(Debug, Clone)]
pub struct DeviceConfig {
    pub kind: DeviceKind,
    pub model: Model,
    pub os_version: String,
    pub build_version: String,
    pub name: String,
    pub serial: String,
    pub udid: String,
    /// Where in the key pool its keys begin.
    pub key_index: usize,
    /// Digest of `Mdm-Signature` and SCEP; SHA-1 on old systems.
    pub digest: Digest,
    /// Belongs to the person who carries it.
    pub personal: bool,
    /// Macs under Device Enrollment always are; iPhones and iPads by Configurator or ADE.
    pub supervised: bool,
    /// Came by Automated Device Enrollment.
    pub automated: bool,
    /// An iPad for many users.
    pub shared_ipad: bool,
    /// Setup Assistant waits for `DeviceConfigured`.
    pub awaiting_configuration: bool,
    pub authentication: Authentication,
    pub plist_form: PlistForm,
    /// Whether whoever takes the invitation says which product it is for. A browser does not know.
    pub tells_model: bool,
    /// Seed of everything that is left to chance.
    pub seed: u64,
    pub behaviours: Behaviours,
}

/// How the device proves its identity on each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// The `Mdm-Signature` header, when the profile asks for it.
    Signature,
    /// The identity as a TLS client certificate.
    MutualTls,
    /// A proxy in front of the server takes the certificate and hands it on in this header. The
    /// simulator is device and proxy in one.
    Header(CertificateHeader),
}

/// The two forms in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateHeader {
    /// `Client-Cert: :base64:`.
    // RFC 9440 §2.2
    Rfc9440,
    /// A PEM with URL escapes under this name, as nginx gives `$ssl_client_escaped_cert`.
    EscapedPem(&'static str),
}

impl std::str::FromStr for Authentication {
    type Err = String;

    /// `signature`, `mtls`, `client-cert`, or the name of a header for the escaped PEM.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "signature" => Ok(Self::Signature),
            "mtls" => Ok(Self::MutualTls),
            "client-cert" => Ok(Self::Header(CertificateHeader::Rfc9440)),
            name => HEADERS
                .into_iter()
                .find(|header| *header == name)
                .map(|header| Self::Header(CertificateHeader::EscapedPem(header)))
                .ok_or_else(|| {
                    let names = HEADERS.join(", ");
                    format!("`{text}` is none of signature, mtls, client-cert, {names}")
                }),
        }
    }
}

/// Header names for the escaped PEM that proxies are usually told to use.
const HEADERS: [&str; 2] = ["x-client-cert", "x-ssl-client-cert"];

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlistForm {
    Xml,
    Binary,
}

/// How a device deviates from the easy path. Chances are in a thousandth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviours {
    /// `NotNow` to a command that may be deferred.
    pub not_now: u16,
    /// The connection breaks after a result was sent: the same result is sent again.
    pub lost_reply: u16,
    /// The connection breaks after a command came: it is not carried out.
    pub lost_offer: u16,
    /// CheckOut is sent once and may never arrive.
    pub lost_check_out: u16,
    /// Pause before each answer.
    pub slow: Duration,
    /// Added to the wall clock.
    pub clock_skew_ms: i64,
    /// `Mdm-Signature` instead of `mdm-signature`, and so on.
    pub title_case_headers: bool,
    pub removal: Removal,
    /// What a device says in ACME that does not attest: the form is not documented.
    pub unattested: Unattested,
    pub retry: Retry,
    /// So many commands in one session mean that the server goes round in a circle.
    pub longest_session: usize,
}

/// No server has that much to say at once.
const LONGEST_SESSION: usize = 1_000;

/// Answers to `device-attest-01` without an attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unattested {
    /// `"fmt": "none"`.
    FormatNone,
    /// `"attObj": ""`.
    Empty,
    /// `{}`.
    Absent,
    /// `{"error": …}`: the device wanted to and could not.
    Failed,
}

/// What a device sends when the server removes its enrollment profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// The result, then `CheckOut`.
    ResultThenCheckOut,
    /// The identity is gone before the result can be signed.
    CheckOutOnly,
}

/// Repetition of a request that was not answered with 2xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// In one session; what is left unanswered is sent again at the next.
    pub attempts: u32,
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            first: Duration::from_millis(200),
            longest: Duration::from_secs(10),
        }
    }
}

impl Default for Behaviours {
    /// A device in a good mood.
    fn default() -> Self {
        Self {
            not_now: 0,
            lost_reply: 0,
            lost_offer: 0,
            lost_check_out: 0,
            slow: Duration::ZERO,
            clock_skew_ms: 0,
            title_case_headers: true,
            removal: Removal::ResultThenCheckOut,
            unattested: Unattested::FormatNone,
            retry: Retry::default(),
            longest_session: LONGEST_SESSION,
        }
    }
}

impl Behaviours {
    /// Everything that happens in the field, often enough to be seen; each device by its seed.
    pub fn chaos(seed: u64) -> Self {
        let mut rng = Rng::new(seed, 0xC4A0);
        let skew_minutes = i64::try_from(rng.below(41)).unwrap_or(0) - 20;
        Self {
            not_now: 150,
            lost_reply: 100,
            lost_offer: 60,
            lost_check_out: 200,
            slow: Duration::from_millis(rng.below(40)),
            clock_skew_ms: skew_minutes * 60_000,
            title_case_headers: rng.chance(500),
            removal: if rng.chance(300) {
                Removal::CheckOutOnly
            } else {
                Removal::ResultThenCheckOut
            },
            unattested: match rng.below(3) {
                0 => Unattested::FormatNone,
                1 => Unattested::Empty,
                _ => Unattested::Absent,
            },
            retry: Retry::default(),
            longest_session: LONGEST_SESSION,
        }
    }
}

impl DeviceConfig {
    /// A made-up device: the same arguments give the same one. No identifier is real.
    pub fn generate(kind: DeviceKind, seed: u64, index: usize) -> Self {
        const SERIAL_LETTERS: &str = "0123456789CDFGHJKLMNPQRTVWXY";
        const HEX: &str = "0123456789ABCDEF";
        let stream = u64::try_from(index).unwrap_or(u64::MAX);
        let mut rng = Rng::new(seed, stream);
        let (model, system) = models::draw(kind, &mut rng);
        let hex = |rng: &mut Rng, len| rng.text(HEX, len);
        let udid = match kind {
            DeviceKind::Mac => format!(
                "{}-{}-{}-{}-{}",
                hex(&mut rng, 8),
                hex(&mut rng, 4),
                hex(&mut rng, 4),
                hex(&mut rng, 4),
                hex(&mut rng, 12)
            ),
            // Devices from before 2018 have forty digits.
            _ if model.old_udid => hex(&mut rng, 40).to_ascii_lowercase(),
            _ => format!("00008{}-{}", hex(&mut rng, 3), hex(&mut rng, 16)),
        };
        Self {
            kind,
            model,
            os_version: system.version.to_owned(),
            build_version: system.build.to_owned(),
            name: models::name(kind, &mut rng),
            // Real serial numbers of ten characters never begin so.
            serial: format!("TS{}", rng.text(SERIAL_LETTERS, 8)),
            udid,
            key_index: index,
            digest: if system.sha1 {
                Digest::Sha1
            } else {
                Digest::Sha256
            },
            personal: false,
            supervised: kind.is_mac(),
            automated: false,
            shared_ipad: false,
            awaiting_configuration: false,
            authentication: Authentication::Signature,
            plist_form: PlistForm::Xml,
            tells_model: true,
            seed: rng.next(),
            behaviours: Behaviours::default(),
        }
    }

    pub fn iphone(index: usize) -> Self {
        Self::generate(DeviceKind::Iphone, 1, index)
    }

    pub fn ipad(index: usize) -> Self {
        Self::generate(DeviceKind::Ipad, 2, index)
    }

    pub fn mac(index: usize) -> Self {
        Self::generate(DeviceKind::Mac, 3, index)
    }

    pub fn with_behaviours(mut self, behaviours: Behaviours) -> Self {
        self.behaviours = behaviours;
        self
    }

    /// Prepared by Apple Configurator.
    pub fn supervised(mut self) -> Self {
        self.supervised = true;
        self
    }

    /// By Automated Device Enrollment: supervised, and Setup Assistant waits.
    pub fn automated(mut self) -> Self {
        self.supervised = true;
        self.automated = true;
        self.awaiting_configuration = true;
        self
    }

    /// An iPad for many users, which only Automated Device Enrollment makes.
    pub fn shared_ipad(mut self) -> Self {
        self = self.automated();
        self.awaiting_configuration = false;
        self.shared_ipad = true;
        self
    }

    /// With another system; from iOS 16 and macOS 13 on it no longer signs with SHA-1.
    pub fn with_os(mut self, version: &str, build: &str) -> Self {
        version.clone_into(&mut self.os_version);
        build.clone_into(&mut self.build_version);
        let first_sha256 = if self.kind.is_mac() { 13 } else { 16 };
        self.digest = if self.os_major() < first_sha256 {
            Digest::Sha1
        } else {
            Digest::Sha256
        };
        self
    }

    pub fn with_authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = authentication;
        self
    }

    pub fn with_binary_plists(mut self) -> Self {
        self.plist_form = PlistForm::Binary;
        self
    }

    /// Whether it can ask an ACME server for its identity.
    // Apple schema mdm/profiles/com.apple.security.acme.yaml
    pub(crate) fn understands_acme(&self) -> bool {
        self.os() >= if self.kind.is_mac() { (13, 1) } else { (16, 0) }
    }

    /// Whether a key can stay in its Secure Enclave.
    pub(crate) fn binds_keys(&self) -> bool {
        !self.kind.is_mac() || (self.model.apple_silicon && self.os() >= (14, 0))
    }

    /// Whether Apple vouches for its keys: not for the A10X and what came before.
    pub(crate) fn can_attest(&self) -> bool {
        const LAST_WITHOUT: [(&str, u32); 2] = [("iPhone", 9), ("iPad", 7)];
        let old = LAST_WITHOUT.iter().any(|(family, last)| {
            let rest = self.model.product_name.strip_prefix(family);
            let number = rest.and_then(|rest| rest.split(',').next()?.parse::<u32>().ok());
            number.is_some_and(|number| number <= *last)
        });
        self.understands_acme() && self.binds_keys() && !old
    }

    /// Major and minor number of the OS version.
    pub(crate) fn os(&self) -> (u32, u32) {
        let mut parts = self
            .os_version
            .split('.')
            .map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }

    /// First number of the OS version.
    pub(crate) fn os_major(&self) -> u32 {
        let number = self.os_version.split('.').next().unwrap_or_default();
        number.parse().unwrap_or(0)
    }

    /// From these systems on a device unenrolls at `com.apple.unrecognized.device`.
    // Apple schema mdm/errors/unrecognized.device.yaml
    pub(crate) fn knows_unrecognized_device(&self) -> bool {
        self.os_major() >= if self.kind.is_mac() { 14 } else { 17 }
    }
}
