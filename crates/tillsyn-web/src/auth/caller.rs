//! Who comes to sign in, for [`accounts`](tillsyn_core::accounts).

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use tillsyn_core::accounts::{Caller, Door};
use zeroize::Zeroizing;

use super::{ClientAddress, Cookie};
use crate::error::AppError;
use crate::state::AppState;

/// Address, browser, and what the browser is known by.
pub struct Coming(pub Caller);

impl FromRequestParts<AppState> for Coming {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, state).await?;
        let user_agent = parts.headers.get(header::USER_AGENT);
        let known = Cookie::Known.read(&state.config, &parts.headers);
        Ok(Self(Caller {
            door: Door::Console,
            address: Some(address.to_string()),
            user_agent: user_agent
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            known: known.map(|known| Zeroizing::new(known.to_owned())),
        }))
    }
}
