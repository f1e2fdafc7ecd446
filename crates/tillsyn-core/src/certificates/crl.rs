//! The revocation lists of the device CA and the network authority (RFC 5280): for proxies and others that cannot ask our own table,
//! which each request is checked against anyway.

use tillsyn_db::{Tx, args};
use tillsyn_pki::crl::{self, CrlRequest, Reason, Revoked};
use tillsyn_pki::hash;
use tillsyn_pki::issue::CaIdentity;

use crate::clock::{DAY_MS, HOUR_MS};
use crate::core::Core;
use crate::error::Error;
use crate::keys::{Authorities, NETWORK_CA_ID};

/// Where it is served.
pub(crate) const CRL_PATH: &str = "/apple/crl/device";

/// How long a list counts; a new one is made long before.
const LIFE_MS: i64 = 7 * DAY_MS;
/// A list without news is made again after this.
const AGE_MS: i64 = 12 * HOUR_MS;

/// Whose list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    Device,
    Network,
}

impl Issuer {
    /// By its name in addresses.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "device" => Some(Self::Device),
            "network" => Some(Self::Network),
            _ => None,
        }
    }

    fn id(self, authorities: &Authorities) -> &str {
        match self {
            Self::Device => &authorities.device_ca_id,
            Self::Network => NETWORK_CA_ID,
        }
    }

    fn identity(self, authorities: &Authorities) -> &CaIdentity {
        match self {
            Self::Device => &authorities.device_ca,
            Self::Network => &authorities.network_ca,
        }
    }
}

/// The list in DER: the stored one while it says everything, else a new one with the next number.
///
/// # Errors
/// Only when the store fails.
pub async fn revocation_list(core: &Core, issuer: Issuer) -> Result<Vec<u8>, Error> {
    let authorities = core.authorities();
    let fresh = core
        .db()
        .read(
            (authorities.clone(), issuer, core.now_ms()),
            |tx, (ours, issuer, now)| {
                Box::pin(async move { stored(tx, *issuer, ours, *now).await })
            },
        )
        .await?;
    if let Some(der) = fresh {
        return Ok(der);
    }
    core.db()
        .write(
            (authorities, issuer, core.now_ms()),
            |tx, (ours, issuer, now)| Box::pin(async move { renew(tx, *issuer, ours, *now).await }),
        )
        .await
}

async fn stored(
    tx: &Tx,
    issuer: Issuer,
    ours: &Authorities,
    now_ms: i64,
) -> Result<Option<Vec<u8>>, Error> {
    const DEVICE: &str = "SELECT der, made_at FROM revocation_list WHERE authority_id = $1 \
        AND made_at > $2 AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.authority_id = $1 \
        AND c.revoked_at >= revocation_list.made_at)";
    const NETWORK: &str = "SELECT der, made_at FROM revocation_list WHERE authority_id = $1 \
        AND made_at > $2 AND NOT EXISTS (SELECT 1 FROM credential_certificate c \
        WHERE c.revoked_at >= revocation_list.made_at)";
    let find = match issuer {
        Issuer::Device => DEVICE,
        Issuer::Network => NETWORK,
    };
    let row = tx
        .fetch_optional(find, args![issuer.id(ours), now_ms - AGE_MS])
        .await?;
    Ok(row.map(|row| row.blob(0)).transpose()?)
}

async fn renew(tx: &Tx, issuer: Issuer, ours: &Authorities, now_ms: i64) -> Result<Vec<u8>, Error> {
    const NUMBER: &str = "SELECT number FROM revocation_list WHERE authority_id = $1";
    // What has expired need not be listed any more.
    const REVOKED: &str = "SELECT serial_number, revoked_at, revoke_reason FROM certificate \
        WHERE authority_id = $1 AND revoked_at IS NOT NULL AND not_after > $2";
    const REVOKED_NETWORK: &str = "SELECT serial_number, revoked_at, revoke_reason \
        FROM credential_certificate WHERE revoked_at IS NOT NULL AND not_after > $1";
    const PUT: &str = "INSERT INTO revocation_list (authority_id, number, der, made_at, next_update) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (authority_id) DO UPDATE SET \
        number = excluded.number, der = excluded.der, made_at = excluded.made_at, \
        next_update = excluded.next_update";
    let authority = issuer.id(ours);
    // Another request or node was faster.
    if let Some(der) = stored(tx, issuer, ours, now_ms).await? {
        return Ok(der);
    }
    let last = tx.fetch_optional(NUMBER, args![authority]).await?;
    let number = last.map_or(Ok(0), |row| row.i64(0))? + 1;
    let rows = match issuer {
        Issuer::Device => tx.fetch_all(REVOKED, args![authority, now_ms]).await?,
        Issuer::Network => tx.fetch_all(REVOKED_NETWORK, args![now_ms]).await?,
    };
    let revoked = rows
        .iter()
        .map(|row| {
            Ok(Revoked {
                serial: hash::from_hex(&row.text(0)?).unwrap_or_default(),
                revoked_at_ms: row.i64(1)?,
                reason: reason(row.opt_text(2)?.as_deref()),
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let next_update = now_ms + LIFE_MS;
    let der = crl::build(
        issuer.identity(ours),
        &CrlRequest {
            number: u64::try_from(number).unwrap_or(1),
            this_update_ms: now_ms,
            next_update_ms: next_update,
            revoked: &revoked,
        },
    )?;
    let values = args![authority, number, der.as_slice(), now_ms, next_update];
    tx.execute(PUT, values).await?;
    Ok(der)
}

fn reason(stored: Option<&str>) -> Reason {
    match stored {
        Some("renewed") => Reason::Superseded,
        Some("enrollment_ended" | "removed") => Reason::CessationOfOperation,
        _ => Reason::Unspecified,
    }
}
