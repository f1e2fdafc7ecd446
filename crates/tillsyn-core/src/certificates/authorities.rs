//! Our own authorities as people see them: never their keys.

use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::KeyKind;

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::org;

/// What an authority is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorityUse {
    /// Issues the identities of devices.
    Devices,
    /// Issues certificates for networks and mail.
    Networks,
    /// Signs the authority below it and is handed out with profiles.
    SigningRoot,
    /// Signs profiles.
    Profiles,
    /// What SCEP clients encrypt to.
    Scep,
    /// Signs the audit trail.
    Audit,
}

/// One authority of ours.
#[derive(Clone, Debug)]
pub struct OwnAuthority {
    pub used_for: AuthorityUse,
    pub subject: String,
    /// `RSA 2048`, `P-256` …
    pub algorithm: String,
    pub sha256: String,
    pub not_before: i64,
    pub not_after: i64,
    /// How many it issued; `None` for what issues nothing that is counted.
    pub issued: Option<i64>,
}

/// All, in the order of their weight, for whoever may see certificates and reaches the whole organisation. Counts
/// what was issued, which reads an index as long as that.
pub async fn own_authorities(core: &Core, actor: &Actor) -> Result<Vec<OwnAuthority>, Error> {
    const DEVICES: &str = "SELECT count(*) FROM certificate";
    const NETWORKS: &str = "SELECT count(*) FROM credential WHERE certificate_sha256 IS NOT NULL";
    may(actor, Permission::DevicesRead)?;
    let root = org::root(core).await?;
    if !actor.reaches(&root.path) {
        return Ok(Vec::new());
    }
    let ours = core.authorities();
    let devices = count(core, DEVICES).await?;
    let networks = count(core, NETWORKS).await?;
    let mut all = vec![
        view(
            AuthorityUse::Devices,
            &ours.device_ca.certificate,
            Some(devices),
        ),
        view(
            AuthorityUse::Networks,
            &ours.network_ca.certificate,
            Some(networks),
        ),
    ];
    let roots = ours.signer_chain.iter();
    all.extend(roots.map(|root| view(AuthorityUse::SigningRoot, root, None)));
    all.extend([
        view(
            AuthorityUse::Profiles,
            &ours.profile_signer.certificate,
            None,
        ),
        view(AuthorityUse::Scep, &ours.scep_ra.certificate, None),
        view(AuthorityUse::Audit, &ours.audit.certificate, None),
    ]);
    Ok(all)
}

/// When the first of our authorities ends.
pub fn first_end(core: &Core) -> i64 {
    let ours = core.authorities();
    let signers = [
        &ours.device_ca,
        &ours.scep_ra,
        &ours.profile_signer,
        &ours.network_ca,
        &ours.audit,
    ];
    let ends = signers
        .iter()
        .map(|signer| signer.certificate.not_after_ms());
    ends.min().unwrap_or_default()
}

async fn count(core: &Core, sql: &'static str) -> Result<i64, Error> {
    let row = core.db().query_optional(sql, args![]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

fn view(used_for: AuthorityUse, certificate: &Certificate, issued: Option<i64>) -> OwnAuthority {
    OwnAuthority {
        used_for,
        subject: certificate.subject_text(),
        algorithm: match certificate.public_key().kind() {
            KeyKind::Rsa { bits } => format!("RSA {bits}"),
            KeyKind::P256 => "P-256".to_owned(),
            KeyKind::P384 => "P-384".to_owned(),
            KeyKind::Other => String::new(),
        },
        sha256: certificate.sha256_hex(),
        not_before: certificate.not_before_ms(),
        not_after: certificate.not_after_ms(),
        issued,
    }
}
