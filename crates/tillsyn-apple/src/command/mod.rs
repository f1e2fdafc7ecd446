//! Commands: what the server answers to a poll. One file per `RequestType`.

pub mod capability;
mod device_information;
mod device_lock;
mod envelope;
mod erase_device;
mod install_profile;
mod pin;
mod profile_list;
pub mod queries;
mod remove_profile;
mod request;
mod request_type;
mod security_info;

pub use device_information::DeviceInformation;
pub use device_lock::DeviceLock;
pub use envelope::Command;
pub use erase_device::{EraseDevice, ObliterationBehavior, ReturnToService};
pub use install_profile::InstallProfile;
pub use pin::Pin;
pub use profile_list::ProfileList;
pub use remove_profile::RemoveProfile;
pub use request::Request;
pub use request_type::RequestType;
pub use security_info::SecurityInfo;

#[cfg(test)]
mod tests;
