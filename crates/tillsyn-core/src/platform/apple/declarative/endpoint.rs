//! What `Endpoint` names.

/// One question of a device.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Tokens,
    Items,
    Status,
    /// `declaration/<kind>/<identifier>`: of a known kind, with an identifier.
    Declaration,
    Malformed,
}

const KINDS: [&str; 4] = ["activation", "asset", "configuration", "management"];

impl Endpoint {
    /// Split at the first two slashes only: an identifier may hold more of them.
    pub(super) fn parse(text: &str) -> Self {
        match text {
            "tokens" => return Self::Tokens,
            "declaration-items" => return Self::Items,
            "status" => return Self::Status,
            _ => {}
        }
        let mut parts = text.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("declaration"), Some(kind), Some(identifier))
                if KINDS.contains(&kind) && !identifier.is_empty() =>
            {
                Self::Declaration
            }
            _ => Self::Malformed,
        }
    }
}
