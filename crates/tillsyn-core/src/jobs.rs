//! The server's own regular work. Each job is idempotent and set-based, so two nodes running the same one
//! do no harm; what must run once is claimed by rows.

use std::time::Duration;

use tillsyn_db::{Tx, Value, args};

use crate::accounts;
use crate::activation_lock;
use crate::approvals;
use crate::audit::{self, not_held};
use crate::campaigns;
use crate::certificates;
use crate::clock::{self, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::commands::{self, CommandStatus, store};
use crate::core::Core;
use crate::credentials;
use crate::directory;
use crate::enrollments;
use crate::error::Error;
use crate::escrow;
use crate::guard;
use crate::imports;
use crate::inventory;
use crate::invitations;
use crate::keys;
use crate::ldap;
use crate::lost_mode;
use crate::mail;
use crate::notifications;
use crate::onboarding;
use crate::push;
use crate::reconcile;
use crate::reports;
use crate::search;
use crate::unknown_senders;
use crate::webhooks;

/// Starts this node's workers; they end with the process.
pub fn start(core: &Core) -> Vec<tokio::task::JoinHandle<()>> {
    vec![
        tokio::spawn(push::run_worker(core.clone())),
        tokio::spawn(reconcile::run_worker(core.clone())),
        tokio::spawn(crate::feed::follow(core.clone())),
        tokio::spawn(audit::run_worker(core.clone())),
        tokio::spawn(audit::send_by_syslog(core.clone())),
        tokio::spawn(webhooks::run_worker(core.clone())),
        tokio::spawn(every(core.clone(), SECOND_MS, "holds")),
        tokio::spawn(every(core.clone(), SECOND_MS, "imports")),
        tokio::spawn(every(core.clone(), SECOND_MS, "invitations")),
        tokio::spawn(every(core.clone(), 2 * SECOND_MS, "mail")),
        tokio::spawn(every(core.clone(), 5 * SECOND_MS, "notifications")),
        tokio::spawn(every(core.clone(), 10 * SECOND_MS, "last_seen")),
        tokio::spawn(every(core.clone(), 10 * SECOND_MS, "activation_lock")),
        tokio::spawn(every(core.clone(), 10 * SECOND_MS, "reconcile_again")),
        tokio::spawn(every(core.clone(), MINUTE_MS, "ldap")),
        tokio::spawn(every(core.clone(), MINUTE_MS, "minute")),
        tokio::spawn(every(core.clone(), MINUTE_MS, "keys")),
        tokio::spawn(every(core.clone(), HOUR_MS, "search_words")),
        tokio::spawn(every(core.clone(), 10 * SECOND_MS, "people_words")),
        tokio::spawn(every(core.clone(), HOUR_MS, "hour")),
    ]
}

async fn every(core: Core, period_ms: i64, name: &'static str) {
    let period = Duration::from_millis(u64::try_from(period_ms).unwrap_or(1_000));
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = run(&core, name).await {
            tracing::warn!(job.name = name, error = %error, "a job failed; it runs again");
        }
    }
}

/// One round of a job, by name; tests call it with their own clock.
pub async fn run(core: &Core, name: &str) -> Result<(), Error> {
    match name {
        "holds" => {
            while commands::release_due_holds(core).await? > 0 {}
            Ok(())
        }
        "imports" => imports::run_due(core).await,
        "invitations" => invitations::run_batches(core).await,
        "last_seen" => flush_last_seen(core).await,
        "activation_lock" => activation_lock::run_due(core).await,
        "minute" => {
            clock::raise(core).await?;
            enrollments::lapse_pending(core).await?;
            onboarding::sweep(core).await?;
            approvals::lapse_due(core).await?;
            campaigns::end_due(core).await?;
            guard::sweep_all(core).await?;
            expire_commands(core).await?;
            inventory::ask_due(core).await?;
            directory::run_due(core).await?;
            accounts::portal::tell_former(core).await?;
            invitations_over(core).await?;
            invitations::forget_over(core).await?;
            invitations::forget_pins(core).await?;
            invitations::remind_due(core).await?;
            reports::run_due(core).await?;
            audit::flush_refusals(core, false).await?;
            certificates::renewal::run(core).await?;
            credentials::run(core).await
        }
        // What is deleted for its age does not come back when the clock is put right.
        "keys" => keys::report(core).await,
        "hour" if !core.clock().is_sure() => Ok(()),
        "hour" => {
            mark_not_seen(core).await?;
            mark_silent(core).await?;
            push::tell_ladder(core).await?;
            unknown_senders::gauge(core).await?;
            push::end_alarms(core).await?;
            sweep_pushes(core).await?;
            escrow::settle_unanswered(core).await?;
            enrollments::let_rest(core).await?;
            enrollments::revoke_wiped(core).await?;
            inventory::adopt(core).await?;
            reconcile::ask_users(core).await?;
            reconcile::walk_all(core).await?;
            credentials::sweep(core).await?;
            audit::verify_daily(core).await?;
            audit::retain(core).await?;
            retain(core).await
        }
        "search_words" => search::words::index_missing(core).await,
        "people_words" => search::people::index_due(core).await,
        "reconcile_again" => reconcile::again(core).await,
        "reconcile" => reconcile::run_due(core).await,
        "audit" => audit::run_due(core).await,
        "webhooks" => webhooks::run_once(core).await,
        "ldap" => ldap::run_due(core).await,
        "mail" => mail::run_due(core).await,
        "notifications" => notifications::tell_by_mail(core).await,
        "push" => push::push_once(core).await.map(|_| ()),
        other => Err(Error::internal(format!("There is no job {other}."))),
    }
}

/// Writes when devices were last seen, in one batch. After a crash it may be a minute old; it proves
/// nothing.
pub async fn flush_last_seen(core: &Core) -> Result<(), Error> {
    const FLUSH: &str = "UPDATE device_summary SET last_seen = $2, \
        status = CASE WHEN status = 'not_seen' THEN 'active' ELSE status END \
        WHERE device_id = $1 AND (last_seen IS NULL OR last_seen < $3)";
    let mut seen: Vec<(String, i64)> = core.take_seen().into_iter().collect();
    // One order on every node, so that two flushes cannot lock each other out.
    seen.sort();
    for chunk in seen.chunks(500) {
        core.db()
            .write(chunk.to_vec(), |tx, chunk| {
                Box::pin(async move {
                    for (device, at) in chunk {
                        tx.execute(FLUSH, args![device.as_str(), *at, *at - MINUTE_MS / 2])
                            .await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    Ok(())
}

/// Ends commands that waited too long for their device; never silently.
async fn expire_commands(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT id, device_id FROM command WHERE finished = 0 AND expires_at <= $1 \
        ORDER BY expires_at LIMIT 500";
    const EXPIRE: &str = "UPDATE command SET status = 'expired', finished = 1, secret_sealed = NULL, \
        updated_at = $1 WHERE finished = 0 AND id {ids}";
    loop {
        let count = core
            .db()
            .write(core.now_ms(), |tx, now| {
                Box::pin(async move {
                    let rows = tx.fetch_all(DUE, args![*now]).await?;
                    let ids = rows
                        .iter()
                        .map(|r| r.text(0))
                        .collect::<Result<Vec<_>, _>>()?;
                    if ids.is_empty() {
                        return Ok::<_, Error>(0);
                    }
                    tx.execute_in(EXPIRE, ids, args![*now]).await?;
                    for row in &rows {
                        let (id, device) = (row.text(0)?, row.text(1)?);
                        let status = CommandStatus::Expired;
                        store::transition(tx, &id, &device, status, None, None, *now).await?;
                    }
                    Ok(rows.len())
                })
            })
            .await?;
        if count < 500 {
            return Ok(());
        }
    }
}

async fn invitations_over(core: &Core) -> Result<(), Error> {
    const OVER: &str =
        "UPDATE invitation SET status = 'expired' WHERE status = 'open' AND expires_at <= $1";
    core.db().execute(OVER, args![core.now_ms()]).await?;
    Ok(())
}

/// Devices that said nothing for a week.
async fn mark_not_seen(core: &Core) -> Result<(), Error> {
    const MARK: &str = "UPDATE device_summary SET status = 'not_seen', updated_at = $1 \
        WHERE status = 'active' AND COALESCE(last_seen, 0) > 0 AND COALESCE(last_seen, 0) < $2";
    let now = core.now_ms();
    core.db()
        .execute(MARK, args![now, now - 7 * DAY_MS])
        .await?;
    Ok(())
}

/// Channels whose pushes APNs accepts and that never poll: silent, shown with the reason.
async fn mark_silent(core: &Core) -> Result<(), Error> {
    const CHANNELS: &str = "UPDATE channel SET contact = 'unhealthy' WHERE contact = 'reachable' \
        AND ended_at IS NULL AND pushes_unanswered >= 3 AND unanswered_since < $1";
    const DEVICES: &str = "UPDATE device_summary SET contact = 'unhealthy', updated_at = $1 \
        WHERE contact = 'reachable' AND enrollment_status = 'active' AND enrollment_id IN \
        (SELECT enrollment_id FROM channel WHERE name = 'device' AND contact = 'unhealthy' \
        AND ended_at IS NULL)";
    let now = core.now_ms();
    core.db()
        .write(now, |tx: &Tx, now| {
            Box::pin(async move {
                tx.execute(CHANNELS, args![*now - 3 * DAY_MS]).await?;
                tx.execute(DEVICES, args![*now]).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Pushes every channel with unfinished work that had no push for a day, whatever the work's status:
/// counted from the last push, never from the command's age.
async fn sweep_pushes(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT DISTINCT c.channel_id FROM command c \
        JOIN channel ch ON ch.id = c.channel_id WHERE c.finished = 0 AND c.status <> 'held' \
        AND ch.ended_at IS NULL AND ch.contact <> 'unreachable' \
        AND (ch.last_push_at IS NULL OR ch.last_push_at < $1) \
        AND NOT EXISTS (SELECT 1 FROM push_request r WHERE r.channel_id = c.channel_id)";
    let now = core.now_ms();
    let rows = core.db().query_all(DUE, args![now - DAY_MS]).await?;
    let ids = rows
        .iter()
        .map(|r| r.text(0))
        .collect::<Result<Vec<_>, _>>()?;
    for chunk in ids.chunks(500) {
        core.db()
            .write((chunk.to_vec(), now), |tx, (ids, now)| {
                Box::pin(async move { store::request_pushes(tx, ids, *now).await })
            })
            .await?;
    }
    Ok(())
}

/// Deletes what is older than its retention, in chunks (architecture §4); what a legal hold covers stays.
async fn retain(core: &Core) -> Result<(), Error> {
    const RULES: [(&str, i64); 36] = [
        (
            concat!(
                "DELETE FROM command_result WHERE command_id IN (SELECT r.command_id \
                  FROM command_result r WHERE r.received_at < $1",
                not_held!("r.device_id"),
                " LIMIT 1000)"
            ),
            14,
        ),
        (
            concat!(
                "DELETE FROM command_transition WHERE seq IN (SELECT t.seq FROM command_transition t \
                  JOIN command c ON c.id = t.command_id WHERE c.finished = 1 AND c.updated_at < $1",
                not_held!("c.device_id"),
                " LIMIT 1000)"
            ),
            90,
        ),
        (
            "DELETE FROM command WHERE id IN (SELECT c.id FROM command c WHERE c.finished = 1 \
          AND c.updated_at < $1 AND NOT EXISTS (SELECT 1 FROM command_transition t \
          WHERE t.command_id = c.id) LIMIT 1000)",
            90,
        ),
        (
            "DELETE FROM command_batch WHERE id IN (SELECT b.id FROM command_batch b \
          WHERE b.created_at < $1 AND NOT EXISTS (SELECT 1 FROM command c WHERE c.batch_id = b.id) \
          LIMIT 1000)",
            90,
        ),
        (
            concat!(
                "DELETE FROM fact_change WHERE seq IN (SELECT f.seq FROM fact_change f WHERE f.at < $1",
                not_held!("f.device_id"),
                " LIMIT 1000)"
            ),
            365,
        ),
        ("DELETE FROM seen_message WHERE at < $1", 30),
        (
            "DELETE FROM attempt_step WHERE seq IN (SELECT seq FROM attempt_step WHERE at < $1 LIMIT 1000)",
            180,
        ),
        ("DELETE FROM idempotency_key WHERE created_at < $1", 1),
        ("DELETE FROM session WHERE expires_at < $1", 1),
        ("DELETE FROM guess_limit WHERE window_start < $1", 1),
        ("DELETE FROM ceremony WHERE expires_at < $1", 0),
        (
            "DELETE FROM selection_device WHERE selection_id IN \
             (SELECT id FROM selection WHERE expires_at < $1)",
            0,
        ),
        ("DELETE FROM selection WHERE expires_at < $1", 0),
        ("DELETE FROM known_browser WHERE last_used_at < $1", 400),
        ("DELETE FROM orphan_result WHERE received_at < $1", 90),
        ("DELETE FROM guard_use WHERE at < $1", 2),
        // Lists whose writing was cut short.
        (
            "DELETE FROM campaign_target WHERE campaign_id IN \
          (SELECT id FROM campaign WHERE status = 'draft' AND created_at < $1)",
            1,
        ),
        (
            "DELETE FROM campaign WHERE status = 'draft' AND created_at < $1",
            1,
        ),
        (
            "DELETE FROM import_file WHERE created_at < $1 AND status NOT IN ('waiting', 'running')",
            30,
        ),
        // Previews that nobody began, then batches with their people.
        (
            "DELETE FROM invitation_batch_item WHERE batch_id IN (SELECT id FROM invitation_batch \
          WHERE created_at < $1 AND status IN ('open', 'cancelled') AND begun_at IS NULL LIMIT 100)",
            1,
        ),
        (
            "DELETE FROM invitation_batch WHERE created_at < $1 AND begun_at IS NULL \
          AND NOT EXISTS (SELECT 1 FROM invitation_batch_item i WHERE i.batch_id = invitation_batch.id)",
            1,
        ),
        (
            "DELETE FROM invitation_batch_item WHERE batch_id IN (SELECT id FROM invitation_batch \
          WHERE finished_at < $1 LIMIT 100)",
            180,
        ),
        (
            "DELETE FROM invitation_batch WHERE finished_at < $1 \
          AND NOT EXISTS (SELECT 1 FROM invitation_batch_item i WHERE i.batch_id = invitation_batch.id)",
            180,
        ),
        (
            "DELETE FROM reconcile_sweep WHERE id IN (SELECT id FROM reconcile_sweep \
          WHERE finished_at < $1 LIMIT 1000)",
            2,
        ),
        (
            "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery \
          WHERE created_at < $1 LIMIT 1000)",
            30,
        ),
        (
            "DELETE FROM mail_outbox WHERE id IN (SELECT m.id FROM mail_outbox m \
          WHERE m.created_at < $1 AND NOT EXISTS (SELECT 1 FROM invitation i \
          WHERE i.mail_id = m.id AND i.status = 'open') LIMIT 1000)",
            30,
        ),
        ("DELETE FROM notification_event WHERE at < $1", 2),
        ("DELETE FROM notification_told WHERE at < $1", 2),
        ("DELETE FROM stranger WHERE last_at < $1", 180),
        ("DELETE FROM unknown_sender WHERE last_at < $1", 180),
        ("DELETE FROM bootstrap_code WHERE expires_at < $1", 1),
        ("DELETE FROM renewal_grant WHERE expires_at < $1", 90),
        ("DELETE FROM acme_nonce WHERE expires_at < $1", 0),
        ("DELETE FROM acme_order WHERE expires_at < $1", 90),
        (
            "DELETE FROM acme_account WHERE used_at < $1 AND NOT EXISTS \
          (SELECT 1 FROM acme_order o WHERE o.account_id = acme_account.id)",
            1,
        ),
        (
            concat!(
                "DELETE FROM location WHERE id IN (SELECT l.id FROM location l WHERE l.received_at < $1",
                not_held!("l.device_id"),
                " LIMIT 1000)"
            ),
            lost_mode::RETENTION_DAYS,
        ),
    ];
    let now = core.now_ms();
    for (sql, days) in RULES {
        let values: Vec<Value> = args![now - days * DAY_MS];
        // At most two hundred chunks an hour and rule: a fleet of 50,000 fits well into that.
        for _ in 0..200 {
            if core.db().execute(sql, values.clone()).await? < 1_000 {
                break;
            }
        }
    }
    Ok(())
}
