//! The enrollment pages as a person's browser meets them.

mod begin;
mod browser;
mod home;
mod my_device;
mod steps;
