//! Names become addresses here, and only those that may be reached: what is checked is what is connected
//! to, so an answer that changes later changes nothing.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::allowed::Allowed;

/// The addresses of a name, or why there are none.
pub type LookupAnswer = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Who is asked for the addresses of a name.
pub trait Lookup: Send + Sync {
    fn addresses(&self, host: &str) -> LookupAnswer;
}

/// The operating system's resolver.
pub(super) struct System;

impl Lookup for System {
    fn addresses(&self, host: &str) -> LookupAnswer {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The name leads where no request of ours may go.
#[derive(Debug, thiserror::Error)]
#[error("the name has an address that is not of the public internet")]
pub(super) struct Forbidden;

pub(super) struct Checked {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) allowed: Arc<Allowed>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_ascii_lowercase();
        let answer = self.lookup.addresses(&host);
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let found = answer.await?;
            // One that may not be reached spoils the others: it is no name of a public service.
            if !found.iter().all(|address| allowed.permits(&host, *address)) {
                return Err(Box::<dyn StdError + Send + Sync>::from(Forbidden));
            }
            // The port of the URL takes the place of 0.
            let addresses = found.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
