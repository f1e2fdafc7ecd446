//! Orders. One order claims one `ClientIdentifier`; its authorization and its challenge stand in the same
//! row, since each order has exactly one of both.

use serde::Deserialize;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::problem::AcmeError;
use super::request::{AcmePost, by_account};
use crate::certificates::issue;
use crate::clock::HOUR_MS;
use crate::core::Core;
use crate::error::Error;
use crate::ids::new_uuid;
use crate::keys::KeyStore;

/// Where an order stands (RFC 8555 §7.1.6); it is never `processing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcmeStatus {
    Pending,
    Ready,
    Valid,
    Invalid,
}

impl AcmeStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
        }
    }

    /// What its authorization and its challenge say.
    pub fn of_challenge(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready | Self::Valid => "valid",
            Self::Invalid => "invalid",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "ready" => Self::Ready,
            "valid" => Self::Valid,
            _ => Self::Invalid,
        }
    }
}

/// An order as its account sees it.
pub struct AcmeOrder {
    pub id: String,
    pub status: AcmeStatus,
    /// The `ClientIdentifier`.
    pub identifier: Zeroizing<String>,
    pub token: String,
    pub expires_at: i64,
    /// When the challenge was answered.
    pub answered_at: Option<i64>,
    /// Why it is invalid.
    pub problem: Option<String>,
    /// Made by this request.
    pub created: bool,
}

/// The whole row.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) account_id: String,
    pub(super) secret_hash: String,
    identifier_sealed: Vec<u8>,
    pub(super) status: AcmeStatus,
    pub(super) token: String,
    answered_at: Option<i64>,
    problem: Option<String>,
    pub(super) attested: Option<String>,
    pub(super) key_sha256: Option<String>,
    pub(super) certificate_sha256: Option<String>,
    expires_at: i64,
}

const COLUMNS: &str = "SELECT id, account_id, secret_hash, identifier_sealed, status, token, \
    answered_at, problem, attested, key_sha256, certificate_sha256, expires_at FROM acme_order";

fn decode(row: &Row, now_ms: i64) -> Result<Stored, Error> {
    let (status, expires_at) = (AcmeStatus::parse(&row.text(4)?), row.i64(11)?);
    let open = matches!(status, AcmeStatus::Pending | AcmeStatus::Ready);
    Ok(Stored {
        id: row.text(0)?,
        account_id: row.text(1)?,
        secret_hash: row.text(2)?,
        identifier_sealed: row.blob(3)?,
        status: if open && expires_at <= now_ms {
            AcmeStatus::Invalid
        } else {
            status
        },
        token: row.text(5)?,
        answered_at: row.opt_i64(6)?,
        problem: row.opt_text(7)?,
        attested: row.opt_text(8)?,
        key_sha256: row.opt_text(9)?,
        certificate_sha256: row.opt_text(10)?,
        expires_at,
    })
}

impl Stored {
    pub(super) fn view(&self, keys: &KeyStore, created: bool) -> Result<AcmeOrder, Error> {
        let plain = keys.open(
            &self.identifier_sealed,
            "acme_order",
            "identifier_sealed",
            &self.id,
        )?;
        Ok(AcmeOrder {
            id: self.id.clone(),
            status: self.status,
            identifier: Zeroizing::new(String::from_utf8_lossy(&plain).into_owned()),
            token: self.token.clone(),
            expires_at: self.expires_at,
            answered_at: self.answered_at,
            problem: self.problem.clone(),
            created,
        })
    }
}

pub(super) async fn find_in(tx: &Tx, id: &str, now_ms: i64) -> Result<Option<Stored>, Error> {
    let sql = format!("{COLUMNS} WHERE id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    rows.first().map(|row| decode(row, now_ms)).transpose()
}

/// The order of an account; another account's does not exist for it.
pub(super) async fn of_account(core: &Core, id: &str, account: &str) -> Result<Stored, AcmeError> {
    let now_ms = core.now_ms();
    let found = core
        .db()
        .read(id.to_owned(), move |tx, id| {
            Box::pin(async move { find_in(tx, id, now_ms).await })
        })
        .await?;
    found
        .filter(|order| order.account_id == account)
        .ok_or_else(|| AcmeError::new("malformed", 404, "There is no such order."))
}

/// An order, its authorization or its challenge, looked at again.
///
/// # Errors
/// A problem for the client, or a fault of ours.
pub async fn order(core: &Core, post: &AcmePost<'_>, id: &str) -> Result<AcmeOrder, AcmeError> {
    let (account, _) = by_account(core, post).await?;
    let stored = of_account(core, id, &account).await?;
    Ok(stored.view(core.keys(), false)?)
}

#[derive(Deserialize)]
struct Wanted {
    identifiers: Vec<Identifier>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

const IDENTIFIER: &str = "permanent-identifier";

/// Begins an order for the identifier of a profile.
///
/// # Errors
/// `rejectedIdentifier` for one that is unknown, expired or claimed by another order.
pub async fn new_order(core: &Core, post: &AcmePost<'_>) -> Result<AcmeOrder, AcmeError> {
    let (account, verified) = by_account(core, post).await?;
    let wanted: Wanted = verified.json()?;
    let [identifier] = wanted.identifiers.as_slice() else {
        return Err(AcmeError::malformed("An order has exactly one identifier."));
    };
    if identifier.kind != IDENTIFIER {
        return Err(AcmeError::new(
            "unsupportedIdentifier",
            400,
            "Only permanent-identifier is served.",
        ));
    }
    let now_ms = core.now_ms();
    let id = new_uuid(now_ms).to_string();
    let value = identifier.value.as_bytes();
    let begin = Begin {
        sealed: core
            .keys()
            .seal(value, "acme_order", "identifier_sealed", &id),
        id,
        account,
        secret_hash: hash::sha256_hex(value),
        token: hash::random_token(32),
        delivered_ms: core.config().profile_lifetime_ms,
        now_ms,
    };
    let stored = core
        .db()
        .write(begin, |tx, begin| {
            Box::pin(async move { begin.run(tx).await })
        })
        .await?;
    match stored {
        Some((stored, created)) => Ok(stored.view(core.keys(), created)?),
        None => Err(AcmeError::rejected()),
    }
}

struct Begin {
    id: String,
    account: String,
    secret_hash: String,
    sealed: Vec<u8>,
    token: String,
    delivered_ms: i64,
    now_ms: i64,
}

impl Begin {
    /// The order and whether this made it; `None` when the identifier cannot be used.
    async fn run(&self, tx: &Tx) -> Result<Option<(Stored, bool)>, Error> {
        const INSERT: &str = "INSERT INTO acme_order (id, account_id, secret_hash, \
            identifier_sealed, status, token, created_at, expires_at) \
            VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7) ON CONFLICT (secret_hash) DO NOTHING";
        const USED: &str = "UPDATE acme_account SET used_at = $2 WHERE id = $1";
        // The client did not hear the first answer: the same order again, for the same account only.
        if let Some(claimed) = self.claimed(tx).await? {
            let mine = claimed.account_id == self.account;
            let open = claimed.status != AcmeStatus::Invalid;
            return Ok((mine && open).then_some((claimed, false)));
        }
        let credential = issue::find_in(tx, &self.secret_hash, self.delivered_ms).await?;
        let Some(credential) = credential.filter(|c| c.method.is_acme() && !c.spent) else {
            return Ok(None);
        };
        if credential.until <= self.now_ms {
            return Ok(None);
        }
        let values = args![
            self.id.as_str(),
            self.account.as_str(),
            self.secret_hash.as_str(),
            self.sealed.as_slice(),
            self.token.as_str(),
            self.now_ms,
            credential.until.min(self.now_ms + HOUR_MS)
        ];
        let made = tx.execute(INSERT, values).await? == 1;
        tx.execute(USED, args![self.account.as_str(), self.now_ms])
            .await?;
        if !made {
            return Ok(None);
        }
        Ok(find_in(tx, &self.id, self.now_ms)
            .await?
            .map(|stored| (stored, true)))
    }

    async fn claimed(&self, tx: &Tx) -> Result<Option<Stored>, Error> {
        let sql = format!("{COLUMNS} WHERE secret_hash = $1");
        let rows = tx
            .fetch_all_dyn(&sql, args![self.secret_hash.as_str()])
            .await?;
        rows.first().map(|row| decode(row, self.now_ms)).transpose()
    }
}
