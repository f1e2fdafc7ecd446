//! What every handler gets: the product and the settings of the web layer.

use std::net::IpAddr;
use std::sync::Arc;

use tillsyn_core::Core;
use tokio::sync::watch;

use crate::mail::MailWords;
use crate::server::ListenConfig;

/// Settings of the web layer.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Proxies whose `X-Forwarded-For` is believed; empty means the socket's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether the listeners speak TLS (or stand behind a proxy that does): cookies are then `Secure`
    /// with the `__Host-` prefix and HSTS is sent. Off only for clear text on loopback.
    pub secure: bool,
    /// What was opened, for the page that shows it.
    pub listeners: Vec<ListenConfig>,
    /// The configuration by key, without secrets, for the same page.
    pub settings: Vec<(String, String)>,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            secure: true,
            listeners: Vec::new(),
            settings: Vec::new(),
        }
    }
}

/// Shared by all routers. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub core: Core,
    pub config: Arc<WebConfig>,
    /// True once the server that serves this begins to stop.
    stopping: watch::Receiver<bool>,
}

impl AppState {
    pub fn new(core: Core, config: WebConfig) -> Self {
        core.set_mail_texts(Arc::new(MailWords));
        Self {
            core,
            config: Arc::new(config),
            stopping: watch::channel(false).1,
        }
    }

    /// The same, for handlers of a server that says through `stopping` when it begins to stop.
    pub(crate) fn served_until(mut self, stopping: watch::Receiver<bool>) -> Self {
        self.stopping = stopping;
        self
    }

    /// Completes when the server begins to stop: answers without an end must end then (security S83).
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.clone();
        async move {
            if stopping.wait_for(|stop| *stop).await.is_err() {
                // Nobody is left who could say it.
                std::future::pending::<()>().await;
            }
        }
    }
}
