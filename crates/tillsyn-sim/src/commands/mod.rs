//! How a device obeys. One file per `RequestType`; the rest of the world of commands is answered
//! with "not a valid request type", as a device does.

mod answer;
mod device_information;
mod device_lock;
mod erase_device;
mod facts;
mod install_profile;
mod perform;
mod profile_list;
mod remove_profile;
mod security_info;

#[cfg(test)]
mod tests;
