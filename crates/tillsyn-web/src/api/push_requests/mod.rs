//! `/api/v1/push-requests`: requests for push certificates, made here.

pub(super) mod create;
pub(super) mod list;
pub(super) mod remove;
pub(super) mod show;
pub(super) mod sign;
pub(super) mod take_signed;
mod views;
