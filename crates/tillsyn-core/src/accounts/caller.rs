use tillsyn_pki::hash;
use zeroize::Zeroizing;

/// Who asks to come in, as the listener saw them.
#[derive(Clone, Default)]
pub struct Caller {
    pub address: Option<String>,
    /// What the browser says it is: for the list of sessions.
    pub user_agent: Option<String>,
    /// What this browser was given at an earlier right sign-in.
    pub known: Option<Zeroizing<String>>,
}

/// Longer ones are cut: nobody reads them.
const USER_AGENT: usize = 300;

impl Caller {
    pub(super) fn user_agent(&self) -> Option<String> {
        let text = self.user_agent.as_deref()?;
        Some(text.chars().take(USER_AGENT).collect())
    }

    pub(super) fn known_hash(&self) -> Option<String> {
        let known = self.known.as_deref()?;
        Some(hash::sha256_hex(known.as_bytes()))
    }

    pub(super) fn address_subject(&self) -> String {
        format!("address:{}", self.address.as_deref().unwrap_or("unknown"))
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
