//! Settings: push certificates and API tokens.

mod guard;
mod inventory;
mod own_devices;
mod page;
mod push;
mod push_acts;
mod push_requests;
mod push_vendor;
mod push_words;
mod revoke_token;
mod self_service;
mod tokens;
mod upload;

pub use guard::{FreezeRow, GuardFigure, GuardPage, UnitForm, UnitRow};
pub use inventory::InventoryPage;
pub use page::{
    CheckLine, CreatedToken, LadderStep, PastLine, PushCertificate, PushLine, PushNewPage,
    PushPage, PushRequestPage, PushVendorPage, Refusal, Report, TokenRow, TokensPage, VendorFacts,
};

pub use own_devices::OwnDevicesForm;
pub use self_service::{ActRow, LevelChoice, SelfServicePage};

pub(super) use guard::{change_guard, change_unit, guard_page, stop_everything, unfreeze};
pub(super) use inventory::{change_inventory, inventory_page};
pub(super) use own_devices::change_own_devices;
pub(super) use push::{push_page, push_topic_page};
pub(super) use push_acts::{edit_push, rehearse_push, resume_push};
pub(super) use push_requests::{
    create_push_request, delete_push_request, push_new_page, push_request_csr, push_request_file,
    push_request_page, sign_push_request, take_signed_push_request,
};
pub(super) use push_vendor::{push_vendor_page, remove_push_vendor, set_push_vendor};
#[cfg(any(test, feature = "testing"))]
pub(super) use push_words::check;
pub(super) use revoke_token::revoke_token;
#[cfg(any(test, feature = "testing"))]
pub(super) use self_service::rows as self_service_rows;
pub(super) use self_service::{change_self_service, self_service_page};
pub(super) use tokens::{create_token, token_row, tokens_page};
pub(super) use upload::upload_push;
