//! Putting mail into the outbox.

use serde_json::Value as Json;
use tillsyn_db::{Tx, args};

use crate::error::Error;
use crate::ids::new_uuid;
use crate::keys::KeyStore;

/// A message to be sent.
pub(crate) struct NewMail<'a> {
    /// A second message of the same key is not queued.
    pub(crate) dedup_key: Option<&'a str>,
    /// The account that gets it; `None` for an address that is no account's.
    pub(crate) account_id: Option<&'a str>,
    pub(crate) recipient: &'a str,
    /// Which text; the words are chosen when it is sent.
    pub(crate) template: &'static str,
    /// The recipient's language.
    pub(crate) language: Option<&'a str>,
    /// What the text names; sealed, for it may hold links that let somebody in.
    pub(crate) arguments: &'a Json,
    /// Goes before what waits already.
    pub(crate) urgent: bool,
}

/// Queues a message in the caller's transaction; returns its id.
pub(crate) async fn queue_in(
    tx: &Tx,
    keys: &KeyStore,
    mail: &NewMail<'_>,
    now_ms: i64,
) -> Result<String, Error> {
    const INSERT: &str = "INSERT INTO mail_outbox (id, dedup_key, account_id, recipient, template, \
        language, body_sealed, urgent, status, due_at, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, $9) ON CONFLICT (dedup_key) DO NOTHING";
    let id = new_uuid(now_ms).to_string();
    let arguments = mail.arguments.to_string();
    let sealed = keys.seal(arguments.as_bytes(), "mail_outbox", "body_sealed", &id);
    let values = args![
        id.as_str(),
        mail.dedup_key,
        mail.account_id,
        mail.recipient,
        mail.template,
        mail.language,
        sealed,
        i64::from(mail.urgent),
        now_ms
    ];
    tx.execute(INSERT, values).await?;
    Ok(id)
}

/// Takes a message back that was not sent yet; its text is gone.
pub(crate) async fn withdraw_in(tx: &Tx, id: &str, now_ms: i64) -> Result<(), Error> {
    const WITHDRAW: &str = "UPDATE mail_outbox SET status = 'failed', last_error = 'withdrawn', \
        finished_at = $2, body_sealed = $3 WHERE id = $1 AND status = 'waiting'";
    let nothing = Vec::<u8>::new();
    tx.execute(WITHDRAW, args![id, now_ms, nothing]).await?;
    Ok(())
}
