//! Idempotency keys: a program that did not hear the answer asks again with the same key and gets the
//! answer of the first time, instead of a second effect (architecture §5).
//!
//! A key is bound to actor, route and body for 24 hours. Only successes are kept: a refusal changed
//! nothing, so the key is free again. Answers may carry links and PINs and are kept sealed; of bodies, which
//! may carry passwords, only a hash is kept that nobody can try guesses on without the master key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillsyn_db::args;
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use crate::actor::Actor;
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;

/// Longest key that is taken.
pub const KEY_LIMIT: usize = 255;

/// Whether the request is to be carried out.
pub enum Begun {
    /// Yes; say afterwards how it ended.
    Fresh(Ticket),
    /// No: this is what was answered the first time.
    Replay(StoredAnswer),
}

/// A key that is held for a running request.
pub struct Ticket {
    actor_id: String,
    key_hash: String,
}

/// An answer that was a success.
pub struct StoredAnswer {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
}

const EXPIRE: &str =
    "DELETE FROM idempotency_key WHERE actor_id = $1 AND key = $2 AND created_at <= $3";
const TAKE: &str = "INSERT INTO idempotency_key (actor_id, key, route, body_hash, created_at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (actor_id, key) DO NOTHING";
const FIND: &str = "SELECT route, body_hash, status, response, created_at FROM idempotency_key \
    WHERE actor_id = $1 AND key = $2";
const FINISH: &str =
    "UPDATE idempotency_key SET status = $3, response = $4 WHERE actor_id = $1 AND key = $2";
const ABANDON: &str =
    "DELETE FROM idempotency_key WHERE actor_id = $1 AND key = $2 AND status IS NULL";

/// Holds a key, or finds what it led to.
///
/// # Errors
/// A conflict when the key belongs to another request, when the first one still runs, or when how it
/// ended is not known (the server stopped in between); invalid when the key is empty or too long.
pub async fn begin(
    core: &Core,
    actor: &Actor,
    key: &str,
    route: &str,
    body: &[u8],
) -> Result<Begun, Error> {
    if key.is_empty() || key.len() > KEY_LIMIT || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::invalid(
            "Idempotency-Key",
            "idempotency_key",
            "A key has 1 to 255 visible ASCII characters, without spaces.",
        ));
    }
    let now_ms = core.now_ms();
    let ticket = Ticket {
        actor_id: actor.id.clone(),
        key_hash: hash::sha256_hex(key.as_bytes()),
    };
    let (keys, row) = (core.keys(), ticket.row());
    let body_hash = keys.keyed_hash(body, "idempotency_key", "body_hash", &row);
    let input = (
        ticket.actor_id.clone(),
        ticket.key_hash.clone(),
        route.to_owned(),
        body_hash,
        now_ms,
    );
    let found = core
        .db()
        .write(input, |tx, (actor_id, key, route, body_hash, now)| {
            Box::pin(async move {
                let (actor_id, key) = (actor_id.as_str(), key.as_str());
                tx.execute(EXPIRE, args![actor_id, key, *now - DAY_MS])
                    .await?;
                let taken = tx
                    .execute(
                        TAKE,
                        args![actor_id, key, route.as_str(), body_hash.as_str(), *now],
                    )
                    .await?;
                if taken == 1 {
                    return Ok::<_, Error>(None);
                }
                Ok(tx.fetch_optional(FIND, args![actor_id, key]).await?)
            })
        })
        .await?;
    let Some(found) = found else {
        return Ok(Begun::Fresh(ticket));
    };
    let is_same_body =
        keys.is_keyed_hash(&found.text(1)?, body, "idempotency_key", "body_hash", &row);
    if found.text(0)? != route || !is_same_body {
        return Err(Error::conflict(
            "idempotency_mismatch",
            "This key was used for another request. Use a new key for each new request.",
        ));
    }
    match (found.opt_i64(2)?, found.opt_text(3)?) {
        (Some(status), Some(response)) => Ok(Begun::Replay(StoredAnswer {
            status: u16::try_from(status).unwrap_or(200),
            body: opened(core, &ticket, &response)?,
        })),
        _ if now_ms - found.i64(4)? < MINUTE_MS => Err(Error::conflict(
            "idempotency_running",
            "The first request with this key is still running. Ask again in a moment.",
        )),
        _ => Err(Error::conflict(
            "idempotency_unknown",
            "How the first request with this key ended is not known. Look whether it happened, then use \
             a new key.",
        )),
    }
}

/// Keeps the answer of a success.
pub async fn finish(core: &Core, ticket: &Ticket, status: u16, body: &[u8]) -> Result<(), Error> {
    let row = ticket.row();
    let sealed = core.keys().seal(body, "idempotency_key", "response", &row);
    let response = STANDARD.encode(sealed);
    let (actor_id, key) = (ticket.actor_id.as_str(), ticket.key_hash.as_str());
    core.db()
        .execute(FINISH, args![actor_id, key, i64::from(status), response])
        .await?;
    Ok(())
}

/// Frees the key of a request that was refused.
pub async fn abandon(core: &Core, ticket: &Ticket) -> Result<(), Error> {
    let (actor_id, key) = (ticket.actor_id.as_str(), ticket.key_hash.as_str());
    core.db().execute(ABANDON, args![actor_id, key]).await?;
    Ok(())
}

fn opened(core: &Core, ticket: &Ticket, response: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let sealed = STANDARD
        .decode(response)
        .map_err(|error| Error::internal("A stored answer cannot be read.").caused_by(error))?;
    core.keys()
        .open(&sealed, "idempotency_key", "response", &ticket.row())
}

impl Ticket {
    fn row(&self) -> String {
        format!("{}/{}", self.actor_id, self.key_hash)
    }
}
