//! Authorities of others whose device certificates are accepted: for enrollments moved in from another
//! server, and, where an administrator says so, as the grant to enroll (security S30, S35).

mod manage;
mod trust;

pub use manage::{
    AuthorityView, NewAuthority, add_authority, change_authority, list_authorities,
    remove_authority,
};
pub use trust::TrustedAuthority;

pub(crate) use trust::{TrustStore, trusted};
