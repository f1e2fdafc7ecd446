//! Apple's call that removes an activation lock with a bypass code: mutual TLS with the push certificate.
//!
//! Source: Apple, "Creating and using bypass codes".

mod client;

pub use client::{ActivationLockClient, Passed, Unlock, UnlockOutcome};

pub use crate::vendor::{VendorConfig as ActivationLockConfig, VendorError as ActivationLockError};
