//! What clients of a vendor have in common: where it is, whom we trust there, and who we are.

use std::fmt;

use reqwest::{Certificate, Client, ClientBuilder, Identity, Proxy, Url, redirect, retry, tls};

/// How to reach a vendor that knows us by our push certificate.
#[derive(Default)]
pub struct VendorConfig {
    /// `https://` and host, with a port if it is not 443. APNs also listens on port 2197.
    pub base_url: String,
    /// PEM of the only roots to trust; the roots of the operating system when `None`.
    pub extra_root_pem: Option<Vec<u8>>,
    /// HTTP proxy to tunnel through. `None` connects directly, whatever the environment says.
    pub proxy_url: Option<String>,
    /// PEM of the push certificate, with its chain if there is one.
    pub client_cert_pem: Vec<u8>,
    /// PEM of its private key.
    pub client_key_pem: Vec<u8>,
}

impl fmt::Debug for VendorConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is a secret and the proxy's URL may hold a password.
        f.debug_struct("VendorConfig")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// Why a client could not be made. The configuration is at fault.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    #[error("the vendor's base URL must be https:// and a host, nothing more")]
    BaseUrl,
    #[error("proxy URL cannot be used")]
    ProxyUrl,
    #[error("root certificate of the vendor is not PEM")]
    Root,
    #[error("push certificate or its private key is not PEM")]
    Identity,
    // The key does not match, an unusable certificate, or a system without root certificates.
    #[error("push certificate, its private key and the trusted roots do not make a TLS client")]
    Tls(#[source] reqwest::Error),
}

/// The vendor's address and a client that is `own` with our identity, their roots and the way there.
pub(crate) fn client(
    config: VendorConfig,
    own: ClientBuilder,
) -> Result<(Client, Url), VendorError> {
    let base = Url::parse(&config.base_url).map_err(|_| VendorError::BaseUrl)?;
    let plain = base.path() == "/"
        && base.query().is_none()
        && base.fragment().is_none()
        && base.username().is_empty()
        && base.password().is_none();
    if base.scheme() != "https" || base.host_str().is_none() || !plain {
        return Err(VendorError::BaseUrl);
    }
    let mut pem = config.client_key_pem;
    pem.push(b'\n');
    pem.extend_from_slice(&config.client_cert_pem);
    let identity = Identity::from_pem(&pem).map_err(|_| VendorError::Identity)?;
    let mut builder = own
        .https_only(true)
        .tls_version_min(tls::Version::TLS_1_2)
        .identity(identity)
        .redirect(redirect::Policy::none())
        // Whether and when to try again is the caller's decision.
        .retry(retry::never());
    if let Some(root) = config.extra_root_pem {
        let roots = Certificate::from_pem_bundle(&root).map_err(|_| VendorError::Root)?;
        if roots.is_empty() {
            return Err(VendorError::Root);
        }
        builder = builder.tls_certs_only(roots);
    }
    builder = match config.proxy_url {
        Some(url) => builder.proxy(Proxy::all(url).map_err(|_| VendorError::ProxyUrl)?),
        None => builder.no_proxy(),
    };
    Ok((builder.build().map_err(VendorError::Tls)?, base))
}

/// A builder; reqwest is built without a TLS provider of its own.
pub(crate) fn builder() -> ClientBuilder {
    // `Err` = one is installed already, and the workspace has no other than this one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::builder()
}
