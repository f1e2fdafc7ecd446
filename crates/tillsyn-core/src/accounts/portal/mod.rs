//! A person's own account: it has the machinery of every account and reaches nothing but the portal.

mod enter;

pub use enter::{OwnDevice, Signed, SignedPerson, own_devices, resume};

/// The role of an account that is nothing but a person's own. It holds no right, and no administrator gives it.
pub const ROLE: &str = "portal";
