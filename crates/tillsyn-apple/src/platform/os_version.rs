use std::fmt;
use std::str::FromStr;

use crate::WireError;

/// An operating system version, compared by number. Suffixes such as `(a)` are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OsVersion {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

impl OsVersion {
    pub const fn new(major: u32, minor: u32) -> Self {
        Self {
            major,
            minor,
            patch: 0,
        }
    }
}

impl FromStr for OsVersion {
    type Err = WireError;

    fn from_str(text: &str) -> Result<Self, WireError> {
        let malformed = || WireError::malformed("OS version");
        let numbers = text.split_whitespace().next().unwrap_or_default();
        let mut parts = numbers.split('.').map(|part| {
            let digits = part.split(|c: char| !c.is_ascii_digit()).next();
            digits.unwrap_or_default().parse::<u32>().ok()
        });
        let major = parts.next().flatten().ok_or_else(malformed)?;
        let minor = parts.next().flatten().unwrap_or(0);
        let patch = parts.next().flatten().unwrap_or(0);
        Ok(Self {
            major,
            minor,
            patch,
        })
    }
}

impl fmt::Display for OsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 {
            write!(f, ".{}", self.patch)?;
        }
        Ok(())
    }
}
