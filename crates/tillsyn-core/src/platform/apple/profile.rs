//! A configuration profile that an administrator wants installed: plain or signed, XML or binary.

use tillsyn_apple::profile::ProfileInfo;
use tillsyn_pki::cms::{self, SignedLimits};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use crate::commands::Request;
use crate::error::Error;

/// A profile that passed the checks.
pub struct UploadedProfile {
    pub info: ProfileInfo,
    /// As uploaded, a foreign signature included.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// Reads an uploaded profile and refuses what no device would take.
pub fn read_profile(bytes: Vec<u8>) -> Result<UploadedProfile, Error> {
    let bytes = Zeroizing::new(bytes);
    let refuse = |detail: String| Error::invalid("profile", "profile", detail);
    let plain = if bytes.first() == Some(&0x30) {
        let limits = SignedLimits {
            max_len: 2 << 20,
            ..SignedLimits::default()
        };
        let policy = cms::Policy {
            allow_sha1: false,
            signing_time: None,
        };
        let verified = cms::parse_signed(&bytes, limits)
            .and_then(|signed| signed.verify(None, policy))
            .map_err(|error| refuse(format!("The profile's signature cannot be used: {error}.")))?;
        Zeroizing::new(verified.content.unwrap_or_default())
    } else {
        bytes.clone()
    };
    let info = ProfileInfo::parse(&plain)
        .map_err(|error| refuse(format!("This is not a configuration profile: {error}.")))?;
    if info.has_mdm_payload() {
        return Err(refuse(
            "This profile enrolls devices; a managed device refuses a second management. Remove its \
             com.apple.mdm payload."
                .to_owned(),
        ));
    }
    Ok(UploadedProfile { info, bytes })
}

impl UploadedProfile {
    /// The request that installs it.
    pub fn request(&self) -> Request {
        Request::InstallProfile {
            identifier: self.info.identifier.clone(),
            name: self.info.display_name.clone(),
            sha256: hash::sha256_hex(&self.bytes),
        }
    }
}
