//! Configuration profiles: the enrollment profile that the server makes, and what can be learned
//! from any profile. Signing and unwrapping is done elsewhere; this reads and writes plain plists.

mod enrollment;
mod info;
mod mdm;
mod parse;
mod root;
mod scep;

pub use enrollment::{EnrollmentProfile, PayloadScope};
pub use info::ProfileInfo;
pub use mdm::{EnrollmentMode, MdmPayload, capability};
pub use parse::parse_profile;
pub use root::RootPayload;
pub use scep::{ScepPayload, common_name};

#[cfg(test)]
mod tests;
