//! A profile as people edit it: a plain property list that keeps the order of its keys, with
//! variables in its texts and secrets that are shown masked.
//!
//! Values of variables join the tree, never its text: whatever they hold, they stay one string.

mod credentials;
mod diff;
mod path;
mod secret_keys;
mod secrets;
mod tree;
mod variables;

pub(in crate::profile) use credentials::is_credential;
pub use credentials::{CertificateNames, CredentialMethod, CredentialUse, ROOT_MARKER};
pub use diff::{Change, ChangeKind};
pub use path::{KeyPath, Step};
pub use secret_keys::is_secret_key;
pub use tree::Template;
pub use variables::{Missing, VariableUse};
pub(in crate::profile) use variables::{has_variable, whole_variable};

#[cfg(test)]
mod tests;
