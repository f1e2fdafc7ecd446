//! The enrollment pages as a person's browser meets them.

mod begin;
mod browser;
mod steps;
