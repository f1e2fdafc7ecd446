//! A person's own account: it has the machinery of every account and reaches nothing but the portal.

mod address;
mod admin;
mod enter;
mod language;
mod link;
mod own;
mod settings;
mod source;

pub(in crate::accounts) use address::settled_in;
pub(crate) use address::{readdressed_in, tell_former};
pub use admin::{
    OwnAccount, TemporaryPassword, own_account, reset_own_account, set_temporary_password,
};
pub(crate) use admin::{close_in, end_sessions_in, forget_in};
pub use enter::{OwnDevice, Signed, SignedPerson, own_devices, resume};
pub use language::set_own_language;
pub use link::{
    PersonProof, PortalLink, forgotten, link, needs_password, open_for_person, proof_of_attempt,
    proven, send_link, take_link,
};
pub(in crate::accounts) use own::{ensure_in, vouched_in};
pub(in crate::accounts) use settings::expire_in;
pub use settings::{PortalSignIn, portal_sign_in, set_portal_sign_in};
pub(crate) use source::directory_away;
pub use source::{Answer, PasswordSource, confirm, confirms_elsewhere, sign_in};

/// The role of an account that is nothing but a person's own. It holds no right, and no administrator gives it.
pub const ROLE: &str = "portal";
