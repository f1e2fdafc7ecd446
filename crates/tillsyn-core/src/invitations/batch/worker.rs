//! Carries batches out: a few people in each transaction, which also settles their rows.

use serde_json::json;
use tillsyn_db::jobs::{self, ClaimedJob, Settled};
use tillsyn_db::{Tx, args};

use super::pins::keep_in;
use super::store::{BatchStatus, BatchView, Detail, find_in, skip_in};
use crate::actor::{Actor, Permission, authorize};
use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::InvitationBatchId;
use crate::imports::actor_in;
use crate::invitations::letter::Paper;
use crate::invitations::mint::Minted;
use crate::invitations::policy::{PinMode, policy_in};
use crate::invitations::send::{invitee_in, pin_for, replace_in, send_in};
use crate::{people, units};

/// The kind of job that carries batches out.
pub(super) const JOB: &str = "invitation_batch";
const LEASE_MS: i64 = 2 * MINUTE_MS;
/// People of one transaction.
const PEOPLE: i64 = 20;
/// Workers that a batch may kill or outlive.
const ATTEMPTS: i64 = 20;

/// Carries out what is due.
pub(crate) async fn run_due(core: &Core) -> Result<(), Error> {
    const ANY: &str = "SELECT id FROM job WHERE kind = 'invitation_batch' \
        AND status IN ('waiting', 'running') LIMIT 1";
    while core.db().query_optional(ANY, args![]).await?.is_some() {
        let (now, node) = (core.now_ms(), core.config().node.as_str());
        let claimed = jobs::claim(core.db(), &[JOB], node, now, LEASE_MS, 1).await?;
        let Some(job) = claimed.into_iter().next() else {
            break;
        };
        if let Err(error) = carry_out(core, &job).await {
            fail(core, &job, &error).await?;
        }
    }
    Ok(())
}

/// A fault that passes is tried again; what cannot be done ends the batch with its reason.
async fn fail(core: &Core, job: &ClaimedJob, error: &Error) -> Result<(), Error> {
    let now = core.now_ms();
    let passes = matches!(
        error.kind,
        Kind::Unavailable | Kind::Internal | Kind::Conflict | Kind::TooMany { .. }
    );
    if passes && job.attempt < ATTEMPTS {
        tracing::warn!(error = %error, "a batch of invitations was interrupted; it goes on soon");
        let _ = jobs::retry(core.db(), job, now, now + 10 * SECOND_MS, error.code).await?;
        return Ok(());
    }
    let input = (id_of(job)?, job.clone(), error.code, now);
    core.db()
        .write(input, |tx, (id, job, code, now)| {
            Box::pin(async move {
                if jobs::give_up(tx, job, *now, code).await? == Settled::Overtaken {
                    return Ok(());
                }
                finish_in(tx, id, BatchStatus::Failed, Some(code), *now).await
            })
        })
        .await
}

fn id_of(job: &ClaimedJob) -> Result<InvitationBatchId, Error> {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let id = payload["batch"].as_str().and_then(InvitationBatchId::parse);
    id.ok_or_else(|| Error::internal("A job names no batch."))
}

async fn carry_out(core: &Core, job: &ClaimedJob) -> Result<(), Error> {
    let id = id_of(job)?;
    let paper = Paper::of(core).await?;
    loop {
        let now = core.now_ms();
        let modes = next_modes(core, &id).await?;
        // What is secret, and takes time to hash, is made before the transaction begins.
        let mut minted = Vec::with_capacity(modes.len());
        for mode in &modes {
            let pin = pin_for(*mode, now).await?;
            minted.push((*mode, Minted::new(core, pin, now)));
        }
        let input = (id.clone(), job.clone(), (paper.clone(), minted), now);
        let more = core
            .db()
            .write(input, |tx, (id, job, (paper, minted), now)| {
                Box::pin(async move { step_in(tx, id, job, paper, minted, *now).await })
            })
            .await?;
        if !more {
            return Ok(());
        }
    }
}

const NEXT: &str = "SELECT line, person_id, row_sealed, outcome, invitation_id \
    FROM invitation_batch_item WHERE batch_id = $1 AND outcome IN ('ready', 'new', 'again') \
    ORDER BY line LIMIT $2";

/// The PINs that the next people need: looked up outside of the step, which looks again.
async fn next_modes(core: &Core, id: &InvitationBatchId) -> Result<Vec<PinMode>, Error> {
    let keys = core.keys().clone();
    core.db()
        .read((id.clone(), keys), |tx, (id, keys)| {
            Box::pin(async move {
                let mut modes = Vec::new();
                for row in tx.fetch_all(NEXT, args![id, PEOPLE]).await? {
                    let item = Item::of(&row, keys, id)?;
                    modes.push(item.mode_in(tx).await?);
                }
                Ok::<_, Error>(modes)
            })
        })
        .await
}

/// Somebody who is to be written to.
struct Item {
    line: i64,
    person: Option<String>,
    new: Option<Detail>,
    /// The invitation that is replaced.
    again: Option<String>,
}

impl Item {
    fn of(
        row: &tillsyn_db::Row,
        keys: &crate::keys::KeyStore,
        batch: &InvitationBatchId,
    ) -> Result<Self, Error> {
        let (line, sealed) = (row.i64(0)?, row.opt_blob(2)?);
        Ok(Self {
            line,
            person: row.opt_text(1)?,
            new: match sealed {
                Some(sealed) => Some(Detail::open(keys, &sealed, batch.as_str(), line)?),
                None => None,
            },
            again: match row.str(3)? {
                "again" => row.opt_text(4)?,
                _ => None,
            },
        })
    }

    async fn mode_in(&self, tx: &Tx) -> Result<PinMode, Error> {
        const AGAIN: &str = "SELECT pin_mode FROM invitation WHERE id = $1";
        const PERSON: &str = "SELECT u.path FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
            WHERE p.id = $1";
        const UNIT: &str = "SELECT path FROM org_unit WHERE id = $1";
        let path = match (&self.again, &self.person, &self.new) {
            (Some(id), ..) => {
                let row = tx.fetch_optional(AGAIN, args![id.as_str()]).await?;
                let mode = row.map(|row| row.opt_text(0)).transpose()?.flatten();
                return Ok(mode.as_deref().and_then(PinMode::parse).unwrap_or_default());
            }
            (None, Some(person), _) => tx.fetch_optional(PERSON, args![person.as_str()]).await?,
            (None, None, new) => {
                let unit = new.as_ref().and_then(|new| new.unit.clone());
                tx.fetch_optional(UNIT, args![unit.unwrap_or_default()])
                    .await?
            }
        };
        let Some(path) = path else {
            return Ok(PinMode::None);
        };
        Ok(policy_in(tx, path.str(0)?).await?.pin)
    }
}

/// One step; false when the batch is done, was ended, or another worker has it.
async fn step_in(
    tx: &Tx,
    id: &InvitationBatchId,
    job: &ClaimedJob,
    paper: &Paper,
    minted: &[(PinMode, Minted)],
    now_ms: i64,
) -> Result<bool, Error> {
    const RUN: &str = "UPDATE invitation_batch SET status = 'running' WHERE id = $1";
    if jobs::extend(tx, job, now_ms, LEASE_MS).await? == Settled::Overtaken {
        return Ok(false);
    }
    let found = find_in(tx, id).await?;
    if !found.status.runs() {
        let _ = jobs::complete(tx, job, now_ms).await?;
        return Ok(false);
    }
    let rows = tx.fetch_all(NEXT, args![id, PEOPLE]).await?;
    if rows.is_empty() {
        let _ = jobs::complete(tx, job, now_ms).await?;
        finish_in(tx, id, BatchStatus::Done, None, now_ms).await?;
        return Ok(false);
    }
    let kind = found.begun_kind.as_deref().unwrap_or_default();
    let by = found.begun_by.as_deref().unwrap_or_default();
    let actor = actor_in(tx, kind, by, now_ms).await?;
    authorize(&actor, Permission::InvitationsWrite, &found.unit_path)?;
    tx.execute(RUN, args![id]).await?;
    for (row, (mode, minted)) in rows.iter().zip(minted) {
        let item = Item::of(row, paper.keys(), id)?;
        // The policy was changed between two looks: the next step has the right PIN.
        if item.mode_in(tx).await? != *mode {
            break;
        }
        if item_in(tx, &found, &actor, paper, &item, minted, now_ms).await? {
            keep_in(tx, paper.keys(), (id, item.line), minted, *mode).await?;
        }
    }
    Ok(true)
}

/// Writes to one person and settles their row; whether they have a new invitation. What is wrong with them stops
/// nobody else.
async fn item_in(
    tx: &Tx,
    batch: &BatchView,
    actor: &Actor,
    paper: &Paper,
    item: &Item,
    minted: &Minted,
    now_ms: i64,
) -> Result<bool, Error> {
    const SETTLE: &str = "UPDATE invitation_batch_item SET outcome = $3, cause = $4, \
        invitation_id = COALESCE($5, invitation_id), person_id = COALESCE($6, person_id), \
        row_sealed = CASE WHEN $3 = 'failed' THEN row_sealed ELSE NULL END \
        WHERE batch_id = $1 AND line = $2";
    let done = match &item.again {
        Some(before) => {
            let made = (minted, true);
            let replaced = replace_in(tx, actor, paper, before, made, now_ms).await;
            replaced.map(|_| Done::Invited(None))
        }
        None => invite_in(tx, batch, actor, paper, item, minted, now_ms).await,
    };
    let (outcome, cause, person) = match done {
        Ok(Done::Invited(person)) => ("invited", None, person),
        Ok(Done::Skipped(cause)) => ("skip", Some(cause), None),
        // What passes is tried again with the whole step.
        Err(error) if matches!(error.kind, Kind::Unavailable | Kind::Internal) => {
            return Err(error);
        }
        // The invitation that is out stays as it is.
        Err(error) if item.again.is_some() => ("invited", Some(error.code), None),
        Err(error) => ("failed", Some(error.code), None),
    };
    let invitation = match (outcome, cause) {
        ("invited", None) => Some(minted.id.as_str()),
        _ => None,
    };
    let values = args![&batch.id, item.line, outcome, cause, invitation, person];
    tx.execute(SETTLE, values).await?;
    Ok(invitation.is_some())
}

enum Done {
    /// With the person, when they were made for it.
    Invited(Option<String>),
    Skipped(&'static str),
}

async fn invite_in(
    tx: &Tx,
    batch: &BatchView,
    actor: &Actor,
    paper: &Paper,
    item: &Item,
    minted: &Minted,
    now_ms: i64,
) -> Result<Done, Error> {
    let (person, made) = match (&item.person, &item.new) {
        (Some(person), _) => (person.clone(), false),
        (None, Some(new)) => (person_in(tx, batch, actor, new, now_ms).await?, true),
        (None, None) => return Err(Error::not_found("person")),
    };
    let skip = (batch.skip_open, batch.skip_enrolled);
    if let Some(cause) = skip_in(tx, &person, skip, now_ms).await? {
        return Ok(Done::Skipped(cause));
    }
    let invitee = invitee_in(tx, actor, &person).await?;
    let policy = policy_in(tx, &invitee.unit_path).await?;
    let one = (minted, Some(batch.id.as_str()), false);
    send_in(tx, actor, paper, &invitee, &policy, one, now_ms).await?;
    Ok(Done::Invited(made.then_some(person)))
}

/// Makes somebody whom the file names, unless somebody else did so meanwhile.
async fn person_in(
    tx: &Tx,
    batch: &BatchView,
    actor: &Actor,
    new: &Detail,
    now_ms: i64,
) -> Result<String, Error> {
    const THERE: &str =
        "SELECT line FROM invitation_batch_item WHERE batch_id = $1 AND person_id = $2";
    let overtaken = || Error::conflict("overtaken", "This row is about somebody else by now.");
    let unit = new.unit.as_deref().ok_or_else(overtaken)?;
    let unit = units::find_in(tx, unit).await?;
    authorize(actor, Permission::PeopleWrite, &unit.path)?;
    if new.email.is_none() {
        return Err(overtaken());
    }
    let (email, language) = (new.email.as_deref(), new.language.as_deref());
    let id = people::find_or_create_in(
        tx,
        actor,
        unit.id.as_str(),
        &new.name,
        email,
        language,
        now_ms,
    )
    .await?;
    let values = args![&batch.id, &id];
    if tx.fetch_optional(THERE, values).await?.is_some() {
        return Err(overtaken());
    }
    Ok(id.to_string())
}

async fn finish_in(
    tx: &Tx,
    id: &InvitationBatchId,
    status: BatchStatus,
    error: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const END: &str = "UPDATE invitation_batch SET status = $2, error = $3, finished_at = $4 \
        WHERE id = $1 AND status IN ('waiting', 'running')";
    const COUNT: &str = "SELECT outcome, count(*) FROM invitation_batch_item WHERE batch_id = $1 \
        GROUP BY outcome ORDER BY outcome";
    let values = args![id, status.as_str(), error, now_ms];
    if tx.execute(END, values).await? == 0 {
        return Ok(());
    }
    let found = find_in(tx, id).await?;
    let mut counts = serde_json::Map::new();
    for row in tx.fetch_all(COUNT, args![id]).await? {
        counts.insert(row.text(0)?, json!(row.i64(1)?));
    }
    let action = match status {
        BatchStatus::Failed => "invitation_batch.failed",
        _ => "invitation_batch.done",
    };
    let event = NewEvent::done(action, "invitation_batch", id.as_str(), &found.unit_id)
        .with(json!({ "people": counts, "error": error }));
    events::record(tx, &Actor::system(), now_ms, event).await?;
    Ok(())
}
