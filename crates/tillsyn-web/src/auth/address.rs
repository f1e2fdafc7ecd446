//! The client's address: the socket's, or what a configured proxy says (security S12).

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{Extensions, HeaderMap};
use tillsyn_core::Error;

use crate::error::AppError;
use crate::state::{AppState, WebConfig};

pub(crate) const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client; IPv4 in its own form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl<S: AsRef<WebConfig> + Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        client_address(state.as_ref(), &parts.headers, &parts.extensions)
            .map(Self)
            .ok_or_else(|| Error::internal("The connection has no address.").into())
    }
}

impl AsRef<WebConfig> for AppState {
    fn as_ref(&self) -> &WebConfig {
        &self.config
    }
}

/// The address behind a connection. Of `X-Forwarded-For` only the last hop counts, which the trusted
/// proxy itself wrote; all before it came from outside.
pub fn client_address(
    config: &WebConfig,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    if !config
        .trusted_proxies
        .iter()
        .any(|proxy| proxy.to_canonical() == peer)
    {
        return Some(peer);
    }
    let forwarded = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|hop| hop.trim().parse::<IpAddr>().ok());
    Some(forwarded.map_or(peer, |ip| ip.to_canonical()))
}
