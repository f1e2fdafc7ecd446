//! Certificates of devices: the list, one of them, renewing and revoking.

mod list;
mod page;
mod renew;
mod revoke;
mod show;
mod words;

pub use page::{CertificatePage, CertificateRow, CertificatesPage, RevokeForm};

pub(super) use list::{list, of_device};
pub(super) use renew::renew;
pub(super) use revoke::revoke;
pub(super) use show::show;
