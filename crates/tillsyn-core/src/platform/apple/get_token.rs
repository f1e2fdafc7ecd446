//! `GetToken`: the device asks for a token of one of Apple's services. Who can give one registers as the
//! provider; without it the device gets a stated error, and new profiles do not announce the service.

use futures_util::future::BoxFuture;
use tillsyn_apple::checkin::{GetToken, TokenParameters};

use super::answer::DeviceAnswer;
use super::sender::SenderEnrollment;
use crate::core::Core;
use crate::error::Error;

/// One question for a token, of a device that was admitted.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    pub device_id: String,
    pub enrollment_id: String,
    /// `device` or `user:<id>`.
    pub channel: String,
    /// `com.apple.maid` or `com.apple.watch.pairing`.
    pub service: String,
    pub parameters: Option<TokenParameters>,
}

impl TokenRequest {
    pub(super) fn of(device: &str, enrollment: &SenderEnrollment, message: &GetToken) -> Self {
        Self {
            device_id: device.to_owned(),
            enrollment_id: enrollment.id.clone(),
            channel: message.ids.channel().to_string(),
            service: message.token_service_type.clone(),
            parameters: message.token_parameters.clone(),
        }
    }
}

/// Why a provider gave no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// This service, or this device, gets none.
    NotServed,
    /// The vendor is away; the device asks again.
    Unavailable,
}

/// Who can give tokens, for example with a token of automated enrollment.
pub trait TokenProvider: Send + Sync {
    /// The token's bytes.
    fn token<'a>(
        &'a self,
        request: &'a TokenRequest,
    ) -> BoxFuture<'a, Result<Vec<u8>, TokenRefusal>>;
}

/// Asks the provider, outside of any transaction.
pub(super) async fn answer(core: &Core, request: &TokenRequest) -> Result<DeviceAnswer, Error> {
    const REFUSED: &str = "se.tillsyn.token.not-served";
    let Some(provider) = core.token_provider() else {
        return Ok(DeviceAnswer::NotServed(REFUSED));
    };
    Ok(match provider.token(request).await {
        Ok(token) => DeviceAnswer::Plist(GetToken::reply(&token)),
        Err(TokenRefusal::NotServed) => DeviceAnswer::NotServed(REFUSED),
        Err(TokenRefusal::Unavailable) => DeviceAnswer::Later,
    })
}
