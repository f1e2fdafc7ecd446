use plist::Dictionary;

use super::Ids;
use crate::fields::{Build, Read};
use crate::{Sensitive, WireError, encode_plist};

/// `UserAuthenticate`: a network or mobile user logs in to a Mac.
// Apple schema mdm/checkin/userauthenticate.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAuthenticate {
    pub ids: Ids,
    /// Only in the second request, after a non-empty challenge.
    pub digest_response: Option<Sensitive<String>>,
}

impl UserAuthenticate {
    pub const MESSAGE_TYPE: &'static str = "UserAuthenticate";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        let ids = Ids::read(dict)?;
        if ids.user_id.is_none() {
            return Err(WireError::Missing { key: "UserID" });
        }
        Ok(Self {
            ids,
            digest_response: dict.opt_text("DigestResponse")?.map(Sensitive::new),
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let build = Build::new().set("MessageType", Self::MESSAGE_TYPE).opt(
            "DigestResponse",
            self.digest_response.as_ref().map(|d| d.expose().as_str()),
        );
        encode_plist(&self.ids.write(build).value())
    }

    /// Reply to the first request: an empty challenge manages the user without a token.
    pub fn challenge_reply(challenge: &str) -> Vec<u8> {
        encode_plist(&Build::new().set("DigestChallenge", challenge).value())
    }

    /// Reply to the second request: an empty token says the password was wrong.
    pub fn token_reply(auth_token: &str) -> Vec<u8> {
        encode_plist(&Build::new().set("AuthToken", auth_token).value())
    }
}
