//! What the person says of a failure that nobody but them can see.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::proof::Proof;
use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AttemptId;
use crate::invitations::attempt::{self, cause};
use crate::invitations::{AttemptStatus, InvitationState, find};

/// Causes that a page may record on the word of the person.
pub const TOLD: [&str; 8] = [
    cause::PROFILE_LAPSED,
    cause::CHALLENGE_EXPIRED,
    cause::ANOTHER_MDM,
    cause::NO_SAFARI,
    cause::CLOCK_WRONG,
    cause::UNREACHABLE,
    cause::NO_ADMINISTRATOR,
    cause::CANCELLED,
];

/// Whether the person may say so.
pub fn is_told(cause: &str) -> bool {
    TOLD.contains(&cause)
}

/// Records what the device said, as the person tells it.
///
/// # Errors
/// Not found when the proof is not that attempt's; conflict when the device is managed already.
pub async fn tell_failure(
    core: &Core,
    proof: Proof,
    told: &str,
    address: Option<String>,
) -> Result<(), Error> {
    let cause = TOLD
        .into_iter()
        .find(|known| *known == told)
        .ok_or_else(|| Error::invalid("cause", "cause", "There is no such cause."))?;
    let input = (proof, cause, address, core.now_ms());
    core.db()
        .write(input, |tx, (proof, cause, address, now)| {
            Box::pin(async move { told_in(tx, proof, cause, address.as_deref(), *now).await })
        })
        .await
}

/// The person does not agree, or will not go on: nothing changes on their device.
///
/// # Errors
/// As [`tell_failure`].
pub async fn decline(core: &Core, proof: Proof, address: Option<String>) -> Result<(), Error> {
    tell_failure(core, proof, cause::CANCELLED, address).await
}

async fn told_in(
    tx: &Tx,
    proof: &Proof,
    cause: &'static str,
    address: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const TOLD_BEFORE: &str =
        "SELECT count(*) FROM attempt_step WHERE attempt_id = $1 AND step = 'failed'";
    const MOST: i64 = 20;
    let found = proof.check_in(tx, now_ms).await?;
    let id = proof.attempt.as_str();
    let open = found.status.is_open() || found.status == AttemptStatus::Failed;
    if !open {
        return Err(Error::conflict(
            "attempt_over",
            "This device is managed already, or the attempt is over.",
        ));
    }
    // Somebody who presses on and on fills no store.
    if tx.fetch_one(TOLD_BEFORE, args![id]).await?.i64(0)? >= MOST {
        return Ok(());
    }
    let at = match found.status {
        AttemptStatus::Failed => AttemptStatus::ProfileFetched,
        at => at,
    };
    attempt::fail_in(tx, id, at, cause, address, now_ms).await?;
    let actor = Actor::person(id, address.map(str::to_owned));
    let event =
        NewEvent::done("attempt.told", "attempt", id, &found.unit).with(json!({ "cause": cause }));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(())
}

/// Somebody stands here with a device of a kind that this server does not manage: kept once, so that whoever
/// invited them learns of it.
///
/// # Errors
/// Not found for an unknown link; conflict when the invitation is over.
pub async fn report_wrong_platform(
    core: &Core,
    code: &str,
    address: Option<String>,
) -> Result<(), Error> {
    let found = find(core, code).await?;
    if found.open.state != InvitationState::Open {
        return Err(Error::conflict(
            "invitation_over",
            "This invitation is over already.",
        ));
    }
    let now_ms = core.now_ms();
    let input = (
        AttemptId::new(now_ms),
        found.open.id.clone(),
        found.org_unit_id.clone(),
        address,
        now_ms,
    );
    core.db()
        .write(input, |tx, (id, invitation, unit, address, now)| {
            Box::pin(async move {
                const KNOWN: &str = "SELECT id FROM attempt WHERE invitation_id = $1 AND cause = $2 LIMIT 1";
                const INSERT: &str = "INSERT INTO attempt (id, invitation_id, org_unit_id, platform, status, \
                    created_at, updated_at, expires_at) VALUES ($1, $2, $3, NULL, 'created', $4, $4, $5)";
                let known = args![invitation, cause::WRONG_PLATFORM];
                if tx.fetch_optional(KNOWN, known).await?.is_some() {
                    return Ok(());
                }
                let values = args![id, invitation, unit.as_str(), *now, *now + DAY_MS];
                tx.execute(INSERT, values).await?;
                let (text, address) = (id.as_str(), address.as_deref());
                attempt::step_in(tx, text, AttemptStatus::Opened, address, *now).await?;
                let step = AttemptStatus::Opened;
                attempt::fail_in(tx, text, step, cause::WRONG_PLATFORM, address, *now).await?;
                let actor = Actor::person(text, address.map(str::to_owned));
                let event = NewEvent::done("attempt.told", "attempt", text, unit)
                    .with(json!({ "cause": cause::WRONG_PLATFORM }));
                events::record(tx, &actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
