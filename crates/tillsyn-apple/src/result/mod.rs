//! What a device reports at `ServerURL`: a status, and the answer to a command.
//!
//! The readers treat an absent key as unknown, never as false: devices leave out what their
//! system, channel or enrollment does not allow.

mod command_result;
mod device_information;
mod device_lock;
mod error_chain;
mod fact;
mod profile_list;
mod security_info;
mod status;

pub use command_result::CommandResult;
pub use device_information::DeviceInformationResult;
pub use device_lock::{DeviceLockResult, MessageResult};
pub use error_chain::ErrorChainItem;
pub use fact::Fact;
pub use profile_list::{InstalledPayload, InstalledProfile, PROFILE_FACTS, ProfileListResult};
pub use security_info::SecurityInfoResult;
pub(crate) use security_info::security_fact_in_user_enrollment;
pub use status::Status;

#[cfg(test)]
mod tests;
