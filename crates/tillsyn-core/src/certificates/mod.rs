//! Device certificates: how they are asked for, what was issued, when they are renewed, and what is revoked.

mod authorities;
mod crl;
pub(crate) mod issue;
pub(crate) mod life;
mod method;
pub(crate) mod renewal;
mod revoke;
mod setting;
mod view;

pub use authorities::{AuthorityUse, OwnAuthority, first_end, own_authorities};
pub use crl::{Issuer, revocation_list};
pub use life::{CertificateStatus, status};
pub use method::Method;
pub use renewal::renew_now;
pub use revoke::{Consequence, Revocation, consequence, revoke};
pub use setting::{DeviceIdentity, IdentityMethod, device_identity, set_device_identity};
pub use view::{
    CertificateFilter, CertificateView, certificate, late_count, list_certificates, of_device,
};
