//! Bringing devices to what they are to have.

pub(crate) mod request;
