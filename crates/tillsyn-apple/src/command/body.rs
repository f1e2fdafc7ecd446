use plist::Dictionary;

use crate::WireError;
use crate::fields::Build;

/// The keys of a command beside `RequestType`.
pub(crate) trait Shape: Sized {
    fn write(&self, build: Build) -> Build;
    fn read(dict: &Dictionary) -> Result<Self, WireError>;
}

/// What the schema demands beyond types, and whether the parameters hold a secret.
pub(crate) trait Rules {
    fn check(&self) -> Result<(), WireError> {
        Ok(())
    }

    fn carries_secret(&self) -> bool {
        false
    }
}
