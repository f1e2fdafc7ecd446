//! Configuration profiles: the enrollment profile that the server makes, and what can be learned
//! from any profile. Signing and unwrapping is done elsewhere; this reads and writes plain plists.

mod acme;
pub mod catalogue;
pub mod check;
pub mod conflicts;
mod enrollment;
#[cfg(any(test, feature = "testing"))]
pub mod generate;
mod identity;
mod info;
mod mdm;
mod parse;
mod root;
mod scep;
mod subject;
pub mod support;
pub mod template;

pub use acme::{AcmeKeyType, AcmePayload, SubjectAltName};
pub use enrollment::{EnrollmentProfile, PayloadScope};
pub use identity::IdentityPayload;
pub use info::ProfileInfo;
pub use mdm::{EnrollmentMode, MdmPayload, capability};
pub use parse::parse_profile;
pub use root::RootPayload;
pub use scep::ScepPayload;
pub use subject::{Subject, common_name};
pub use template::Template;

#[cfg(test)]
mod generate_tests;
#[cfg(test)]
mod tests;
