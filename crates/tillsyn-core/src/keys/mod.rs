//! The master key and what it seals: our certificate authorities and signers.
//!
//! Device CA (P-256), SCEP registration authority (RSA, because envelopes need RSA), and profile signer
//! are three keys; the device CA never signs profiles or TLS (security S33).

mod cells;
mod change;
mod nodes;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tillsyn_db::{Db, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, CaIdentity, KeyAlgorithm};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::seal::{KeyRing, MasterKey};
use zeroize::Zeroizing;

use crate::audit::memory;
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::ids::new_uuid;
use crate::settings;

/// Seals and opens secrets. The key itself comes from a file, the environment or a command, never from
/// the database.
#[derive(Clone)]
pub struct KeyStore(Arc<Held>);

struct Held {
    ring: KeyRing,
    /// Id of the key that seals: the newest, unless the database goes by an older one still.
    current: AtomicU32,
}

/// Fingerprint of the key that every node seals with.
const FINGERPRINT: &str = "master_key_fingerprint";

impl KeyStore {
    pub fn new(ring: KeyRing) -> Self {
        let current = AtomicU32::new(ring.newest().id());
        Self(Arc::new(Held { ring, current }))
    }

    /// Seals `plain` for one cell of the database.
    pub(crate) fn seal(&self, plain: &[u8], table: &str, column: &str, row: &str) -> Vec<u8> {
        self.current().seal(plain, table, column, row)
    }

    /// Opens what [`Self::seal`] made for the same cell.
    pub(crate) fn open(
        &self,
        sealed: &[u8],
        table: &str,
        column: &str,
        row: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        Ok(self.0.ring.open(sealed, table, column, row)?)
    }

    /// What recognises `plain` in one cell of the database, in lower-case hex; it tells nothing without the
    /// master key.
    pub(crate) fn keyed_hash(&self, plain: &[u8], table: &str, column: &str, row: &str) -> String {
        hash::hex(&self.current().keyed_hash(plain, table, column, row))
    }

    /// What [`Self::keyed_hash`] makes of it now, and made of it with older master keys: for finding it by its hash.
    pub(crate) fn keyed_hashes(
        &self,
        plain: &[u8],
        table: &str,
        column: &str,
        row: &str,
    ) -> Vec<String> {
        let keys = self.0.ring.keys();
        keys.map(|key| hash::hex(&key.keyed_hash(plain, table, column, row)))
            .collect()
    }

    /// Whether [`Self::keyed_hash`] made `stored` of the same, with this master key or an older one.
    pub(crate) fn is_keyed_hash(
        &self,
        stored: &str,
        plain: &[u8],
        table: &str,
        column: &str,
        row: &str,
    ) -> bool {
        self.0
            .ring
            .keys()
            .any(|key| hash::hex(&key.keyed_hash(plain, table, column, row)) == stored)
    }

    /// The key that seals; what it makes can be opened by whoever holds it.
    pub(crate) fn current(&self) -> &MasterKey {
        let ring = &self.0.ring;
        ring.key(self.0.current.load(Ordering::Acquire))
            .unwrap_or_else(|| ring.newest())
    }

    /// Id and fingerprint of all keys that are loaded, newest first.
    pub fn fingerprints(&self) -> Vec<(u32, String)> {
        let mut keys: Vec<(u32, String)> = self
            .0
            .ring
            .keys()
            .map(|key| (key.id(), key.fingerprint()))
            .collect();
        keys.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
        keys
    }

    /// Seals with the key of this fingerprint from now on. False where it is not loaded.
    fn follow(&self, fingerprint: &str) -> bool {
        let key = self
            .0
            .ring
            .keys()
            .find(|key| key.fingerprint() == fingerprint);
        if let Some(key) = key {
            self.0.current.store(key.id(), Ordering::Release);
        }
        key.is_some()
    }

    /// The key of this id and fingerprint, if it is loaded.
    pub(crate) fn of_fingerprint(&self, id: u32, fingerprint: &str) -> Option<&MasterKey> {
        self.0
            .ring
            .key(id)
            .filter(|key| key.fingerprint() == fingerprint)
    }

    /// Refuses a key that did not seal this database (S60), and seals with the one that it goes by.
    pub(crate) async fn check_against(&self, db: &Db) -> Result<(), Error> {
        const FIND: &str = "SELECT value FROM setting WHERE name = $1";
        let Some(row) = db.query_optional(FIND, args![FINGERPRINT]).await? else {
            return Err(Error::conflict(
                "not_initialised",
                "This database has no organisation yet; run `tillsyn init`.",
            ));
        };
        let stored: String = serde_json::from_str(&row.text(0)?).unwrap_or_default();
        if self.follow(&stored) {
            return Ok(());
        }
        Err(Error::conflict(
            "master_key_mismatch",
            "The master key does not belong to this database. Start with the key file that was made \
             when it was initialised.",
        ))
    }
}

pub use change::{Census, Resealed, census, change, reseal};
pub(crate) use nodes::report;
pub use nodes::{NodeKeys, behind, nodes};

/// Our authorities, opened.
pub struct Authorities {
    /// The device CA's row id, for issuance records.
    pub device_ca_id: String,
    /// Issues device identities.
    pub device_ca: CaIdentity,
    /// Registration authority that SCEP clients encrypt to.
    pub scep_ra: CaIdentity,
    /// Signs enrollment and configuration profiles.
    pub profile_signer: CaIdentity,
    /// Chain of the profile signer, below the signer.
    pub signer_chain: Vec<Certificate>,
    /// Issues certificates for networks and mail: never the identity of a device.
    pub network_ca: CaIdentity,
    /// What SCEP clients of the network authority encrypt to.
    pub network_ra: CaIdentity,
    /// The row id of what signs checkpoints of the audit trail.
    pub audit_id: String,
    /// Signs checkpoints of the audit trail.
    pub audit: CaIdentity,
}

const INSERT: &str = "INSERT INTO authority (id, kind, certificate, key_sealed, not_after, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const LIST: &str =
    "SELECT id, kind, certificate, key_sealed FROM authority WHERE retired_at IS NULL";

/// Ten years for the roots; signers below them are renewed long before.
const CA_DAYS: u32 = 3_650;

/// The network authority has ids that never differ, so that of two nodes that make it one wins.
const NETWORK: [(&str, &str); 2] = [(NETWORK_CA_ID, "network_ca"), ("network-ra", "network_ra")];
pub(crate) const NETWORK_CA_ID: &str = "network-ca";

/// Makes the network authority where an older release left none. Two nodes may try at once.
pub(crate) async fn ensure_network(db: &Db, keys: &KeyStore, now_ms: i64) -> Result<(), Error> {
    const FIND: &str = "SELECT id FROM authority WHERE kind = 'network_ra' AND retired_at IS NULL";
    if db.query_optional(FIND, args![]).await?.is_some() {
        return Ok(());
    }
    let organisation = organisation(db).await?;
    let made = tokio::task::spawn_blocking(move || NewNetwork::make(&organisation, now_ms))
        .await
        .map_err(|error| Error::internal("Making keys was interrupted.").caused_by(error))??;
    db.write((keys.clone(), made, now_ms), |tx, (keys, made, now)| {
        Box::pin(async move { network_in(tx, keys, made, *now).await })
    })
    .await
}

async fn organisation(db: &Db) -> Result<String, Error> {
    const NAME: &str = "SELECT value FROM setting WHERE name = $1";
    let row = db
        .query_optional(NAME, args![settings::ORGANISATION])
        .await?;
    let Some(row) = row else {
        return Ok(settings::Organisation::default().name);
    };
    let stored = serde_json::from_str::<settings::Organisation>(&row.text(0)?);
    Ok(stored.unwrap_or_default().name)
}

/// What signs the audit trail has an id that never differs: of two nodes that make it one wins.
const AUDIT_ID: &str = "audit";

/// Makes what signs the audit trail where there is none yet. Two nodes may try at once.
pub(crate) async fn ensure_audit(db: &Db, keys: &KeyStore, now_ms: i64) -> Result<(), Error> {
    const FIND: &str = "SELECT id FROM authority WHERE kind = 'audit' AND retired_at IS NULL";
    const PUT: &str = "INSERT INTO authority (id, kind, certificate, key_sealed, not_after, \
        created_at) VALUES ($1, 'audit', $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
    if db.query_optional(FIND, args![]).await?.is_some() {
        return Ok(());
    }
    let organisation = organisation(db).await?;
    let made = issue::create_statement_signer("Tillsyn Audit", &organisation, now_ms, CA_DAYS)?;
    let key = made.key.to_pkcs8_der();
    let sealed = keys.seal(&key, "authority", "key_sealed", AUDIT_ID);
    let der = made.certificate.der().to_vec();
    let input = (
        keys.clone(),
        der,
        sealed,
        made.certificate.not_after_ms(),
        now_ms,
    );
    db.write(input, |tx, (keys, der, sealed, end, now)| {
        Box::pin(async move {
            let values = args![AUDIT_ID, der.as_slice(), sealed.as_slice(), *end, *now];
            if tx.execute(PUT, values).await? > 0 {
                memory::begin_in(tx, keys, *now).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Stores it unless another node was faster.
async fn network_in(tx: &Tx, keys: &KeyStore, made: &NewNetwork, now_ms: i64) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO authority (id, kind, certificate, key_sealed, not_after, \
        created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    for ((id, kind), identity) in NETWORK.into_iter().zip([&made.ca, &made.ra]) {
        let certificate = &identity.certificate;
        let key = identity.key.to_pkcs8_der();
        let sealed = keys.seal(&key, "authority", "key_sealed", id);
        let (der, end) = (certificate.der(), certificate.not_after_ms());
        let stored = tx
            .execute(INSERT, args![id, kind, der, sealed, end, now_ms])
            .await?;
        // The registration authority belongs to the CA that won.
        if stored == 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Makes all authorities of a new installation, in the transaction that makes the organisation.
pub(crate) async fn create_in(
    tx: &Tx,
    keys: &KeyStore,
    made: &NewAuthorities,
    now_ms: i64,
) -> Result<(), Error> {
    for (kind, identity) in [
        ("device_ca", &made.device_ca),
        ("scep_ra", &made.scep_ra),
        ("signing_ca", &made.signing_ca),
        ("profile_signer", &made.profile_signer),
    ] {
        let id = new_uuid(now_ms).to_string();
        let key = identity.key.to_pkcs8_der();
        let sealed = keys.seal(&key, "authority", "key_sealed", &id);
        tx.execute(
            INSERT,
            args![
                id.as_str(),
                kind,
                identity.certificate.der(),
                sealed,
                identity.certificate.not_after_ms(),
                now_ms
            ],
        )
        .await?;
    }
    network_in(tx, keys, &made.network, now_ms).await?;
    settings::write_in(tx, FINGERPRINT, &keys.current().fingerprint(), now_ms).await
}

/// Freshly made authorities, before they are stored. Made outside the transaction: RSA keys are slow.
pub(crate) struct NewAuthorities {
    device_ca: CaIdentity,
    scep_ra: CaIdentity,
    signing_ca: CaIdentity,
    profile_signer: CaIdentity,
    network: NewNetwork,
}

/// The network authority and its registration authority, before they are stored.
struct NewNetwork {
    ca: CaIdentity,
    ra: CaIdentity,
}

impl NewNetwork {
    fn make(organisation: &str, now_ms: i64) -> Result<Self, Error> {
        let ca = issue::create_root_ca(
            "Tillsyn Network CA",
            organisation,
            now_ms,
            CA_DAYS,
            KeyAlgorithm::P256,
        )?;
        let ra = issue::create_ra(&ca, "Tillsyn Network SCEP", organisation, now_ms, CA_DAYS)?;
        Ok(Self { ca, ra })
    }
}

impl NewAuthorities {
    pub(crate) fn make(organisation: &str, now_ms: i64) -> Result<Self, Error> {
        let device_ca = issue::create_root_ca(
            "Tillsyn Device CA",
            organisation,
            now_ms,
            CA_DAYS,
            KeyAlgorithm::P256,
        )?;
        let scep_ra = issue::create_ra(&device_ca, "Tillsyn SCEP", organisation, now_ms, CA_DAYS)?;
        let signing_ca = issue::create_root_ca(
            "Tillsyn Signing CA",
            organisation,
            now_ms,
            CA_DAYS,
            KeyAlgorithm::P256,
        )?;
        let profile_signer =
            issue::create_signer(&signing_ca, organisation, organisation, now_ms, CA_DAYS)?;
        Ok(Self {
            device_ca,
            scep_ra,
            signing_ca,
            profile_signer,
            network: NewNetwork::make(organisation, now_ms)?,
        })
    }
}

impl Authorities {
    pub(crate) async fn load(db: &Db, keys: &KeyStore) -> Result<Self, Error> {
        let mut found = std::collections::HashMap::new();
        for row in db.query_all(LIST, args![]).await? {
            let (id, kind) = (row.text(0)?, row.text(1)?);
            let certificate = Certificate::from_der(&row.blob(2)?)?;
            let key = keys.open(&row.blob(3)?, "authority", "key_sealed", &id)?;
            let key = KeyPair::from_pkcs8_der(&key)?;
            found.insert(kind, (id, CaIdentity { certificate, key }));
        }
        let mut take = |kind: &str| {
            found.remove(kind).ok_or_else(|| {
                Error::conflict(
                    "authority_missing",
                    format!("The database has no {kind}; run `tillsyn init`."),
                )
            })
        };
        let (device_ca_id, device_ca) = take("device_ca")?;
        let (_, scep_ra) = take("scep_ra")?;
        let (_, signing_ca) = take("signing_ca")?;
        let (_, profile_signer) = take("profile_signer")?;
        let (_, network_ca) = take("network_ca")?;
        let (_, network_ra) = take("network_ra")?;
        let (audit_id, audit) = take("audit")?;
        Ok(Self {
            device_ca_id,
            device_ca,
            scep_ra,
            profile_signer,
            signer_chain: vec![signing_ca.certificate],
            network_ca,
            network_ra,
            audit_id,
            audit,
        })
    }

    /// Days until the first of them expires, for alarms.
    pub fn days_left(&self, now_ms: i64) -> i64 {
        [
            &self.device_ca,
            &self.scep_ra,
            &self.profile_signer,
            &self.network_ca,
        ]
        .iter()
        .map(|identity| (identity.certificate.not_after_ms() - now_ms) / DAY_MS)
        .min()
        .unwrap_or(0)
    }
}
