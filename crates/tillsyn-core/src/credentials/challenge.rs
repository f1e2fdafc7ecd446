//! The one-time secret that goes out with a profile, bound to what its certificate will name.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use crate::clock::DAY_MS;
use crate::error::Error;
use crate::ids::new_uuid;

/// A device may be slow between fetching a profile and asking for its certificate.
const LIFE_MS: i64 = DAY_MS;

/// Whose credential it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder<'a> {
    pub(crate) channel_id: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) enrollment_id: &'a str,
    pub(crate) profile_id: &'a str,
}

/// 128 bits, known to us until the profile is signed.
pub(crate) struct NewChallenge(Zeroizing<String>);

impl NewChallenge {
    pub(crate) fn make() -> Self {
        Self(Zeroizing::new(hash::hex(&hash::random_bytes::<16>())))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Notes that a challenge goes out, with the credential it is for. `names` is what the certificate will say
/// of its holder: never what a request asks for.
pub(crate) async fn store_in(
    tx: &Tx,
    holder: Holder<'_>,
    payload: &str,
    challenge: &NewChallenge,
    names: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const ENSURE: &str = "INSERT INTO credential (id, channel_id, device_id, enrollment_id, profile_id, \
        payload, method, generation, status, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 'scep', 1, 'waiting', $7, $7) \
        ON CONFLICT (channel_id, profile_id, payload) DO UPDATE SET \
        status = CASE WHEN credential.status = 'revoked' THEN 'waiting' ELSE credential.status END, \
        updated_at = excluded.updated_at";
    const FIND: &str = "SELECT id, generation FROM credential \
        WHERE channel_id = $1 AND profile_id = $2 AND payload = $3";
    const INSERT: &str = "INSERT INTO credential_challenge (challenge_hash, credential_id, generation, \
        names, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = args![
        new_uuid(now_ms).to_string(),
        holder.channel_id,
        holder.device_id,
        holder.enrollment_id,
        holder.profile_id,
        payload,
        now_ms
    ];
    tx.execute(ENSURE, values).await?;
    let values = args![holder.channel_id, holder.profile_id, payload];
    let row = tx.fetch_one(FIND, values).await?;
    let values = args![
        hash::sha256_hex(challenge.expose().as_bytes()),
        row.text(0)?,
        row.i64(1)?,
        names,
        now_ms,
        now_ms + LIFE_MS
    ];
    tx.execute(INSERT, values).await?;
    Ok(())
}

/// What the certificate under a challenge is to name, as JSON, however it stands; `None` when there is no
/// such challenge.
pub(crate) async fn is_known_in(tx: &Tx, challenge_hash: &str) -> Result<Option<String>, Error> {
    const FIND: &str = "SELECT names FROM credential_challenge WHERE challenge_hash = $1";
    let row = tx.fetch_optional(FIND, args![challenge_hash]).await?;
    Ok(row.map(|row| row.text(0)).transpose()?)
}
