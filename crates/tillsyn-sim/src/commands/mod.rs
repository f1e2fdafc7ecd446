//! How a device obeys. The commands about applications, books and media are answered with "not a
//! valid request type", as is everything unknown.

mod activation_lock;
mod answer;
mod declarative;
mod device_information;
mod device_lock;
mod erase_device;
mod facts;
mod install_profile;
mod lists;
mod lost_mode;
mod mac_passwords;
mod os_updates;
mod passcode;
mod perform;
mod power;
mod profile_list;
mod remove_profile;
mod rules;
mod security_info;
mod services;
mod settings;
mod setup;
mod users;

#[cfg(test)]
mod tests;
