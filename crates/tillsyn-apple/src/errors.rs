//! Error bodies that mean something to a device; sent with status 403 and their content type.
// Apple schema mdm/errors/*.yaml; com.apple.psso.required of macOS 26

use plist::{Dictionary, Value};

use crate::fields::Build;
use crate::{Sensitive, encode_plist, media};

/// The device removes its enrollment when it reads this code. Send it only for an enrollment
/// that we hold and have explicitly retired.
pub const UNRECOGNIZED_DEVICE: &str = "com.apple.unrecognized.device";
/// While enrolling in Setup Assistant: update first.
pub const SOFTWARE_UPDATE_REQUIRED: &str = "com.apple.softwareupdate.required";
/// A watch enrolls without the token that ties it to its phone.
pub const WATCH_PAIRING_TOKEN_MISSING: &str = "com.apple.watch.pairing.token.missing";
/// The request for the well-known resource of an account is refused.
pub const WELL_KNOWN_FAILED: &str = "com.apple.well-known.failed";
/// While enrolling in Setup Assistant: set up platform single sign-on first.
pub const PSSO_REQUIRED: &str = "com.apple.psso.required";

/// One error body.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorBody {
    pub code: &'static str,
    /// For the device's log.
    pub description: Option<String>,
    /// May be shown to the person.
    pub message: Option<String>,
    pub details: Option<Details>,
}

/// What some codes need to be told.
#[derive(Debug, Clone, PartialEq)]
pub enum Details {
    SoftwareUpdate {
        os_version: String,
        build_version: Option<String>,
        beta_program: Option<BetaProgram>,
    },
    WatchPairing {
        security_token: Sensitive<String>,
    },
    PlatformSso {
        profile_url: String,
        auth_url: String,
        package: SsoPackage,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetaProgram {
    pub description: String,
    pub token: Sensitive<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoPackage {
    /// `https`.
    pub manifest_url: String,
    /// DER.
    pub pinning_certificates: Vec<Vec<u8>>,
    pub pinning_revocation_check_required: Option<bool>,
}

impl ErrorBody {
    /// Must be sent with the body: the device reads JSON or a plist by it.
    pub const CONTENT_TYPE: &'static str = media::PLIST_XML;

    fn new(code: &'static str, details: Option<Details>) -> Self {
        Self {
            code,
            description: None,
            message: None,
            details,
        }
    }

    pub fn unrecognized_device() -> Self {
        Self::new(UNRECOGNIZED_DEVICE, None)
    }

    pub fn well_known_failed() -> Self {
        Self::new(WELL_KNOWN_FAILED, None)
    }

    /// The device updates to this version and enrolls again.
    pub fn software_update_required(
        os_version: String,
        build_version: Option<String>,
        beta_program: Option<BetaProgram>,
    ) -> Self {
        Self::new(
            SOFTWARE_UPDATE_REQUIRED,
            Some(Details::SoftwareUpdate {
                os_version,
                build_version,
                beta_program,
            }),
        )
    }

    /// The watch fetches a pairing token for this random text from its phone's server.
    pub fn watch_pairing_token_missing(security_token: String) -> Self {
        Self::new(
            WATCH_PAIRING_TOKEN_MISSING,
            Some(Details::WatchPairing {
                security_token: security_token.into(),
            }),
        )
    }

    pub fn psso_required(profile_url: String, auth_url: String, package: SsoPackage) -> Self {
        Self::new(
            PSSO_REQUIRED,
            Some(Details::PlatformSso {
                profile_url,
                auth_url,
                package,
            }),
        )
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let body = Build::new()
            .set("code", self.code)
            .opt("description", self.description.as_deref())
            .opt("message", self.message.as_deref())
            .opt("details", self.details.as_ref().map(Details::write));
        encode_plist(&body.value())
    }
}

impl Details {
    fn write(&self) -> Dictionary {
        match self {
            Self::SoftwareUpdate {
                os_version,
                build_version,
                beta_program,
            } => {
                let beta = beta_program.as_ref().map(|program| {
                    Build::new()
                        .set("Description", program.description.as_str())
                        .set("Token", program.token.expose().as_str())
                        .value()
                });
                Build::new()
                    .set("OSVersion", os_version.as_str())
                    .opt("BuildVersion", build_version.as_deref())
                    .opt("RequireBetaProgram", beta)
            }
            Self::WatchPairing { security_token } => {
                Build::new().set("security-token", security_token.expose().as_str())
            }
            Self::PlatformSso {
                profile_url,
                auth_url,
                package,
            } => {
                let pins = package.pinning_certificates.iter().cloned();
                let pins: Vec<Value> = pins.map(Value::Data).collect();
                let pins = (!pins.is_empty()).then_some(Value::Array(pins));
                let package = Build::new()
                    .set("ManifestURL", package.manifest_url.as_str())
                    .opt("PinningCerts", pins)
                    .opt(
                        "PinningRevocationCheckRequired",
                        package.pinning_revocation_check_required,
                    );
                Build::new()
                    .set("ProfileURL", profile_url.as_str())
                    .set("Package", package.value())
                    .set("AuthURL", auth_url.as_str())
            }
        }
        .dict()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::plist_guard::{Limits, parse};

    fn read(body: &ErrorBody) -> Dictionary {
        let value = parse(&body.to_plist(), Limits::CHECK_IN).unwrap();
        value.into_dictionary().unwrap()
    }

    fn text<'a>(dict: &'a Dictionary, key: &str) -> &'a str {
        dict.get(key).and_then(Value::as_string).unwrap()
    }

    fn details(body: &ErrorBody) -> Dictionary {
        let dict = read(body);
        assert_eq!(text(&dict, "code"), body.code);
        dict.get("details")
            .unwrap()
            .as_dictionary()
            .unwrap()
            .clone()
    }

    #[test]
    fn unrecognized_device_has_the_lower_case_key() {
        let dict = read(&ErrorBody::unrecognized_device());
        assert_eq!(dict.len(), 1);
        assert_eq!(text(&dict, "code"), "com.apple.unrecognized.device");
        let dict = read(&ErrorBody::well_known_failed());
        assert_eq!(dict.len(), 1);
        assert_eq!(text(&dict, "code"), "com.apple.well-known.failed");
    }

    #[test]
    fn a_required_update_names_the_version() {
        let program = BetaProgram {
            description: "Beta".into(),
            token: "canary".to_owned().into(),
        };
        let body = ErrorBody::software_update_required(
            "26.1 (a)".into(),
            Some("25B1".into()),
            Some(program),
        );
        assert!(!format!("{body:?}").contains("canary"));
        let details = details(&body);
        assert_eq!(text(&details, "OSVersion"), "26.1 (a)");
        assert_eq!(text(&details, "BuildVersion"), "25B1");
        let program = details.get("RequireBetaProgram").unwrap();
        assert_eq!(text(program.as_dictionary().unwrap(), "Token"), "canary");
    }

    #[test]
    fn a_watch_is_told_its_token_and_a_mac_its_package() {
        let watch = details(&ErrorBody::watch_pairing_token_missing("random".into()));
        assert_eq!(text(&watch, "security-token"), "random");
        let mac = details(&ErrorBody::psso_required(
            "https://mdm.example.com/p".into(),
            "https://idp.example.com/".into(),
            SsoPackage {
                manifest_url: "https://mdm.example.com/m".into(),
                pinning_certificates: vec![vec![0x30, 0]],
                pinning_revocation_check_required: Some(false),
            },
        ));
        assert_eq!(text(&mac, "AuthURL"), "https://idp.example.com/");
        let package = mac.get("Package").unwrap().as_dictionary().unwrap();
        assert_eq!(text(package, "ManifestURL"), "https://mdm.example.com/m");
        assert_eq!(package.len(), 3);
    }
}
