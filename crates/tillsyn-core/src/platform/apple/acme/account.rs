//! Accounts: Apple devices make one for each enrollment, without contact; it is a key and nothing else.

use serde::Deserialize;
use tillsyn_db::{Tx, args};

use super::problem::AcmeError;
use super::request::{AcmePost, by_key};
use crate::accounts::{Guesses, blocked, failed, network_of};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::ids::new_uuid;

/// An account, new or found.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub id: String,
    pub created: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wanted {
    only_return_existing: bool,
}

/// Finds the account of a key or makes one.
///
/// # Errors
/// A problem for the client, or a fault of ours.
pub async fn new_account(core: &Core, post: &AcmePost<'_>) -> Result<NewAccount, AcmeError> {
    let (key, verified) = by_key(core, post).await?;
    let wanted: Wanted = if verified.is_get() {
        Wanted::default()
    } else {
        verified.json()?
    };
    let now_ms = core.now_ms();
    let make = Make {
        id: new_uuid(now_ms).to_string(),
        thumbprint: key.thumbprint(),
        jwk: key.canonical_json(),
        only_existing: wanted.only_return_existing,
        // Not by account: each enrollment has its own.
        subject: format!(
            "acme:{}",
            network_of(post.address.as_deref().unwrap_or("unknown"))
        ),
        now_ms,
    };
    let made = core
        .db()
        .write(make, |tx, make| Box::pin(async move { make.run(tx).await }))
        .await;
    match made {
        Ok(Some(account)) => Ok(account),
        Ok(None) => Err(AcmeError::new(
            "accountDoesNotExist",
            400,
            "There is no account of this key.",
        )),
        Err(error) if matches!(error.kind, Kind::TooMany { .. }) => Err(AcmeError::new(
            "rateLimited",
            429,
            "Too many accounts were made from this address.",
        )),
        Err(error) => Err(error.into()),
    }
}

struct Make {
    id: String,
    thumbprint: String,
    jwk: String,
    only_existing: bool,
    subject: String,
    now_ms: i64,
}

impl Make {
    async fn run(&self, tx: &Tx) -> Result<Option<NewAccount>, Error> {
        const FIND: &str = "SELECT id FROM acme_account WHERE thumbprint = $1";
        const USED: &str = "UPDATE acme_account SET used_at = $2 WHERE id = $1";
        const INSERT: &str = "INSERT INTO acme_account (id, thumbprint, jwk, created_at, used_at) \
            VALUES ($1, $2, $3, $4, $4) ON CONFLICT (thumbprint) DO NOTHING";
        let found = tx
            .fetch_optional(FIND, args![self.thumbprint.as_str()])
            .await?;
        if let Some(row) = found {
            let id = row.text(0)?;
            tx.execute(USED, args![id.as_str(), self.now_ms]).await?;
            return Ok(Some(NewAccount { id, created: false }));
        }
        if self.only_existing {
            return Ok(None);
        }
        blocked(tx, &self.subject, self.now_ms).await?;
        failed(tx, &self.subject, Guesses::CERTIFICATES, self.now_ms).await?;
        let (id, thumbprint, jwk) = (&self.id, &self.thumbprint, &self.jwk);
        tx.execute(
            INSERT,
            args![id.as_str(), thumbprint.as_str(), jwk.as_str(), self.now_ms],
        )
        .await?;
        let row = tx.fetch_one(FIND, args![thumbprint.as_str()]).await?;
        let stored = row.text(0)?;
        Ok(Some(NewAccount {
            created: stored == *id,
            id: stored,
        }))
    }
}
