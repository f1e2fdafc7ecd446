//! What the server asks of its devices by itself: after enrollment, then on schedule, and what became of it.
//!
//! Asking goes through the one door, so a device is asked only what it can answer; what may be known of it is
//! decided once more where the answer is taken in.

mod history;
mod kind;
mod lists;
mod refresh;
mod schedule;
mod setting;
#[cfg(test)]
mod tests;
mod view;

pub use history::{FactChange, fact_changes};
pub use kind::InventoryKind;
pub use refresh::{ask_several, refresh};
pub use setting::{InventorySettings, inventory_settings, set_inventory_settings};
pub use view::{
    AvailableUpdate, DeviceUser, InstalledApp, InstalledCertificate, InventoryItem, InventoryView,
    device_inventory,
};

pub(crate) use history::record_changes_in;
pub(crate) use lists::{
    Kept, Place, replace_apps_in, replace_certificates_in, replace_updates_in, replace_users_in,
};
pub(crate) use schedule::{adopt, ask_due, first_in, forget_in, note_answer_in};
