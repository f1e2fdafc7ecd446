//! The enrollment pages as a person's browser meets them.

mod alone;
mod begin;
mod browser;
mod causes;
mod consent;
mod hand_over;
mod home;
mod my_device;
mod own_devices;
mod sign_in;
mod steps;
