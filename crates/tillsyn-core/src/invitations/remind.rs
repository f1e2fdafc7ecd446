//! Reminders: at the times that were set when the invitation was sent, and once when somebody fetched a profile and
//! did not install it. They carry the link that is out already, which is kept sealed for that and deleted when the
//! invitation is over. A device that is not enrolled cannot be pushed to, so mail is the only way.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::letter::{Kind, Letter, Paper, queue_letter_in};
use super::mint::{Pin, Secrets};
use super::policy::PinMode;
use crate::actor::Actor;
use crate::clock::{DAY_MS, HOUR_MS};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::mail::{has_server, withdraw_in};

/// How long after the profile was fetched somebody who did not install it is reminded.
const UNFINISHED_MS: i64 = 2 * HOUR_MS;
/// Older ones than that nobody remembers.
const FORGOTTEN_MS: i64 = 2 * DAY_MS;
/// Of one round; the rest comes with the next.
const ROUND: i64 = 200;

/// Sends what is due. Each reminder is one transaction that also moves the next one on: it comes once, whatever
/// dies in between and however many nodes look.
pub(crate) async fn remind_due(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT id, pin_mode FROM invitation WHERE remind_at <= $1 \
        ORDER BY remind_at, id LIMIT $2";
    const LEFT: &str = "SELECT t.id, i.id, i.pin_mode FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id \
        WHERE (t.status = 'profile_fetched' OR (t.status = 'failed' AND t.cause = 'profile_lapsed')) \
        AND t.reminded_at IS NULL AND t.updated_at <= $1 AND t.updated_at > $2 \
        AND i.secrets_sealed IS NOT NULL AND i.person_id IS NOT NULL ORDER BY t.updated_at, t.id LIMIT $3";
    let now = core.now_ms();
    let due = core.db().query_all(DUE, args![now, ROUND]).await?;
    let values = args![now - UNFINISHED_MS, now - FORGOTTEN_MS, ROUND];
    let left = core.db().query_all(LEFT, values).await?;
    if due.is_empty() && left.is_empty() {
        return Ok(());
    }
    let (paper, server) = (Paper::of(core).await?, has_server(core).await?);
    for row in due {
        let (id, mode) = (row.text(0)?, row.opt_text(1)?);
        let pin = new_pin(mode.as_deref(), server, now).await?;
        let input = (id, paper.clone(), pin, server, now);
        core.db()
            .write(input, |tx, (id, paper, pin, server, now)| {
                Box::pin(async move { remind_in(tx, paper, id, pin.as_ref(), *server, *now).await })
            })
            .await?;
    }
    for row in left {
        let ids = (row.text(0)?, row.text(1)?);
        let mode = row.opt_text(2)?;
        let pin = new_pin(mode.as_deref(), server, now).await?;
        let input = (ids, paper.clone(), pin, server, now);
        core.db()
            .write(input, |tx, (ids, paper, pin, server, now)| {
                Box::pin(
                    async move { finish_in(tx, paper, ids, pin.as_ref(), *server, *now).await },
                )
            })
            .await?;
    }
    Ok(())
}

/// A PIN lives for a day: where it goes by mail, a reminder brings a new one.
async fn new_pin(mode: Option<&str>, server: bool, now_ms: i64) -> Result<Option<Pin>, Error> {
    Ok(match mode.and_then(PinMode::parse) {
        Some(PinMode::Mail) if server => Some(Pin::new(now_ms).await?),
        _ => None,
    })
}

async fn remind_in(
    tx: &Tx,
    paper: &Paper,
    id: &str,
    pin: Option<&Pin>,
    server: bool,
    now_ms: i64,
) -> Result<(), Error> {
    const FIND: &str = "SELECT remind_times FROM invitation WHERE id = $1 AND remind_at <= $2";
    const NEXT: &str = "UPDATE invitation SET remind_times = $2, remind_at = $3 WHERE id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![id, now_ms]).await? else {
        return Ok(());
    };
    let mut times: Vec<i64> = serde_json::from_str(row.str(0)?).unwrap_or_default();
    // Several that passed while nobody looked are one.
    times.retain(|at| *at > now_ms);
    let going_on = server && letter_in(tx, paper, id, Kind::Reminder, pin, now_ms).await?;
    if !going_on && server {
        times.clear();
    }
    let values = args![id, json!(times).to_string(), times.first().copied()];
    tx.execute(NEXT, values).await?;
    Ok(())
}

/// About an attempt that was left after its profile was fetched; at most one a day for an invitation.
async fn finish_in(
    tx: &Tx,
    paper: &Paper,
    (attempt, id): &(String, String),
    pin: Option<&Pin>,
    server: bool,
    now_ms: i64,
) -> Result<(), Error> {
    const MARK: &str = "UPDATE attempt SET reminded_at = $2 WHERE id = $1 AND reminded_at IS NULL \
        AND (status = 'profile_fetched' OR (status = 'failed' AND cause = 'profile_lapsed'))";
    const OTHER: &str = "SELECT count(*) FROM attempt WHERE invitation_id = $1 AND id <> $2 \
        AND (reminded_at > $3 OR created_at > (SELECT created_at FROM attempt WHERE id = $2))";
    if tx.execute(MARK, args![attempt.as_str(), now_ms]).await? == 0 || !server {
        return Ok(());
    }
    let values = args![id.as_str(), attempt.as_str(), now_ms - DAY_MS];
    if tx.fetch_one(OTHER, values).await?.i64(0)? > 0 {
        return Ok(());
    }
    letter_in(tx, paper, id, Kind::Unfinished, pin, now_ms).await?;
    Ok(())
}

/// False when nobody is to be reminded any more.
async fn letter_in(
    tx: &Tx,
    paper: &Paper,
    id: &str,
    kind: Kind,
    pin: Option<&Pin>,
    now_ms: i64,
) -> Result<bool, Error> {
    const FIND: &str = "SELECT org_unit_id, secrets_sealed FROM invitation WHERE id = $1 \
        AND status = 'open' AND uses < uses_allowed AND expires_at > $2";
    const PIN: &str = "UPDATE invitation SET pin_hash = $2, pin_expires_at = $3, pin_failures = 0 \
        WHERE id = $1";
    const COUNT: &str = "UPDATE invitation SET reminders = reminders + 1 WHERE id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![id, now_ms]).await? else {
        return Ok(false);
    };
    let Some(sealed) = row.opt_blob(1)? else {
        return Ok(false);
    };
    let secrets = Secrets::open(paper.keys(), &sealed, id)?;
    let letter = Letter {
        kind,
        invitation: id,
        secrets: &secrets,
        pin,
    };
    if !queue_letter_in(tx, paper, &letter, now_ms).await? {
        return Ok(false);
    }
    if let Some(pin) = pin {
        tx.execute(PIN, args![id, pin.hash.as_str(), pin.until])
            .await?;
    }
    tx.execute(COUNT, args![id]).await?;
    let unit = row.text(0)?;
    let event = NewEvent::done("invitation.remind", "invitation", id, &unit)
        .with(json!({ "unfinished": kind == Kind::Unfinished }));
    events::record(tx, &Actor::system(), now_ms, event).await?;
    Ok(true)
}

/// Deletes link and typed code of invitations that are over, and takes back mail that still waits.
pub(crate) async fn forget_over(core: &Core) -> Result<(), Error> {
    let now = core.now_ms();
    loop {
        let count = core
            .db()
            .write(now, |tx, now| {
                Box::pin(async move {
                    const OVER: &str = "SELECT id, mail_id FROM invitation \
                        WHERE secrets_sealed IS NOT NULL AND (status <> 'open' \
                        OR uses >= uses_allowed OR expires_at <= $1) LIMIT 500";
                    const FORGET: &str = "UPDATE invitation SET secrets_sealed = NULL, \
                        typed_hash = NULL, remind_at = NULL, remind_times = '[]' WHERE id {ids}";
                    let rows = tx.fetch_all(OVER, args![*now]).await?;
                    let mut ids = Vec::new();
                    for row in &rows {
                        if let Some(mail) = row.opt_text(1)? {
                            withdraw_in(tx, &mail, *now).await?;
                        }
                        ids.push(row.text(0)?);
                    }
                    if !ids.is_empty() {
                        tx.execute_in(FORGET, ids, args![]).await?;
                    }
                    Ok::<_, Error>(rows.len())
                })
            })
            .await?;
        if count < 500 {
            return Ok(());
        }
    }
}
