//! HTTP clients to vendors; base URLs come from configuration.
//!
//! A client says what the vendor answered and what that means for the caller. It keeps no
//! queue, makes no second attempt and reads no clock: those belong to the jobs that call it.

pub mod activation_lock;
pub mod apns;
