//! The enrollment pages as a person's browser meets them.

mod alone;
mod begin;
mod browser;
mod home;
mod my_device;
mod causes;
mod consent;
mod hand_over;
mod own_devices;
mod sign_in;
mod steps;
