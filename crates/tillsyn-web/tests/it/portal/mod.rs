//! The enrollment pages as a person's browser meets them.

mod again;
mod alone;
mod begin;
mod browser;
mod causes;
mod consent;
mod hand_over;
mod home;
mod ledger;
mod mac;
mod my_device;
mod own_devices;
mod remedies;
mod sign_in;
mod steps;
