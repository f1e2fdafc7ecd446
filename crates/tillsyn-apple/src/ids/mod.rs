//! Identifiers of the protocol, each its own type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Sensitive, WireError};

/// `UserID` of every Shared iPad user; the short name tells them apart.
// Apple schema mdm/checkin/tokenupdate.yaml, key UserID
pub const SHARED_IPAD_USER_ID: &str = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";

/// Longest identifier we take from a device.
const MAX_LEN: usize = 255;

fn checked(value: &str, what: &'static str) -> Result<(), WireError> {
    if value.is_empty() {
        return Err(WireError::malformed(format!("{what} is empty")));
    }
    if value.len() > MAX_LEN {
        return Err(WireError::TooLarge {
            what,
            limit: MAX_LEN,
        });
    }
    if value.chars().any(char::is_control) {
        return Err(WireError::malformed(format!(
            "{what} holds control characters"
        )));
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes 1 to 255 bytes without control characters; the shape is not checked.
            pub fn new(value: impl Into<String>) -> Result<Self, WireError> {
                let value = value.into();
                checked(&value, stringify!($name))?;
                Ok(Self(value))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = WireError;
            fn from_str(value: &str) -> Result<Self, WireError> {
                Self::new(value)
            }
        }

        impl TryFrom<String> for $name {
            type Error = WireError;
            fn try_from(value: String) -> Result<Self, WireError> {
                Self::new(value)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

id! {
    /// The device's `UDID`. Opaque: length and dashes vary by model.
    Udid
}
id! {
    /// `EnrollmentID` of a User Enrollment. It is new at each enrollment and never a device key.
    EnrollmentIdApple
}
id! {
    /// `UserID`: a directory GUID, or [`SHARED_IPAD_USER_ID`].
    UserId
}
id! {
    /// `EnrollmentUserID` of a User Enrollment on macOS.
    EnrollmentUserId
}
id! {
    /// `CommandUUID`. Opaque; the device repeats it byte for byte.
    CommandUuid
}
id! {
    /// Push topic, `com.apple.mgmt.…`.
    Topic
}

impl Topic {
    /// True for topics that a push certificate for device management can have.
    pub fn is_management(&self) -> bool {
        self.0
            .strip_prefix("com.apple.mgmt.")
            .is_some_and(|rest| !rest.is_empty())
    }
}

/// `PushMagic`: whoever knows it can wake the device.
#[derive(Clone, PartialEq, Eq)]
pub struct PushMagic(Sensitive<String>);

impl PushMagic {
    pub fn new(value: impl Into<String>) -> Result<Self, WireError> {
        let value = value.into();
        checked(&value, "PushMagic")?;
        Ok(Self(Sensitive::new(value)))
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for PushMagic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushMagic([redacted])")
    }
}

/// `Token`: the binary push token of one channel.
#[derive(Clone, PartialEq, Eq)]
pub struct PushToken(Vec<u8>);

impl PushToken {
    /// APNs tokens have no fixed length; 1 to 512 bytes are taken.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, WireError> {
        const LIMIT: usize = 512;
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Err(WireError::malformed("Token is empty"));
        }
        if bytes.len() > LIMIT {
            return Err(WireError::TooLarge {
                what: "Token",
                limit: LIMIT,
            });
        }
        Ok(Self(bytes))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Lower-case hex, as APNs wants it in the path.
    pub fn to_hex(&self) -> String {
        const DIGITS: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
        ];
        self.0
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 0x0f])
            .filter_map(|nibble| DIGITS.get(usize::from(nibble)))
            .collect()
    }
}

impl fmt::Debug for PushToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushToken([redacted], {} bytes)", self.0.len())
    }
}

/// Which channel of an enrollment a message belongs to; written `device` or `user:<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ChannelName {
    Device,
    User(String),
}

impl ChannelName {
    pub fn is_device(&self) -> bool {
        matches!(self, Self::Device)
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device => f.write_str("device"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

impl FromStr for ChannelName {
    type Err = WireError;
    fn from_str(value: &str) -> Result<Self, WireError> {
        match value.strip_prefix("user:") {
            Some(id) if !id.is_empty() => Ok(Self::User(id.to_owned())),
            None if value == "device" => Ok(Self::Device),
            _ => Err(WireError::malformed("channel name")),
        }
    }
}

impl TryFrom<String> for ChannelName {
    type Error = WireError;
    fn try_from(value: String) -> Result<Self, WireError> {
        value.parse()
    }
}

impl From<ChannelName> for String {
    fn from(value: ChannelName) -> String {
        value.to_string()
    }
}

#[cfg(test)]
mod tests;
