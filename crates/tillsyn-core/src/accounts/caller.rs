use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tillsyn_pki::hash;
use zeroize::Zeroizing;

/// Where somebody asks to come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Door {
    /// Of administrators.
    #[default]
    Console,
    /// Of people.
    Portal,
}

impl Door {
    /// What failures at it are counted as: those at one close nobody out at the other.
    pub(super) fn subject(self) -> &'static str {
        match self {
            Self::Console => "account",
            Self::Portal => "portal",
        }
    }
}

/// Who asks to come in, as the listener saw them.
#[derive(Clone, Default)]
pub struct Caller {
    pub door: Door,
    pub address: Option<String>,
    /// What the browser says it is: for the list of sessions.
    pub user_agent: Option<String>,
    /// What this browser was given at an earlier right sign-in.
    pub known: Option<Zeroizing<String>>,
}

/// Longer ones are cut: nobody reads them.
const USER_AGENT: usize = 300;

impl Caller {
    /// The same, at another door.
    #[must_use]
    pub fn at(self, door: Door) -> Self {
        Self { door, ..self }
    }

    pub(super) fn user_agent(&self) -> Option<String> {
        let text = self.user_agent.as_deref()?;
        Some(text.chars().take(USER_AGENT).collect())
    }

    pub(super) fn known_hash(&self) -> Option<String> {
        let known = self.known.as_deref()?;
        Some(hash::sha256_hex(known.as_bytes()))
    }

    pub(super) fn address_subject(&self) -> String {
        let address = self.address.as_deref().unwrap_or("unknown");
        format!("address:{}", network_of(address))
    }
}

/// What one subscriber has of the internet: an IPv4 address, or the /64 of an IPv6 address, out of which they could
/// take another address for each guess (RFC 6177 §2).
pub(crate) fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(ip) => ip.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// The network that an address is of, as providers hand them out: /24 of IPv4, /48 of IPv6.
pub(crate) fn prefix_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        Err(_) => address.to_owned(),
    }
}

/// Somebody of whom only the address is known.
impl From<Option<String>> for Caller {
    fn from(address: Option<String>) -> Self {
        Self {
            address,
            ..Self::default()
        }
    }
}
