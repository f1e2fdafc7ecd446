//! Which of a device's queues are meant.

use std::fmt;

/// The device, one of its users, or all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Channel {
    #[default]
    Device,
    /// The user channel of this id.
    User(String),
    /// Every user channel of the device.
    Users,
}

impl Channel {
    /// Reads `device`, `user:<id>` or `users`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "device" => Some(Self::Device),
            "users" => Some(Self::Users),
            text => text
                .strip_prefix("user:")
                .filter(|id| !id.is_empty() && id.len() <= 200)
                .map(|id| Self::User(id.to_owned())),
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device => f.write_str("device"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Users => f.write_str("users"),
        }
    }
}
