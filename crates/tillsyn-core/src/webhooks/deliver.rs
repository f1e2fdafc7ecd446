//! Claims deliveries that are due and sends them. A node that dies holding some leaves them to the others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{self, StreamExt as _};
use tillsyn_db::{Engine, args};
use tillsyn_pki::hash;
use tillsyn_upstream::webhook::{Hook, HookClient, HookOutcome};
use zeroize::Zeroizing;

use super::record::{Sent, record};
use super::sign;
use super::store::Format;
use crate::clock::SECOND_MS;
use crate::core::Core;
use crate::error::Error;

/// Six times what one request may last; all of a batch are sent side by side.
const LEASE_MS: i64 = 30 * SECOND_MS;
const AT_ONCE: usize = 64;

pub(super) struct Claimed {
    pub(super) sent: Sent,
    url: String,
    format: Format,
    key: Zeroizing<Vec<u8>>,
    body: Zeroizing<Vec<u8>>,
}

/// Sends what is due; returns how many that were.
pub(super) async fn deliver(core: &Core, client: &mut Option<HookClient>) -> Result<usize, Error> {
    let claimed = claim(core).await?;
    let count = claimed.len();
    if count == 0 {
        return Ok(0);
    }
    // Made only where there is something to send: it reads the system's roots.
    let client: &HookClient = match client {
        Some(client) => client,
        None => client.insert(new_client(core)?),
    };
    let sent = stream::iter(claimed).map(|claimed| async move {
        let outcome = send(core, client, &claimed).await;
        record(core, claimed.sent, outcome).await
    });
    for done in sent.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
        done?;
    }
    Ok(count)
}

fn new_client(core: &Core) -> Result<HookClient, Error> {
    let config = core.config();
    let roots = config.webhook_roots_pem.as_deref();
    HookClient::new(config.webhook_targets.clone(), roots).map_err(|error| {
        Error::internal("The client of the webhooks cannot be set up.").caused_by(error)
    })
}

async fn send(core: &Core, client: &HookClient, claimed: &Claimed) -> HookOutcome {
    let headers = match claimed.format {
        Format::Tillsyn => vec![
            ("tillsyn-event", claimed.sent.event_id.clone()),
            ("tillsyn-delivery", claimed.sent.id.clone()),
            (
                "tillsyn-signature",
                sign::signature(&claimed.key, core.now_ms(), &claimed.body),
            ),
        ],
        // As those tools check it.
        Format::Nanomdm => vec![(
            "x-hmac-signature",
            STANDARD.encode(hash::hmac_sha256(&claimed.key, &[&claimed.body])),
        )],
    };
    let outcome = client
        .send(Hook {
            url: &claimed.url,
            headers,
            body: claimed.body.to_vec(),
        })
        .await;
    let told = match outcome {
        HookOutcome::Taken { .. } => "taken",
        HookOutcome::Answered { .. } => "answered",
        HookOutcome::Failed { reason } => reason,
    };
    metrics::counter!("tillsyn_webhook_deliveries_total", "outcome" => told).increment(1);
    outcome
}

/// Takes due deliveries under a lease: of one webhook a few at a time, so that a slow receiver holds up
/// nobody else's.
async fn claim(core: &Core) -> Result<Vec<Claimed>, Error> {
    const ANY: &str = "SELECT d.id FROM webhook_delivery d JOIN webhook h ON h.id = d.webhook_id \
        WHERE d.status = 'waiting' AND d.due_at <= $1 AND d.lease_until <= $1 AND h.status = 'active' \
        LIMIT 1";
    const DUE_SQLITE: &str = "SELECT p.id FROM (SELECT w.id AS id, w.due_at AS due_at, \
        ROW_NUMBER() OVER (PARTITION BY w.webhook_id ORDER BY w.due_at, w.id) AS place \
        FROM webhook_delivery w JOIN webhook h ON h.id = w.webhook_id WHERE w.status = 'waiting' \
        AND w.due_at <= $1 AND w.lease_until <= $1 AND h.status = 'active') p \
        WHERE p.place <= 8 ORDER BY p.due_at, p.id LIMIT 64";
    // The conditions stand outside once more: they are what is looked at again when a row was locked.
    const DUE_POSTGRES: &str = "SELECT d.id FROM webhook_delivery d WHERE d.status = 'waiting' \
        AND d.due_at <= $1 AND d.lease_until <= $1 AND d.id IN \
        (SELECT p.id FROM (SELECT w.id AS id, w.due_at AS due_at, \
        ROW_NUMBER() OVER (PARTITION BY w.webhook_id ORDER BY w.due_at, w.id) AS place \
        FROM webhook_delivery w JOIN webhook h ON h.id = w.webhook_id WHERE w.status = 'waiting' \
        AND w.due_at <= $1 AND w.lease_until <= $1 AND h.status = 'active') p \
        WHERE p.place <= 8 ORDER BY p.due_at, p.id LIMIT 64) FOR UPDATE SKIP LOCKED";
    const LEASE: &str = "UPDATE webhook_delivery SET lease_until = $1, worker = $2, \
        attempt = attempt + 1 WHERE id {ids}";
    const LOAD: &str = "SELECT d.id, d.webhook_id, d.event_id, d.body_sealed, d.attempt, d.created_at, \
        h.url, h.format, h.key_sealed FROM webhook_delivery d JOIN webhook h ON h.id = d.webhook_id \
        WHERE d.id {ids}";
    // Looking first keeps an idle node from opening write transactions.
    let now = core.now_ms();
    if core.db().query_optional(ANY, args![now]).await?.is_none() {
        return Ok(Vec::new());
    }
    let input = (core.config().node.clone(), core.keys().clone(), now);
    core.db()
        .write(input, |tx, (node, keys, now)| {
            Box::pin(async move {
                let due = match tx.engine() {
                    Engine::Sqlite => DUE_SQLITE,
                    Engine::Postgres => DUE_POSTGRES,
                };
                let rows = tx.fetch_all(due, args![*now]).await?;
                let ids = rows
                    .iter()
                    .map(|row| row.text(0))
                    .collect::<Result<Vec<_>, _>>()?;
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let lease = args![*now + LEASE_MS, node.as_str()];
                tx.execute_in(LEASE, ids.clone(), lease).await?;
                let mut claimed = Vec::new();
                for row in tx.fetch_all_in(LOAD, ids, args![]).await? {
                    let (id, webhook_id) = (row.text(0)?, row.text(1)?);
                    let body = keys.open(&row.blob(3)?, "webhook_delivery", "body_sealed", &id)?;
                    let key = keys.open(&row.blob(8)?, "webhook", "key_sealed", &webhook_id)?;
                    claimed.push(Claimed {
                        sent: Sent {
                            id,
                            webhook_id,
                            event_id: row.text(2)?,
                            attempt: row.i64(4)?,
                            created_at: row.i64(5)?,
                        },
                        url: row.text(6)?,
                        format: Format::stored(row.str(7)?)?,
                        key,
                        body,
                    });
                }
                Ok::<_, Error>(claimed)
            })
        })
        .await
}
