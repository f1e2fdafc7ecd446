//! `/portal/me`: who one is here, the language, and how one comes in.

mod acts;
mod page;
mod show;

pub use page::{MePage, MySession, OwnPasskey, PortalAppPage, PortalCodesPage};

pub(super) use acts::{
    add_passkey, app_form, ask_passkey, begin_app, change_password, confirm_app, end_others,
    end_session, new_codes, remove_app, remove_passkey, set_language,
};
pub(super) use show::show;
