//! From answers to facts: only what may be known of this device is stored (capability at ingestion).

use serde_json::Value as Json;
use tillsyn_apple::command::queries::fact_allowed;
use tillsyn_apple::result::{
    CommandResult, DeviceInformationResult, Fact, ProfileListResult, SecurityInfoResult,
};
use tillsyn_db::{Tx, Value, args};

use super::poll::{PollingChannel, Turn};
use super::record;
use super::sender::SenderEnrollment;
use crate::commands::Request;
use crate::devices;
use crate::error::Error;
use crate::invitations::attempt::{self, AttemptStatus};

/// Stores what an acknowledged query said.
pub(super) async fn ingest(
    tx: &Tx,
    turn: &Turn,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
    request: &Request,
    result: &CommandResult,
) -> Result<(), Error> {
    let unreadable = |error: tillsyn_apple::WireError| {
        tracing::warn!(error = %error, device.id = %channel.device_id, "an answer has no readable facts");
        Ok(())
    };
    let (facts, source): (Vec<Fact>, &'static str) = match request {
        Request::DeviceInformation {} => match DeviceInformationResult::read(&result.body) {
            Ok(information) => (information.facts(), "DeviceInformation"),
            Err(error) => return unreadable(error),
        },
        Request::SecurityInfo {} => match SecurityInfoResult::read(&result.body) {
            Ok(security) => (security.facts(), "SecurityInfo"),
            Err(error) => return unreadable(error),
        },
        Request::ProfileList {} => match ProfileListResult::read(&result.body) {
            Ok(list) => {
                profiles(tx, turn, channel, &list).await?;
                (Vec::new(), "ProfileList")
            }
            Err(error) => return unreadable(error),
        },
        _ => return Ok(()),
    };
    // Facts of a user channel are the user's; the device's row is fed by the device channel alone.
    if channel.name.is_device() {
        let Some(known) = record::device_facts(tx, enrollment, channel).await? else {
            return Ok(());
        };
        let allowed: Vec<(String, Json)> = facts
            .into_iter()
            .filter(|(name, _)| fact_allowed(name, &known))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        devices::facts::store_in(tx, &channel.device_id, &allowed, source, turn.now_ms).await?;
        if matches!(request, Request::DeviceInformation {}) {
            ready(tx, turn, enrollment).await?;
        }
    }
    Ok(())
}

/// An attempt is ready when the device has answered who it is.
async fn ready(tx: &Tx, turn: &Turn, enrollment: &SenderEnrollment) -> Result<(), Error> {
    const FIND: &str = "SELECT id FROM attempt WHERE enrollment_id = $1 AND status = 'enrolled'";
    if let Some(row) = tx
        .fetch_optional(FIND, args![enrollment.id.as_str()])
        .await?
    {
        let id = row.text(0)?;
        attempt::step_in(tx, &id, AttemptStatus::Ready, None, turn.now_ms).await?;
    }
    Ok(())
}

/// Replaces what is known to be installed on the channel.
async fn profiles(
    tx: &Tx,
    turn: &Turn,
    channel: &PollingChannel,
    list: &ProfileListResult,
) -> Result<(), Error> {
    const CLEAR: &str = "DELETE FROM installed_profile WHERE channel_id = $1";
    const INSERT: &str = "INSERT INTO installed_profile (channel_id, identifier, device_id, \
        payload_uuid, name, managed, encrypted, removal_disallowed, observed_at)";
    tx.execute(CLEAR, args![channel.id.as_str()]).await?;
    let mut seen = std::collections::HashSet::new();
    let rows: Vec<Vec<Value>> = list
        .profiles
        .iter()
        .filter(|profile| seen.insert(profile.identifier.as_str()))
        .map(|profile| {
            args![
                channel.id.as_str(),
                profile.identifier.as_str(),
                channel.device_id.as_str(),
                profile.uuid.as_str(),
                profile.display_name.as_deref(),
                profile.is_managed.map(i64::from),
                profile.is_encrypted.map(i64::from),
                profile.removal_disallowed.map(i64::from),
                turn.now_ms
            ]
        })
        .collect();
    tx.insert_many(INSERT, 9, rows, "").await?;
    Ok(())
}
