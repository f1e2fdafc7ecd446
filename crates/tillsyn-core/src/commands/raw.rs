//! A command as somebody else wrote it. Only its type is known to us; the rest is kept sealed, because
//! nobody can tell which of its values is a secret.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A raw command: classified by its type, sent as it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    #[serde(rename = "type")]
    marker: Marker,
    request_type: String,
    /// Which profile it is about: removing the enrollment profile is a retire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile_identifier: Option<String>,
    /// The command's dictionary as XML.
    #[serde(skip)]
    plist: Option<Zeroizing<Vec<u8>>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Marker {
    Raw,
}

impl Raw {
    pub(crate) fn new(
        request_type: String,
        profile_identifier: Option<String>,
        plist: Vec<u8>,
    ) -> Self {
        Self {
            marker: Marker::Raw,
            request_type,
            profile_identifier,
            plist: Some(Zeroizing::new(plist)),
        }
    }

    pub fn request_type(&self) -> &str {
        &self.request_type
    }

    pub(crate) fn profile_identifier(&self) -> Option<&str> {
        self.profile_identifier.as_deref()
    }

    pub(crate) fn plist(&self) -> Option<&[u8]> {
        self.plist.as_ref().map(|bytes| bytes.as_slice())
    }
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Raw")
            .field("request_type", &self.request_type)
            .finish_non_exhaustive()
    }
}
