//! Who may act for an attempt: the browser that began it, by the secret of its profile's address.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use crate::error::Error;
use crate::ids::AttemptId;
use crate::invitations::AttemptStatus;

/// What a browser shows for an attempt that it began.
#[derive(Clone, Debug)]
pub struct Proof {
    pub attempt: AttemptId,
    secret_hash: String,
}

/// The attempt behind a proof.
pub(super) struct Proven {
    pub(super) invitation: String,
    pub(super) unit: String,
    pub(super) person: Option<String>,
    pub(super) ownership: String,
    pub(super) platform: Option<String>,
    pub(super) status: AttemptStatus,
    pub(super) consent: Option<String>,
    pub(super) signed_in: bool,
}

impl Proof {
    /// The secret as the browser keeps it.
    pub fn new(attempt: AttemptId, secret: &str) -> Self {
        Self {
            attempt,
            secret_hash: hash::sha256_hex(secret.as_bytes()),
        }
    }

    /// The attempt, if the secret is its own and its day is not over.
    ///
    /// # Errors
    /// Not found otherwise.
    pub(super) async fn check_in(&self, tx: &Tx, now_ms: i64) -> Result<Proven, Error> {
        const FIND: &str = "SELECT t.invitation_id, t.org_unit_id, i.person_id, i.ownership, t.platform, \
            t.status, t.consent_id, i.pin_hash, i.self_made, i.account_rule FROM attempt t \
            JOIN invitation i ON i.id = t.invitation_id \
            WHERE t.id = $1 AND t.profile_hash = $2 AND t.expires_at > $3";
        let values = args![&self.attempt, self.secret_hash.as_str(), now_ms];
        let row = tx
            .fetch_optional(FIND, values)
            .await?
            .ok_or_else(|| Error::not_found("attempt"))?;
        let self_made = row.i64(8)? != 0;
        Ok(Proven {
            invitation: row.text(0)?,
            unit: row.text(1)?,
            person: row.opt_text(2)?,
            ownership: row.text(3)?,
            platform: row.opt_text(4)?,
            status: AttemptStatus::parse(&row.text(5)?).unwrap_or(AttemptStatus::Expired),
            consent: row.opt_text(6)?,
            signed_in: self_made || row.opt_text(7)?.is_some() || row.str(9)? == "required",
        })
    }
}
