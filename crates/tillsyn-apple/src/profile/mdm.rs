use plist::{Dictionary, Value};

use crate::WireError;
use crate::fields::{Build, Read};
use crate::ids::Topic;
use crate::platform::AccessRights;

/// Names for `ServerCapabilities`.
pub mod capability {
    /// User channels on macOS and Shared iPad; may not be added or removed by an update.
    pub const PER_USER_CONNECTIONS: &str = "com.apple.mdm.per-user-connections";
    pub const BOOTSTRAP_TOKEN: &str = "com.apple.mdm.bootstraptoken";
    /// `GetToken`.
    pub const TOKEN: &str = "com.apple.mdm.token";
}

/// `EnrollmentMode`, for account-driven enrollments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrollmentMode {
    /// A personal device.
    Byod,
    Adde,
}

impl EnrollmentMode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Byod => "BYOD",
            Self::Adde => "ADDE",
        }
    }
}

/// The payload that makes the device managed. `IdentityCertificateUUID` is the UUID of the
/// identity payload in the same profile and is not kept here.
// Apple schema mdm/profiles/com.apple.mdm.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MdmPayload {
    pub uuid: String,
    /// Equal to the topic of the push certificate; an update may not change it.
    pub topic: Topic,
    pub server_url: String,
    /// Without it check-ins go to `server_url`.
    pub check_in_url: Option<String>,
    /// Adds the `Mdm-Signature` header to every request.
    pub sign_message: bool,
    pub check_out_when_removed: bool,
    /// `None` exactly when `enrollment_mode` is BYOD.
    pub access_rights: Option<AccessRights>,
    pub server_capabilities: Vec<String>,
    pub enrollment_mode: Option<EnrollmentMode>,
    /// Required with `enrollment_mode`.
    pub assigned_managed_apple_id: Option<String>,
    pub prompt_user_to_allow_bootstrap_token_for_authentication: Option<bool>,
    /// App Store id of the one app that installs without a prompt (account-driven).
    pub required_app_id_for_mdm: Option<u64>,
    pub server_url_pinning_certificate_uuids: Vec<String>,
    pub check_in_url_pinning_certificate_uuids: Vec<String>,
    pub pinning_revocation_check_required: Option<bool>,
}

impl MdmPayload {
    pub const TYPE: &'static str = "com.apple.mdm";

    /// Signed messages, check-out on removal, all rights.
    pub fn new(uuid: impl Into<String>, topic: Topic, server_url: impl Into<String>) -> Self {
        Self {
            uuid: uuid.into(),
            topic,
            server_url: server_url.into(),
            check_in_url: None,
            sign_message: true,
            check_out_when_removed: true,
            access_rights: Some(AccessRights::ALL),
            server_capabilities: Vec::new(),
            enrollment_mode: None,
            assigned_managed_apple_id: None,
            prompt_user_to_allow_bootstrap_token_for_authentication: None,
            required_app_id_for_mdm: None,
            server_url_pinning_certificate_uuids: Vec::new(),
            check_in_url_pinning_certificate_uuids: Vec::new(),
            pinning_revocation_check_required: None,
        }
    }

    /// Where check-ins go.
    pub fn effective_check_in_url(&self) -> &str {
        self.check_in_url.as_deref().unwrap_or(&self.server_url)
    }

    pub(super) fn validate(&self) -> Result<(), WireError> {
        if self.uuid.is_empty() {
            return Err(WireError::Missing { key: "PayloadUUID" });
        }
        if !self.topic.is_management() {
            return Err(WireError::malformed(
                "Topic is not of a device management push certificate",
            ));
        }
        check_url(&self.server_url, "ServerURL is not an https URL")?;
        check_url(
            self.effective_check_in_url(),
            "CheckInURL is not an https URL",
        )?;
        match (self.enrollment_mode, self.access_rights) {
            // The device cancels the enrollment.
            (Some(EnrollmentMode::Byod), Some(_)) => {
                return Err(WireError::malformed(
                    "AccessRights with EnrollmentMode BYOD",
                ));
            }
            (Some(EnrollmentMode::Byod), None) => {}
            (_, None) => {
                return Err(WireError::Missing {
                    key: "AccessRights",
                });
            }
            (_, Some(rights)) if AccessRights::new(rights.bits()).is_none() => {
                return Err(WireError::malformed("AccessRights"));
            }
            (_, Some(_)) => {}
        }
        let account = self.assigned_managed_apple_id.as_deref();
        if self.enrollment_mode.is_some() && account.is_none_or(str::is_empty) {
            return Err(WireError::Missing {
                key: "AssignedManagedAppleID",
            });
        }
        Ok(())
    }

    pub(super) fn write(&self, mut payload: Dictionary, identity_uuid: &str) -> Value {
        let list = |values: &[String]| {
            (!values.is_empty())
                .then(|| Value::Array(values.iter().map(|v| v.as_str().into()).collect()))
        };
        let keys = Build::new()
            .set("IdentityCertificateUUID", identity_uuid)
            .set("Topic", self.topic.as_str())
            .set("ServerURL", self.server_url.as_str())
            .opt("CheckInURL", self.check_in_url.as_deref())
            .set("SignMessage", self.sign_message)
            .set("CheckOutWhenRemoved", self.check_out_when_removed)
            .opt("AccessRights", self.access_rights.map(AccessRights::bits))
            .opt("ServerCapabilities", list(&self.server_capabilities))
            .opt(
                "EnrollmentMode",
                self.enrollment_mode.map(EnrollmentMode::as_str),
            )
            .opt(
                "AssignedManagedAppleID",
                self.assigned_managed_apple_id.as_deref(),
            )
            .opt(
                "PromptUserToAllowBootstrapTokenForAuthentication",
                self.prompt_user_to_allow_bootstrap_token_for_authentication,
            )
            .opt("RequiredAppIDForMDM", self.required_app_id_for_mdm)
            .opt(
                "ServerURLPinningCertificateUUIDs",
                list(&self.server_url_pinning_certificate_uuids),
            )
            .opt(
                "CheckInURLPinningCertificateUUIDs",
                list(&self.check_in_url_pinning_certificate_uuids),
            )
            .opt(
                "PinningRevocationCheckRequired",
                self.pinning_revocation_check_required,
            )
            .dict();
        for (key, value) in keys {
            payload.insert(key, value);
        }
        Value::Dictionary(payload)
    }

    pub(super) fn read(payload: &Dictionary) -> Result<Self, WireError> {
        let enrollment_mode = match payload.opt_text("EnrollmentMode")?.as_deref() {
            None => None,
            Some("BYOD") => Some(EnrollmentMode::Byod),
            Some("ADDE") => Some(EnrollmentMode::Adde),
            Some(_) => return Err(WireError::unsupported("EnrollmentMode")),
        };
        let access_rights = payload
            .opt_int("AccessRights")?
            .map(|bits| {
                u32::try_from(bits)
                    .ok()
                    .and_then(AccessRights::new)
                    .ok_or_else(|| WireError::malformed("AccessRights"))
            })
            .transpose()?;
        let texts = |key| payload.texts(key).map(Option::unwrap_or_default);
        let flag = |key| payload.opt_flag(key);
        let mdm = Self {
            uuid: payload.text("PayloadUUID")?,
            topic: Topic::new(payload.text("Topic")?)?,
            server_url: payload.text("ServerURL")?,
            check_in_url: payload.opt_text("CheckInURL")?,
            sign_message: flag("SignMessage")?.unwrap_or(false),
            check_out_when_removed: flag("CheckOutWhenRemoved")?.unwrap_or(false),
            access_rights,
            server_capabilities: texts("ServerCapabilities")?,
            enrollment_mode,
            assigned_managed_apple_id: payload.opt_text("AssignedManagedAppleID")?,
            prompt_user_to_allow_bootstrap_token_for_authentication: flag(
                "PromptUserToAllowBootstrapTokenForAuthentication",
            )?,
            required_app_id_for_mdm: payload
                .opt_int("RequiredAppIDForMDM")?
                .map(|id| u64::try_from(id).map_err(|_| WireError::malformed("negative number")))
                .transpose()?,
            server_url_pinning_certificate_uuids: texts("ServerURLPinningCertificateUUIDs")?,
            check_in_url_pinning_certificate_uuids: texts("CheckInURLPinningCertificateUUIDs")?,
            pinning_revocation_check_required: flag("PinningRevocationCheckRequired")?,
        };
        mdm.validate()?;
        Ok(mdm)
    }
}

/// `https://`, or plain HTTP to this very machine, which no real device can reach.
pub(super) fn check_url(url: &str, fault: &'static str) -> Result<(), WireError> {
    let secure = url.strip_prefix("https://");
    let local = url.strip_prefix("http://").filter(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| {
            authority
                .strip_prefix(host)
                .is_some_and(|port| port.is_empty() || port.starts_with(':'))
        })
    });
    match secure.or(local) {
        Some(rest) if !rest.is_empty() && !url.contains(char::is_whitespace) => Ok(()),
        _ => Err(WireError::malformed(fault)),
    }
}
