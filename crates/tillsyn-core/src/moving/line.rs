//! The form of one moved enrollment: one JSON object a line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// Bytes that nobody should see, in Base64.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretBytes(..)")
    }
}

impl Serialize for SecretBytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&Zeroizing::new(STANDARD.encode(&*self.0)))
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(from)?);
        // Without the text: it is the secret.
        STANDARD
            .decode(text.trim())
            .map(Self::new)
            .map_err(|_| serde::de::Error::custom("expected Base64"))
    }
}

/// One enrollment on its way from one server to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedEnrollment {
    /// Exactly one of `udid` and `enrollment_id` (User Enrollment).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub udid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrollment_id: Option<String>,
    /// `ios`, `ipados`, `macos`, `tvos`, `visionos` or `watchos`.
    pub platform: String,
    /// Topic of the push certificate; both servers must have the same.
    pub topic: String,
    /// SHA-256 of the device's identity certificate (DER), in hex.
    pub certificate_sha256: String,
    /// The push token of the device channel.
    pub token: SecretBytes,
    pub push_magic: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlock_token: Option<SecretBytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap_token: Option<SecretBytes>,
    /// `profile`, `ade`, `account_driven_device` or `account_driven_user`.
    #[serde(default = "profile")]
    pub enrollment_type: String,
    /// `corporate` or `personal`.
    #[serde(default = "corporate")]
    pub ownership: String,
    /// Bits of the enrollment profile; absent where the profile has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_rights: Option<i64>,
    /// Identifier of the enrollment profile: with it management can be removed by command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_identifier: Option<String>,
    /// What the enrollment profile announced; an update has to repeat it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_capabilities: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Product name, such as `iPhone14,2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_version: Option<String>,
    /// User channels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<MovedUser>,
}

/// One user channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedUser {
    /// `UserID`, or `EnrollmentUserID` in User Enrollment; on Shared iPad the all-F value.
    pub user_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_short_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_long_name: Option<String>,
    pub token: SecretBytes,
    pub push_magic: String,
}

fn profile() -> String {
    "profile".to_owned()
}

fn corporate() -> String {
    "corporate".to_owned()
}

/// Why a line is refused: a stable code and the reason in words.
pub(super) type Refusal = (&'static str, &'static str);

const PLATFORMS: [&str; 6] = ["ios", "ipados", "macos", "tvos", "visionos", "watchos"];
const TYPES: [&str; 4] = [
    "profile",
    "ade",
    "account_driven_device",
    "account_driven_user",
];
const SHARED_USER: &str = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";

impl MovedEnrollment {
    /// What can be said of a line without looking anywhere.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.udid.is_some() == self.enrollment_id.is_some() {
            return Err(("id", "Give either udid or enrollment_id."));
        }
        let ids = [&self.udid, &self.enrollment_id];
        if !ids.into_iter().flatten().all(|id| is_id(id)) {
            return Err(("id", "An id has 1 to 255 characters."));
        }
        if !PLATFORMS.contains(&self.platform.as_str()) {
            return Err((
                "platform",
                "The platform is ios, ipados, macos, tvos, visionos or watchos.",
            ));
        }
        if !is_sha256(&self.certificate_sha256) {
            return Err((
                "certificate_sha256",
                "The certificate's SHA-256 has 64 hexadecimal digits.",
            ));
        }
        if !TYPES.contains(&self.enrollment_type.as_str()) {
            return Err(("enrollment_type", "This type of enrollment is not known."));
        }
        if !matches!(self.ownership.as_str(), "corporate" | "personal") {
            return Err(("ownership", "The ownership is corporate or personal."));
        }
        if !self.topic.starts_with("com.apple.mgmt.") {
            return Err((
                "topic",
                "The topic is not of a device management certificate.",
            ));
        }
        if !is_key(&self.token, &self.push_magic) {
            return Err((
                "token",
                "Push token and push magic are missing or too long.",
            ));
        }
        if self
            .access_rights
            .is_some_and(|bits| !(1..=8_191).contains(&bits))
        {
            return Err(("access_rights", "The access rights are 1 to 8191."));
        }
        for user in &self.users {
            if !is_id(&user.user_id) || !is_key(&user.token, &user.push_magic) {
                return Err(("users", "A user needs user_id, token and push_magic."));
            }
            if user.channel_name().is_none() {
                return Err(("users", "A user of a Shared iPad needs user_short_name."));
            }
        }
        Ok(())
    }

    /// The device's own words about itself, as `Authenticate` would have them.
    pub(super) fn claims(&self) -> serde_json::Value {
        serde_json::json!({
            "serial_number": self.serial_number,
            "imei": self.imei,
            "name": self.name,
            "model": self.model,
            "model_name": self.model_name,
            "os_version": self.os_version,
            "build_version": self.build_version,
        })
    }

    /// The pin, as it is compared.
    pub(super) fn pin(&self) -> String {
        self.certificate_sha256.to_ascii_lowercase()
    }
}

impl MovedUser {
    /// The name of its channel.
    pub(super) fn channel_name(&self) -> Option<String> {
        if self.user_id.eq_ignore_ascii_case(SHARED_USER) {
            let short = self.user_short_name.as_deref().filter(|name| is_id(name))?;
            return Some(format!("user:{short}"));
        }
        Some(format!("user:{}", self.user_id))
    }
}

fn is_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && !text.chars().any(char::is_control)
}

fn is_key(token: &SecretBytes, magic: &str) -> bool {
    (1..=512).contains(&token.expose().len()) && is_id(magic)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
