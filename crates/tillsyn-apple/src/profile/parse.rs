use super::info::{payloads, profile_dict};
use super::{
    AcmePayload, EnrollmentProfile, IdentityPayload, MdmPayload, PayloadScope, RootPayload,
    ScepPayload,
};
use crate::WireError;
use crate::fields::Read;

/// Reads a plain enrollment profile as a device would, and refuses what a device refuses: no or
/// two MDM payloads, an identity that is not in the profile, URLs that are not `https`.
pub fn parse_profile(bytes: &[u8]) -> Result<EnrollmentProfile, WireError> {
    let dict = profile_dict(bytes)?;
    let mut roots = Vec::new();
    let mut identity: Option<IdentityPayload> = None;
    let mut mdm = None;
    for payload in payloads(&dict)? {
        match payload.text("PayloadType")?.as_str() {
            RootPayload::TYPE => roots.push(RootPayload::read(payload)?),
            kind @ (ScepPayload::TYPE | AcmePayload::TYPE) => {
                let read = if kind == ScepPayload::TYPE {
                    ScepPayload::read(payload)?.into()
                } else {
                    AcmePayload::read(payload)?.into()
                };
                if identity.replace(read).is_some() {
                    return Err(WireError::unsupported("two identity payloads"));
                }
            }
            MdmPayload::TYPE => {
                let named = payload.text("IdentityCertificateUUID")?;
                if mdm.replace((MdmPayload::read(payload)?, named)).is_some() {
                    return Err(WireError::malformed("two com.apple.mdm payloads"));
                }
            }
            _ => {
                return Err(WireError::unsupported(
                    "a payload that does not belong into an enrollment profile",
                ));
            }
        }
    }
    let (mdm, named) = mdm.ok_or_else(|| WireError::malformed("no com.apple.mdm payload"))?;
    let identity = identity
        .ok_or_else(|| WireError::unsupported("an identity that is not from SCEP or ACME"))?;
    if named != identity.uuid() {
        return Err(WireError::malformed(
            "IdentityCertificateUUID names no payload of the profile",
        ));
    }
    let scope = match dict.opt_text("PayloadScope")?.as_deref() {
        None => None,
        Some("System") => Some(PayloadScope::System),
        Some("User") => Some(PayloadScope::User),
        Some(_) => return Err(WireError::unsupported("PayloadScope")),
    };
    let profile = EnrollmentProfile {
        identifier: dict.text("PayloadIdentifier")?,
        uuid: dict.text("PayloadUUID")?,
        display_name: dict.opt_text("PayloadDisplayName")?.unwrap_or_default(),
        organization: dict.opt_text("PayloadOrganization")?.unwrap_or_default(),
        description: dict.opt_text("PayloadDescription")?.unwrap_or_default(),
        scope,
        roots,
        identity,
        mdm,
    };
    profile.validate()?;
    Ok(profile)
}
