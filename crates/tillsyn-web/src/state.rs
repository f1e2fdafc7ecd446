//! What every handler gets: the product and the settings of the web layer.

use std::net::IpAddr;
use std::sync::Arc;

use tillsyn_core::Core;

/// Settings of the web layer.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Proxies whose `X-Forwarded-For` is believed; empty means the socket's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether the listeners speak TLS (or stand behind a proxy that does): cookies are then `Secure`
    /// with the `__Host-` prefix and HSTS is sent. Off only for clear text on loopback.
    pub secure: bool,
    /// A demo: two personas can be chosen at sign-in without a password.
    pub demo: bool,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self { trusted_proxies: Vec::new(), secure: true, demo: false }
    }
}

/// Shared by all routers. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub core: Core,
    pub config: Arc<WebConfig>,
}

impl AppState {
    pub fn new(core: Core, config: WebConfig) -> Self {
        Self { core, config: Arc::new(config) }
    }
}
