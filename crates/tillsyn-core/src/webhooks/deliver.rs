//! Claims deliveries that are due and sends them. A node that dies holding some leaves them to the others.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{self, StreamExt as _};
use tillsyn_db::{Engine, Tx, args};
use tillsyn_pki::hash;
use tillsyn_upstream::webhook::{Hook, HookClient, HookOutcome};
use zeroize::Zeroizing;

use super::change::{PauseReason, pause_in};
use super::record::{Sent, lost_in, record};
use super::sign;
use super::store::{Format, head_in};
use crate::actor::Actor;
use crate::clock::SECOND_MS;
use crate::core::Core;
use crate::error::Error;
use crate::ids::WebhookId;

/// Six times what one request may last; all of a batch are sent side by side.
const LEASE_MS: i64 = 30 * SECOND_MS;
/// Of one batch, whoever it is for.
const AT_ONCE: usize = 64;
/// Of one webhook in one batch, so that a slow receiver holds up nobody else's for long.
const OF_ONE: i64 = 8;
/// A receiver that failed last is asked with one.
const PROBE: i64 = 1;

pub(super) struct Claimed {
    pub(super) sent: Sent,
    url: String,
    key: Zeroizing<Vec<u8>>,
    body: Zeroizing<Vec<u8>>,
}

/// Sends one batch of what is due; returns how many were taken up.
pub(super) async fn deliver(core: &Core, client: &mut Option<HookClient>) -> Result<usize, Error> {
    let (count, claimed) = claim(core).await?;
    if claimed.is_empty() {
        return Ok(count);
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
    let headers = match claimed.sent.format {
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

/// The webhooks that something is due for, and whether their last try failed. One index entry is read of
/// each, however much waits for it.
const HOOKS: &str = "SELECT h.id, h.quiet_step FROM webhook h WHERE h.status = 'active' \
    AND h.quiet_until <= $1 AND EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = h.id \
    AND d.status = 'waiting' AND d.due_at <= $1 AND d.lease_until <= $1) ORDER BY h.id";

/// Takes due deliveries under a lease: how many, and those that can be sent.
async fn claim(core: &Core) -> Result<(usize, Vec<Claimed>), Error> {
    const LEASE: &str = "UPDATE webhook_delivery SET lease_until = $1, worker = $2, \
        attempt = attempt + 1 WHERE id {ids}";
    const LOAD: &str = "SELECT d.id, d.webhook_id, d.event_id, d.body_sealed, d.attempt, d.created_at, \
        h.url, h.format, h.key_sealed FROM webhook_delivery d JOIN webhook h ON h.id = d.webhook_id \
        WHERE d.id {ids}";
    // Looking first keeps an idle node from opening write transactions.
    let now = core.now_ms();
    if core.db().query_optional(HOOKS, args![now]).await?.is_none() {
        return Ok((0, Vec::new()));
    }
    let input = (core.config().node.clone(), core.keys().clone(), now);
    core.db()
        .write(input, |tx, (node, keys, now)| {
            Box::pin(async move {
                let ids = due_in(tx, *now).await?;
                if ids.is_empty() {
                    return Ok((0, Vec::new()));
                }
                let count = ids.len();
                let lease = args![*now + LEASE_MS, node.as_str()];
                tx.execute_in(LEASE, ids.clone(), lease).await?;
                let mut claimed = Vec::new();
                let mut keyless = BTreeSet::new();
                for row in tx.fetch_all_in(LOAD, ids, args![]).await? {
                    let sent = Sent {
                        id: row.text(0)?,
                        webhook_id: row.text(1)?,
                        event_id: row.text(2)?,
                        attempt: row.i64(4)?,
                        created_at: row.i64(5)?,
                        format: Format::stored(row.str(7)?)?,
                    };
                    // What cannot be opened must not stop the others.
                    let key = keys.open(&row.blob(8)?, "webhook", "key_sealed", &sent.webhook_id);
                    let Ok(key) = key else {
                        keyless.insert(sent.webhook_id);
                        continue;
                    };
                    let body = row.blob(3)?;
                    let body = keys.open(&body, "webhook_delivery", "body_sealed", &sent.id);
                    let Ok(body) = body else {
                        tracing::error!(
                            webhook.id = sent.webhook_id,
                            "a delivery of a webhook cannot be opened; it is given up"
                        );
                        lost_in(tx, &sent, *now).await?;
                        continue;
                    };
                    claimed.push(Claimed {
                        sent,
                        url: row.text(6)?,
                        key,
                        body,
                    });
                }
                for id in keyless {
                    tracing::error!(
                        webhook.id = id,
                        "the key of a webhook cannot be opened; it is paused"
                    );
                    pause_keyless_in(tx, id, *now).await?;
                }
                Ok::<_, Error>((count, claimed))
            })
        })
        .await
}

async fn pause_keyless_in(tx: &Tx, id: String, now: i64) -> Result<(), Error> {
    match head_in(tx, &WebhookId::from_store(id)).await? {
        Some(head) if head.is_active => {
            let reason = Some(PauseReason::Keyless);
            pause_in(tx, &Actor::system(), &head, reason, now).await
        }
        _ => Ok(()),
    }
}

/// The next batch: the first of every webhook before the second of any.
async fn due_in(tx: &Tx, now: i64) -> Result<Vec<String>, Error> {
    const DUE: &str = "SELECT id, due_at FROM webhook_delivery WHERE webhook_id = $1 \
        AND status = 'waiting' AND due_at <= $2 AND lease_until <= $2 ORDER BY due_at, id LIMIT $3";
    const DUE_POSTGRES: &str = "SELECT id, due_at FROM webhook_delivery WHERE webhook_id = $1 \
        AND status = 'waiting' AND due_at <= $2 AND lease_until <= $2 ORDER BY due_at, id LIMIT $3 \
        FOR UPDATE SKIP LOCKED";
    let sql = match tx.engine() {
        Engine::Sqlite => DUE,
        Engine::Postgres => DUE_POSTGRES,
    };
    let mut due = Vec::new();
    for hook in tx.fetch_all(HOOKS, args![now]).await? {
        let most = if hook.i64(1)? > 0 { PROBE } else { OF_ONE };
        let rows = tx.fetch_all(sql, args![hook.str(0)?, now, most]).await?;
        for (place, row) in rows.iter().enumerate() {
            due.push((place, row.i64(1)?, row.text(0)?));
        }
    }
    due.sort_unstable();
    due.truncate(AT_ONCE);
    Ok(due.into_iter().map(|(_, _, id)| id).collect())
}
