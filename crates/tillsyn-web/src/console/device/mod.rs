//! One device: why is it so, what next, and the acts on it.

mod acts;
mod build;
mod dialog;
mod forwarding;
mod guarded;
mod install_profile;
mod inventory;
mod items;
mod lock;
mod page;
mod parts;
mod refresh;
mod remove_profile;
mod send;
mod show;

pub use forwarding::{Elsewhere, ForwardCard};
pub use inventory::{
    AppRow, ChangeRow, InstalledCertificateRow, InventoryTab, QuestionRow, UpdateRow, UserRow,
    certificate_status, question,
};
pub use items::{CommandLine, ItemRow, ItemsTab, Proof, WhyLine};
pub use page::{
    Act, Acts, Callout, CommandEntry, Deadline, DevicePage, DeviceTab, EnrollmentLine, Fact,
    FactValue, Hop, Identity, ProfileRow, SecurityFact, StripFigure,
};

pub use send::{SendFamily, SendField, SendKind, SendOnePage, SendPage, SendRow};

pub(super) use forwarding::{forward, forward_no_more};
pub(super) use guarded::{erase, erase_dialog, retire, retire_dialog};
pub(super) use install_profile::install_profile;
pub(super) use items::{check_profiles, target_href};
pub(super) use lock::{lock, lock_dialog};
pub(super) use refresh::refresh;
pub(super) use remove_profile::remove_profile;
pub(super) use send::{send, send_form, send_list};
pub(super) use show::{
    commands, facts, history, inventory, profiles, security, summary, summary_with,
};
