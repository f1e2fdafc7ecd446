//! What the configuration opens beyond the public internet, and which URLs can be a target at all.

use std::net::IpAddr;

use reqwest::Url;

use super::address::{contains, is_public};

/// Networks and host names that may be reached although they are not public. Empty: none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    networks: Vec<(IpAddr, u8)>,
    hosts: Vec<String>,
}

/// Why a URL can be no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTarget {
    #[error("not https:// and a host, or with a name, password or fragment")]
    Form,
    #[error("an address that is not of the public internet")]
    Private,
}

impl Allowed {
    /// Reads entries such as `10.20.0.0/16`, `fd00::/8`, `192.0.2.7` or `hooks.example.internal`; the
    /// error is the entry that is none of them.
    pub fn parse<T: AsRef<str>>(entries: &[T]) -> Result<Self, String> {
        let mut all = Self::default();
        for entry in entries {
            let text = entry.as_ref().trim();
            let (address, bits) = match text.split_once('/') {
                Some((address, bits)) => (address, Some(bits)),
                None => (text, None),
            };
            if let Ok(ip) = address.parse::<IpAddr>() {
                let whole = if ip.is_ipv4() { 32 } else { 128 };
                let bits = match bits {
                    Some(bits) => bits.parse::<u8>().ok().filter(|bits| *bits <= whole),
                    None => Some(whole),
                };
                all.networks
                    .push((ip, bits.ok_or_else(|| text.to_owned())?));
            } else if bits.is_none() && is_host(address) {
                all.hosts.push(address.to_ascii_lowercase());
            } else {
                return Err(text.to_owned());
            }
        }
        Ok(all)
    }

    /// Whether a connection to this address of this host may be made.
    pub fn permits(&self, host: &str, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || self.hosts.iter().any(|name| name == host)
            || self
                .networks
                .iter()
                .any(|(network, bits)| contains(*network, *bits, address))
    }

    /// What a URL alone tells; the addresses behind a name are checked when a connection is made.
    pub fn check_url(&self, text: &str) -> Result<(), NoTarget> {
        self.read_url(text).map(drop)
    }

    pub(super) fn read_url(&self, text: &str) -> Result<Url, NoTarget> {
        let url = Url::parse(text).map_err(|_| NoTarget::Form)?;
        let bare =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let host = url.host_str().unwrap_or_default();
        if url.scheme() != "https" || host.is_empty() || !bare {
            return Err(NoTarget::Form);
        }
        // An address in the URL is never resolved, so it is checked here.
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) if !self.permits(host, address) => Err(NoTarget::Private),
            _ => Ok(url),
        }
    }
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}
