//! The network authority, as those see it who have to trust it: RADIUS, VPN and mail servers.

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;

/// Where its revocation list is served.
pub(crate) const CRL_PATH: &str = "/apple/crl/network";
/// Where it takes requests.
pub(crate) const SCEP_PATH: &str = "/apple/scep/network";

/// What to give to a server that checks its certificates.
pub struct NetworkAuthority {
    /// PEM.
    pub certificate: String,
    pub sha256: String,
    pub subject: String,
    pub not_after: i64,
    pub scep_url: String,
    pub crl_url: String,
    /// Life of new certificates.
    pub days: u32,
}

/// The authority's public part.
///
/// # Errors
/// Forbidden without the permission to read devices.
pub async fn network_authority(core: &Core, actor: &Actor) -> Result<NetworkAuthority, Error> {
    may(actor, Permission::DevicesRead)?;
    let authorities = core.authorities();
    let certificate = &authorities.network_ca.certificate;
    let base = &core.config().public_url;
    Ok(NetworkAuthority {
        certificate: certificate.to_pem(),
        sha256: certificate.sha256_hex(),
        subject: certificate.subject_cn().unwrap_or_default(),
        not_after: certificate.not_after_ms(),
        scep_url: format!("{base}{SCEP_PATH}"),
        crl_url: format!("{base}{CRL_PATH}"),
        days: super::network_certificates(core).await?.days,
    })
}
