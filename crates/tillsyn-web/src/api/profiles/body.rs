//! What several routes read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillsyn_core::Error;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::reach;

use crate::auth::RequestContext;
use crate::error::AppError;

/// The profile of the path, for whoever reaches it.
pub(super) async fn profile(ctx: &RequestContext, text: &str) -> Result<ProfileId, AppError> {
    let id = ProfileId::parse(text).ok_or_else(|| Error::not_found("profile"))?;
    reach(ctx.core(), &ctx.actor, &id).await?;
    Ok(id)
}

/// The number of a version in the path.
pub(super) fn number(text: &str) -> Result<i64, AppError> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Error::not_found("version of this profile").into())
}

/// A file in JSON.
pub(super) fn content(base64: &str) -> Result<Vec<u8>, AppError> {
    STANDARD.decode(base64.trim()).map_err(|_| {
        let text = "Send the file in standard Base64, with padding.";
        Error::invalid("content", "base64", text).into()
    })
}
