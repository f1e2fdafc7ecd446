//! How a certificate is asked for.

/// The protocol, and whether somebody vouches for the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Scep,
    /// The key lives in the device's hardware, but nobody vouches for it.
    Acme,
    /// Apple vouches for the device and its key.
    AcmeAttested,
}

impl Method {
    pub const ALL: [Self; 3] = [Self::Scep, Self::Acme, Self::AcmeAttested];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scep => "scep",
            Self::Acme => "acme",
            Self::AcmeAttested => "acme_attested",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }

    pub(crate) fn is_acme(self) -> bool {
        self != Self::Scep
    }
}
