//! Simulated iPhones, iPads and Macs, written from Apple's documentation alone.
//!
//! A [`Device`] speaks real HTTP(S) to a server: it takes an invitation, installs the enrollment
//! profile, gets its certificate by SCEP, checks in and obeys commands, with the moods of real
//! devices (`NotNow`, lost replies, clocks that run behind, old digests, people who remove the
//! profile). It asserts every rule that the protocol sets for the server and records each breach
//! as a typed [`Violation`]. A [`Fleet`] keeps many of them alive; the [`fault_proxy`] proves that
//! the rules are really watched. Nothing here knows how Tillsyn's own server works.

mod acme;
mod attestation;
pub mod cli;
mod clock;
mod commands;
mod config;
mod device;
mod device_log;
mod error;
pub mod fault_proxy;
mod fleet;
mod invitation;
mod keys;
mod models;
mod network;
mod plists;
mod profile;
mod push;
mod rng;
mod scep;
mod violation;

pub use attestation::AttestationRoot;
pub use config::{
    Authentication, Behaviours, CertificateHeader, DeviceConfig, DeviceKind, PlistForm, Removal,
    Retry, Unattested,
};
pub use device::{
    ChannelToken, Declaration, Device, DeviceState, EnrollBy, Handled, LogIn, LostMode, Offered,
    RawAnswer, ReturnPolicy, Session, SessionEnd,
};
pub use device_log::DeviceLog;
pub use error::SimError;
pub use fleet::{Fleet, FleetConfig, FleetStats, Life, Mix, Pace, Source, Variety};

pub use invitation::{Attempt, AttemptStatus};
pub use keys::pool_key;
pub use network::{Network, NetworkConfig};
pub use profile::{EnrollmentProfile, StoredProfile};
pub use push::{Push, PushHub, follow_control_endpoint};
pub use violation::{Rule, Violation};
