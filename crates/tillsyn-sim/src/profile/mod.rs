//! Profiles as a device reads them: out of their signature, checked rule by rule.

mod acme;
mod enrollment;
mod signed;
mod stored;
mod update;

pub use enrollment::EnrollmentProfile;
pub use stored::StoredProfile;

pub(crate) use acme::{AcmeKey, AcmeSettings};
pub(crate) use enrollment::{BOOTSTRAP_TOKEN, IdentitySettings, PER_USER, ScepSettings, read_scep};
pub(crate) use signed::unwrap;
pub(crate) use update::check_update;

#[cfg(test)]
mod tests;
