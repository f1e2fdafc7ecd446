//! A person's way through enrollment: terms and consent, from one device to another, without an invitation, and
//! what went wrong in their own words.

mod consent;
mod correct;
mod hand_over;
mod mac_account;
mod own_devices;
mod own_policy;
mod proof;
mod reenroll;
mod sweep;
mod told;

pub use consent::{Consent, ConsentAsked, Shown, ask_consent, give_consent};
pub use correct::correct_platform;
pub use hand_over::{HandOver, HandedOver, forgive, make_hand_over, take_over};
pub use mac_account::mac_account_is_managed;
pub use own_devices::{OwnInvitation, invite_oneself};
pub use own_policy::{
    OwnDevices, OwnDevicesView, Ownership, own_devices, set_own_devices, set_unit_own_devices,
    somebody_brings_devices, unit_own_devices,
};
pub use proof::Proof;
pub use reenroll::invite_again;
pub use told::{TOLD, decline, is_told, report_wrong_platform, tell_failure};

pub(crate) use consent::{consent_in, still_given_in};
pub(crate) use own_devices::may_take_another_in;
pub(crate) use reenroll::is_meant_in;
pub(crate) use sweep::sweep;
