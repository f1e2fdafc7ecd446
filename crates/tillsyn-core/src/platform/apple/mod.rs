//! Apple: check-ins and polls of devices, their identity certificates, and how commands and facts look on
//! Apple's wire. Codec types appear nowhere else in core.

mod answer;
mod authenticate;
mod capability;
mod check_in;
mod check_out;
mod encode;
mod enrollment_profile;
mod facts;
mod identity;
mod poll;
mod profile;
mod record;
mod scep;
mod sender;
mod token_update;

pub use answer::DeviceAnswer;
pub use check_in::check_in;
pub use identity::{
    DeviceCertificate, IdentityCache, SignatureRefusal, introduce, verify_signature,
};
pub use poll::poll;
pub use profile::{UploadedProfile, read_profile};
pub use scep::{ScepAnswer, ca_caps, ca_certificates, pki_operation};

pub(crate) use capability::{check_capability, lock_pin};
pub(crate) use enrollment_profile::{ProfileInput, enrollment_profile, profile_identifier};
