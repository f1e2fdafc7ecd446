//! Beginning a batch that somebody looked at, ending one, and sending again to those who are stuck.

use serde_json::json;
use tillsyn_db::{Tx, args, jobs};

use super::progress::{BatchStep, people_in};
use super::store::{BatchStatus, BatchView, find_in, reached_in};
use super::worker::JOB;
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::InvitationBatchId;
use crate::invitations::letter::refuse_without_server;

const BEGIN: &str = "UPDATE invitation_batch SET status = 'waiting', begun_kind = $2, \
    begun_by = $3, begun_at = COALESCE(begun_at, $4), finished_at = NULL, error = NULL WHERE id = $1";

/// Begins a batch. One that has begun already is answered as it is.
///
/// # Errors
/// `batch_overtaken` when the digest is another one; conflict for a cancelled one, or without a mail server.
pub async fn begin_batch(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
    digest: &str,
) -> Result<BatchView, Error> {
    refuse_without_server(core).await?;
    let input = (actor.clone(), id.clone(), digest.to_owned(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, digest, now)| {
            Box::pin(async move {
                let found = reached_in(tx, actor, Permission::InvitationsWrite, id).await?;
                match found.status {
                    BatchStatus::Open => {}
                    BatchStatus::Cancelled => {
                        let text = "This batch was cancelled; make a new one.";
                        return Err(Error::conflict("batch_over", text));
                    }
                    _ => return Ok(found),
                }
                if found.digest != *digest {
                    let text = "What was looked at is another batch than this. Look at it again.";
                    return Err(Error::conflict("batch_overtaken", text));
                }
                start_in(tx, actor, id, *now).await?;
                let event = NewEvent::done(
                    "invitation_batch.begin",
                    "invitation_batch",
                    id.as_str(),
                    &found.unit_id,
                )
                .with(json!({ "digest": digest, "people": found.total }));
                events::record(tx, actor, *now, event).await?;
                find_in(tx, id).await
            })
        })
        .await
}

async fn start_in(
    tx: &Tx,
    actor: &Actor,
    id: &InvitationBatchId,
    now_ms: i64,
) -> Result<(), Error> {
    let values = args![id, actor.kind.as_str(), actor.id.as_str(), now_ms];
    tx.execute(BEGIN, values).await?;
    let job = jobs::NewJob {
        kind: JOB,
        dedup_key: Some(id.to_string()),
        payload: json!({ "batch": id }).to_string(),
        due_at: now_ms,
        now: now_ms,
    };
    jobs::enqueue(tx, job).await?;
    Ok(())
}

/// Ends a batch: nobody more is written to; what was sent stays. One that is over already is answered as it is.
///
/// # Errors
/// Not found outside of the actor's reach.
pub async fn cancel_batch(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
) -> Result<BatchView, Error> {
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                const END: &str = "UPDATE invitation_batch SET status = 'cancelled', \
                    finished_at = $2 WHERE id = $1 AND status IN ('open', 'waiting', 'running')";
                const REST: &str = "UPDATE invitation_batch_item SET row_sealed = NULL, \
                    outcome = CASE WHEN outcome = 'again' THEN 'invited' ELSE 'cancelled' END \
                    WHERE batch_id = $1 AND outcome IN ('ready', 'new', 'again')";
                let found = reached_in(tx, actor, Permission::InvitationsWrite, id).await?;
                if tx.execute(END, args![id, *now]).await? > 0 {
                    tx.execute(REST, args![id]).await?;
                    let event = NewEvent::done(
                        "invitation_batch.cancel",
                        "invitation_batch",
                        id.as_str(),
                        &found.unit_id,
                    )
                    .with(json!({ "waiting": found.waiting }));
                    events::record(tx, actor, *now, event).await?;
                }
                find_in(tx, id).await
            })
        })
        .await
}

/// Sends again to those who stopped at one of these steps: each gets a new link, and the old one stops.
///
/// # Errors
/// Invalid for steps at which nobody is stuck; conflict while the batch runs, or when nobody is there.
pub async fn resend_batch(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
    steps: &[BatchStep],
) -> Result<BatchView, Error> {
    if steps.is_empty() || steps.iter().any(|step| !step.is_stuck()) {
        let text = "Only who has not come to the end can be written to again.";
        return Err(Error::invalid("steps", "batch_steps", text));
    }
    refuse_without_server(core).await?;
    let keys = core.keys().clone();
    let input = (
        (actor.clone(), id.clone(), keys),
        steps.to_vec(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, ((actor, id, keys), steps, now)| {
            Box::pin(async move {
                const AGAIN: &str = "UPDATE invitation_batch_item SET outcome = 'again', cause = NULL \
                    WHERE batch_id = $1 AND line = $2 AND outcome = 'invited'";
                let found = reached_in(tx, actor, Permission::InvitationsWrite, id).await?;
                if found.status == BatchStatus::Open || found.status.runs() {
                    let text = "This batch is not done yet. Wait until it is, or cancel it.";
                    return Err(Error::conflict("batch_running", text));
                }
                let mut count: u64 = 0;
                for person in people_in(tx, keys, &found, *now).await? {
                    if steps.contains(&person.step) {
                        count += tx.execute(AGAIN, args![id, person.line]).await?;
                    }
                }
                if count == 0 {
                    let text = "Nobody of this batch is at that step.";
                    return Err(Error::conflict("batch_nobody", text));
                }
                start_in(tx, actor, id, *now).await?;
                let steps: Vec<&str> = steps.iter().map(|step| step.as_str()).collect();
                let event = NewEvent::done(
                    "invitation_batch.resend",
                    "invitation_batch",
                    id.as_str(),
                    &found.unit_id,
                )
                .with(json!({ "steps": steps, "people": count }));
                events::record(tx, actor, *now, event).await?;
                find_in(tx, id).await
            })
        })
        .await
}
