//! Certificates of our own network authority that profiles carry, for Wi-Fi, VPN and mail. They are not
//! identities of devices and never prove an enrollment: another key signs them, and they are stored apart.
//!
//! One credential is one payload of one profile on one channel. Its generation is part of what is desired:
//! renewing raises it, and the reconciler installs the profile once more.

mod authority;
mod challenge;
mod end;
mod generation;
mod installed;
mod issue;
mod renewal;
mod setting;

pub use authority::{NetworkAuthority, network_authority};
pub use setting::{NetworkCertificates, network_certificates, set_network_certificates};

pub(crate) use authority::SCEP_PATH;
pub(crate) use challenge::{Holder, NewChallenge, is_known_in, store_in};
pub(crate) use end::{end_channel_in, end_enrollment_in, end_items_in, sweep};
pub(crate) use generation::{Generations, generations_in, of_profile};
pub(crate) use installed::{installed_in, proved_in, refused_in};
pub(crate) use issue::{Names, NetworkIssue};
pub(crate) use renewal::run;
