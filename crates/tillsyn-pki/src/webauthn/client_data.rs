use serde::Deserialize;

use super::error::{Result, WebauthnError};
use crate::hash;

/// What the browser says about the ceremony. WebAuthn §5.8.1; unknown members are allowed there.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// Checks it and gives the digest that signatures cover. `challenge` is base64url as it was given.
// §7.1 steps 5 to 12, §7.2 steps 9 to 15.
pub(super) fn check(bytes: &[u8], kind: &str, challenge: &str, origin: &str) -> Result<[u8; 32]> {
    let data: ClientData =
        serde_json::from_slice(bytes).map_err(|_| WebauthnError::Malformed("client data"))?;
    if data.kind != kind {
        return Err(WebauthnError::WrongType);
    }
    if !hash::constant_time_eq(data.challenge.as_bytes(), challenge.as_bytes()) {
        return Err(WebauthnError::WrongChallenge);
    }
    // Our pages stand in no frame, so a ceremony inside one is not ours.
    if data.origin != origin || data.cross_origin || data.top_origin.is_some() {
        return Err(WebauthnError::WrongOrigin);
    }
    Ok(hash::sha256(bytes))
}
