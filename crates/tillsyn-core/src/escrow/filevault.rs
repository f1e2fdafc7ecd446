//! Recovery keys of FileVault: our escrow certificate, and opening what Macs encrypt to it.

use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::issue::CaIdentity;
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::recovery_key::{self, RecoveryKey};

use crate::core::Core;
use crate::error::Error;
use crate::ids::new_uuid;
use crate::keys::KeyStore;
use crate::settings;

const KIND: &str = "filevault_escrow";
/// Its key is kept for as long as a Mac may have something that was made for it.
const DAYS: u32 = 3_650;
const LIST: &str = "SELECT id, certificate, key_sealed FROM authority WHERE kind = 'filevault_escrow' \
    AND retired_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 20";

/// The certificate that Macs encrypt their recovery keys to, PEM; `None` until the organisation decided to
/// keep them.
pub async fn filevault_certificate(core: &Core) -> Result<Option<String>, Error> {
    let row = core.db().query_optional(LIST, args![]).await?;
    row.map(|row| Ok(Certificate::from_der(&row.blob(1)?)?.to_pem()))
        .transpose()
}

/// The same as DER, for a command that is sent now.
pub(crate) async fn certificate_in(tx: &Tx) -> Result<Option<Vec<u8>>, Error> {
    let row = tx.fetch_optional(LIST, args![]).await?;
    Ok(row.map(|row| row.blob(1)).transpose()?)
}

/// Makes the certificate when there is none.
pub(crate) async fn ensure_certificate(core: &Core) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO authority (id, kind, certificate, key_sealed, not_after, \
        created_at) SELECT $1, 'filevault_escrow', $2, $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT) \
        WHERE NOT EXISTS (SELECT 1 FROM authority WHERE kind = 'filevault_escrow' \
        AND retired_at IS NULL)";
    if filevault_certificate(core).await?.is_some() {
        return Ok(());
    }
    let now_ms = core.now_ms();
    let name = settings::organisation(core).await?.name;
    // Made outside the transaction: RSA keys are slow.
    let made =
        recovery_key::create_escrow_identity("Tillsyn FileVault Escrow", &name, now_ms, DAYS)?;
    let id = new_uuid(now_ms).to_string();
    let key = made.key.to_pkcs8_der();
    let sealed = core.keys().seal(&key, "authority", "key_sealed", &id);
    let der = made.certificate.der().to_vec();
    let not_after = made.certificate.not_after_ms();
    core.db()
        .write(
            (id, der, sealed, not_after, now_ms),
            |tx, (id, der, sealed, not_after, now)| {
                Box::pin(async move {
                    let values = args![id.as_str(), der.clone(), sealed.clone(), *not_after, *now];
                    tx.execute(INSERT, values).await?;
                    Ok::<_, Error>(())
                })
            },
        )
        .await
}

/// Opens what a Mac sent; `None` when it was made for somebody else's certificate.
pub(super) async fn open_in(
    tx: &Tx,
    keys: &KeyStore,
    cms: &[u8],
) -> Result<Option<RecoveryKey>, Error> {
    let rows = tx.fetch_all(LIST, args![]).await?;
    let escrows = rows
        .iter()
        .map(|row| identity(keys, row))
        .collect::<Result<Vec<_>, _>>()?;
    match recovery_key::open_with_any(cms, &escrows) {
        Ok((key, _)) => Ok(Some(key)),
        Err(error) => {
            tracing::warn!(error = %error, escrow.kind = KIND, "a recovery key cannot be opened");
            Ok(None)
        }
    }
}

fn identity(keys: &KeyStore, row: &Row) -> Result<CaIdentity, Error> {
    let id = row.text(0)?;
    let key = keys.open(&row.blob(2)?, "authority", "key_sealed", &id)?;
    Ok(CaIdentity {
        certificate: Certificate::from_der(&row.blob(1)?)?,
        key: KeyPair::from_pkcs8_der(&key)?,
    })
}
