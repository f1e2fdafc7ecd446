//! The signed profile that enrolls a device: trust, one fresh SCEP credential, the MDM payload.

use tillsyn_apple::Sensitive;
use tillsyn_apple::ids::Topic;
use tillsyn_apple::platform::AccessRights;
use tillsyn_apple::profile::{
    AcmePayload, EnrollmentProfile, IdentityPayload, MdmPayload, PayloadScope, RootPayload,
    ScepPayload, capability, common_name,
};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms;
use zeroize::Zeroizing;

use crate::certificates::Method;
use crate::core::Core;
use crate::error::Error;
use crate::ids::new_uuid;

/// What differs from download to download.
pub(crate) struct ProfileInput<'a> {
    pub(crate) organisation: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) credential: Credential<'a>,
    pub(crate) identifier: &'a str,
    /// `macos` gets the system scope.
    pub(crate) platform: Option<&'a str>,
    /// What the server announces: of a first profile [`announced`], of an update what the enrollment has.
    pub(crate) server_capabilities: Vec<String>,
    /// Address that a renewal repeats byte for byte; ours of today in a first profile.
    pub(crate) base_url: Option<&'a str>,
    /// Rights that a renewal repeats; all of them in a first profile.
    pub(crate) access_rights: Option<i64>,
    /// What the person reads before installing, in their language.
    pub(crate) display_name: String,
    pub(crate) description: String,
}

/// How the device asks for its identity with this profile, and with which secret.
#[derive(Clone, Copy)]
pub(crate) struct Credential<'a> {
    pub(crate) method: Method,
    /// The SCEP challenge, or the ACME `ClientIdentifier`.
    pub(crate) secret: &'a str,
}

/// The top-level identifier: the same for every download and renewal of one installation.
pub(crate) fn profile_identifier(root_unit_id: &str) -> String {
    format!("se.tillsyn.enrollment.{root_unit_id}")
}

/// What a first profile for this platform announces. A device keeps it for the life of its enrollment;
/// systems that do not know one of them pass over it. `tokens`: somebody answers `GetToken`.
// Apple schema mdm/profiles/com.apple.mdm.yaml, ServerCapabilities
pub(crate) fn announced(platform: Option<&str>, tokens: bool) -> Vec<String> {
    let users = matches!(platform, None | Some("macos" | "ipados"));
    let bootstrap = !matches!(platform, Some("tvos" | "watchos"));
    [
        (users, capability::PER_USER_CONNECTIONS),
        (bootstrap, capability::BOOTSTRAP_TOKEN),
        (tokens, capability::TOKEN),
    ]
    .into_iter()
    .filter(|(announces, _)| *announces)
    .map(|(_, name)| name.to_owned())
    .collect()
}

/// Builds and signs the profile.
pub(crate) fn enrollment_profile(
    core: &Core,
    input: &ProfileInput<'_>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let now_ms = core.now_ms();
    let base = input.base_url.unwrap_or(&core.config().public_url);
    let uuid = || new_uuid(now_ms).hyphenated().to_string().to_uppercase();
    let broken =
        |what: &str| Error::internal(format!("The enrollment profile has no usable {what}."));
    let mut roots = Vec::new();
    for pem in &core.config().tls_roots_pem {
        let certificate = Certificate::from_pem(pem)?;
        roots.push(RootPayload {
            uuid: uuid(),
            display_name: certificate
                .subject_cn()
                .unwrap_or_else(|| input.organisation.to_owned()),
            certificate: certificate.der().to_vec(),
        });
    }
    // Where the device is given roots anyway, the signer's comes along, so that profiles read "Verified".
    // With a publicly trusted address no root of ours is installed at all.
    if !roots.is_empty() {
        for certificate in &core.authorities().signer_chain {
            roots.push(RootPayload {
                uuid: uuid(),
                display_name: certificate
                    .subject_cn()
                    .unwrap_or_else(|| input.organisation.to_owned()),
                certificate: certificate.der().to_vec(),
            });
        }
    }
    let profile = EnrollmentProfile {
        identifier: input.identifier.to_owned(),
        uuid: uuid(),
        display_name: input.display_name.clone(),
        organization: input.organisation.to_owned(),
        description: input.description.clone(),
        scope: (input.platform == Some("macos")).then_some(PayloadScope::System),
        roots,
        identity: identity(input.credential, base, uuid()),
        mdm: MdmPayload {
            uuid: uuid(),
            topic: Topic::new(input.topic).map_err(|_| broken("topic"))?,
            server_url: format!("{base}/apple/mdm"),
            check_in_url: Some(format!("{base}/apple/checkin")),
            sign_message: core.config().sign_messages,
            check_out_when_removed: true,
            access_rights: Some(rights(input.access_rights)),
            server_capabilities: input.server_capabilities.clone(),
            enrollment_mode: None,
            assigned_managed_apple_id: None,
            prompt_user_to_allow_bootstrap_token_for_authentication: None,
            required_app_id_for_mdm: None,
            server_url_pinning_certificate_uuids: Vec::new(),
            check_in_url_pinning_certificate_uuids: Vec::new(),
            pinning_revocation_check_required: None,
        },
    };
    let plist = Zeroizing::new(profile.to_plist().map_err(|error| {
        Error::internal("The enrollment profile cannot be built.").caused_by(error)
    })?);
    let authorities = core.authorities();
    let signer = &authorities.profile_signer;
    let signed = cms::sign_attached(
        &plist,
        &signer.certificate,
        &signer.key,
        &authorities.signer_chain,
    )?;
    Ok(Zeroizing::new(signed))
}

fn identity(credential: Credential<'_>, base: &str, uuid: String) -> IdentityPayload {
    let secret = credential.secret.to_owned();
    if credential.method.is_acme() {
        let directory = format!("{base}/apple/acme/directory");
        let attest = credential.method == Method::AcmeAttested;
        let mut acme = AcmePayload::new(uuid, directory, secret, attest);
        acme.subject = common_name("Tillsyn device");
        return IdentityPayload::Acme(acme);
    }
    IdentityPayload::Scep(ScepPayload {
        uuid,
        url: format!("{base}/apple/scep/device"),
        name: Some("device".to_owned()),
        subject: common_name("Tillsyn device"),
        challenge: Sensitive::new(secret),
        key_size: 2_048,
        key_usage: 5,
        ca_fingerprint: None,
        retries: Some(3),
        retry_delay_secs: Some(10),
    })
}

fn rights(stored: Option<i64>) -> AccessRights {
    stored
        .and_then(|bits| u32::try_from(bits).ok())
        .and_then(AccessRights::new)
        .unwrap_or(AccessRights::ALL)
}

#[cfg(test)]
mod tests {
    use super::announced;

    #[test]
    fn a_profile_announces_what_its_platform_can_use() {
        let of = |platform, tokens| announced(platform, tokens).join(" ");
        let both = "com.apple.mdm.per-user-connections com.apple.mdm.bootstraptoken";
        assert_eq!(of(Some("macos"), false), both);
        assert_eq!(of(Some("ipados"), false), both);
        // Before the platform is known nothing may be missing: an update cannot add it.
        assert_eq!(of(None, false), both);
        assert_eq!(of(Some("ios"), false), "com.apple.mdm.bootstraptoken");
        assert_eq!(of(Some("tvos"), false), "");
        assert_eq!(of(Some("tvos"), true), "com.apple.mdm.token");
    }
}
