//! Apple: check-ins and polls of devices, their identity certificates, and how commands and facts look on
//! Apple's wire. Codec types appear nowhere else in core.

pub mod acme;
mod answer;
mod authenticate;
mod bootstrap_token;
mod capability;
mod check_in;
mod check_out;
mod choose;
mod declarative;
mod document;
mod encode;
mod enrollment_profile;
mod escrowed;
mod facts;
mod first_contact;
mod get_token;
mod identity;
mod install;
mod moved_check_in;
mod parameters;
mod poll;
mod powers;
mod profile;
mod raw;
mod record;
mod return_to_service;
mod scep;
mod sender;
mod token_update;
mod user_authenticate;

pub use answer::DeviceAnswer;
pub use check_in::check_in;
pub use choose::choose;
pub use declarative::is_status_report;
pub use get_token::{TokenProvider, TokenRefusal, TokenRequest};
pub use identity::{
    DeviceCertificate, IdentityCache, SignatureRefusal, StreamedBody, Unproven, accept_certificate,
    introduce, verify_signature, verify_streamed,
};
pub use moved_check_in::take_in;
pub use poll::{poll, poll_oversize};
pub use profile::{UploadedProfile, read_profile};
pub use scep::{ScepAnswer, ScepAuthority, ca_caps, ca_certificates, pki_operation};

pub(crate) use capability::{Told, check_capability, check_type, lock_pin, own_profile_unknown};
pub(crate) use document::{Clash, Document};
pub(crate) use enrollment_profile::{
    Credential, ProfileInput, announced, enrollment_profile, profile_identifier,
};
pub(crate) use escrowed::{check_escrow_in, check_escrowed_in, sets_secret};
pub(crate) use install::{ProfileCache, preview};
pub(crate) use powers::powers;
pub(crate) use raw::{command_uuid, read_raw};
