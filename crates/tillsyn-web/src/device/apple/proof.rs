//! Who sends: the one way in which devices prove themselves on this listener (core sheet §5).

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use tillsyn_core::Error;
use tillsyn_core::platform::apple::{self, DeviceCertificate, StreamedBody};
use tillsyn_pki::client_cert;

use super::answer;
use crate::server::{DeviceProof, PeerCertificate};
use crate::state::AppState;

/// The header with the detached signature over the raw body.
const SIGNATURE: &str = "mdm-signature";

/// What is known of the sender before the body.
pub(super) enum Introduced {
    /// The signature that the body has to fit.
    Signature(String),
    /// TLS has proven the key already.
    Proven(DeviceCertificate),
}

/// Why nobody is proven, or that it cannot be known now.
pub(super) enum Refused {
    Sender(&'static str),
    Store(Error),
}

impl From<&'static str> for Refused {
    fn from(reason: &'static str) -> Self {
        Self::Sender(reason)
    }
}

impl From<apple::Unproven> for Refused {
    fn from(unproven: apple::Unproven) -> Self {
        match unproven {
            apple::Unproven::Refused(refusal) => Self::Sender(refusal.as_str()),
            apple::Unproven::Store(error) => Self::Store(error),
        }
    }
}

/// A plain 403, counted; never 401.
pub(super) fn refuse(refused: Refused) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let reason = match refused {
        Refused::Sender(reason) => reason,
        Refused::Store(error) => return answer::failure(&error),
    };
    metrics::counter!("tillsyn_signatures_refused_total", "reason" => reason).increment(1);
    tracing::warn!(reason, "a device request has no proven sender");
    http::StatusCode::FORBIDDEN.into_response()
}

/// Whoever cannot show a certificate that is accepted is refused before the body takes memory.
pub(super) async fn introduce(state: &AppState, parts: &Parts) -> Result<Introduced, Refused> {
    let default = DeviceProof::default();
    match parts.extensions.get::<DeviceProof>().unwrap_or(&default) {
        DeviceProof::Signature => {
            let value = one(&parts.headers, &HeaderName::from_static(SIGNATURE))?;
            let value = value.to_str().map_err(|_| "malformed")?;
            apple::introduce(&state.core, value).await?;
            Ok(Introduced::Signature(value.to_owned()))
        }
        DeviceProof::ClientCertificate => {
            let PeerCertificate(der) = parts.extensions.get().ok_or("missing")?;
            let proven = apple::accept_certificate(&state.core, der).await?;
            Ok(Introduced::Proven(proven))
        }
        DeviceProof::ProxyHeader(name) => {
            // From anybody else the header is only a claim.
            if !is_from_proxy(state, parts) {
                return Err("untrusted_proxy".into());
            }
            let value = one(&parts.headers, name)?;
            let certificate =
                client_cert::parse_header(value.as_bytes()).map_err(|_| "malformed")?;
            let proven = apple::accept_certificate(&state.core, certificate.der()).await?;
            Ok(Introduced::Proven(proven))
        }
    }
}

fn is_from_proxy(state: &AppState, parts: &Parts) -> bool {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return false;
    };
    let peer = peer.ip().to_canonical();
    let trusted = &state.config.trusted_proxies;
    trusted.iter().any(|proxy| proxy.to_canonical() == peer)
}

/// The one header there must be.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a http::HeaderValue, Refused> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => Err("missing".into()),
        _ => Err("two_headers".into()),
    }
}

impl Introduced {
    /// The sender of a body.
    pub(super) async fn prove(
        self,
        state: &AppState,
        body: &[u8],
    ) -> Result<DeviceCertificate, Refused> {
        match self {
            Self::Proven(certificate) => Ok(certificate),
            Self::Signature(value) => Ok(apple::verify_signature(&state.core, &value, body).await?),
        }
    }

    /// Begins the digest of a body that may be too large to keep.
    pub(super) fn streamed(&self) -> Option<StreamedBody> {
        match self {
            Self::Proven(_) => None,
            Self::Signature(value) => StreamedBody::begin(value),
        }
    }

    /// The sender of a body of which only the digest was kept. Without one nobody is proven.
    pub(super) async fn prove_streamed(
        self,
        state: &AppState,
        hashed: Option<StreamedBody>,
    ) -> Result<DeviceCertificate, Refused> {
        match (self, hashed) {
            (Self::Proven(certificate), _) => Ok(certificate),
            (Self::Signature(value), Some(hashed)) => {
                Ok(apple::verify_streamed(&state.core, &value, hashed).await?)
            }
            (Self::Signature(_), None) => Err("malformed".into()),
        }
    }
}
