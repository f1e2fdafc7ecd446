//! What kind of device, enrollment and rights a message or command is about.

mod access_rights;
mod device_facts;
mod os_version;
mod words;

pub use access_rights::AccessRights;
pub use device_facts::DeviceFacts;
pub use os_version::OsVersion;
pub use words::{EnrollmentType, Ownership, Platform};

#[cfg(test)]
mod tests;
