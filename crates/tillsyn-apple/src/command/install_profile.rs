use std::fmt;

use plist::{Dictionary, Value};

use super::body::{Rules, Shape};
use crate::WireError;
use crate::fields::{Build, Read};

/// `InstallProfile`: a profile as bytes, plain or signed.
// Apple schema mdm/commands/profile.install.yaml
#[derive(Clone, PartialEq, Eq)]
pub struct InstallProfile {
    pub payload: Vec<u8>,
}

impl Shape for InstallProfile {
    fn write(&self, build: Build) -> Build {
        build.set("Payload", Value::Data(self.payload.clone()))
    }

    fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            payload: dict.data("Payload")?,
        })
    }
}

impl Rules for InstallProfile {
    // A profile may hold passwords and keys.
    fn carries_secret(&self) -> bool {
        true
    }
}

impl fmt::Debug for InstallProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstallProfile({} bytes)", self.payload.len())
    }
}
