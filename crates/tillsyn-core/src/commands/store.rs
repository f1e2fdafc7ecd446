//! The commands' SQL that several steps share.

use tillsyn_db::{Row, Tx, Value, args};

use super::channel::Channel;
use super::status::CommandStatus;
use crate::error::Error;
use crate::platform::apple;

/// One queue that a command may go to: a device and one of its channels, with what permission, capability and guard need to know.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) device_id: String,
    pub(crate) org_unit_id: String,
    pub(crate) unit_path: String,
    pub(crate) name: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) platform: String,
    pub(crate) os_version: Option<String>,
    pub(crate) supervised: Option<bool>,
    pub(crate) last_seen: Option<i64>,
    /// Whether it is enrolled; without the channel that was asked for, `enrollment` is still none.
    pub(crate) enrolled: bool,
    pub(crate) enrollment: Option<TargetEnrollment>,
}

/// The active enrollment of a target and the channel that is meant.
#[derive(Clone, Debug)]
pub(crate) struct TargetEnrollment {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    /// `device` or `user:<id>`.
    pub(crate) channel: String,
    pub(crate) told: apple::Told,
    pub(crate) enrollment_type: String,
    pub(crate) ownership: String,
    pub(crate) access_rights: Option<i64>,
    pub(crate) profile_identifier: String,
}

impl Target {
    /// Why nothing can be put into its queue, as a stable code and in words.
    pub(crate) fn unreachable(&self) -> (&'static str, String) {
        if self.enrolled {
            (
                "channel_missing",
                "The device has no such user channel.".to_owned(),
            )
        } else {
            ("not_enrolled", "The device is not enrolled.".to_owned())
        }
    }

    /// What the guard asks to be typed: the name as every page shows it.
    pub(crate) fn shown_name(&self) -> String {
        shown_name(
            self.name.as_deref(),
            self.serial_number.as_deref(),
            &self.device_id,
        )
    }
}

/// How many devices these queues belong to.
pub(crate) fn devices_of<'a>(targets: impl Iterator<Item = &'a Target>) -> usize {
    let mut ids: Vec<&str> = targets.map(|t| t.device_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

/// What confirms a slow act: the name of the one device, or how many there are.
pub(crate) fn typed_to_confirm(targets: &[Target]) -> String {
    match (devices_of(targets.iter()), targets.first()) {
        (1, Some(one)) => one.shown_name(),
        (many, _) => many.to_string(),
    }
}

/// A device's name on every page: its own name, else its serial number, else the start of our id.
pub(crate) fn shown_name(name: Option<&str>, serial: Option<&str>, device_id: &str) -> String {
    name.filter(|n| !n.trim().is_empty())
        .or(serial)
        .map_or_else(|| device_id.chars().take(13).collect(), str::to_owned)
}

/// The same queues by the ids of their channels; those that ended, or whose enrollment did, are missing.
pub(crate) async fn targets_of_channels_in(
    tx: &Tx,
    channels: Vec<String>,
) -> Result<Vec<Target>, Error> {
    tx.fetch_all_in(OF_CHANNELS, channels, args![])
        .await?
        .iter()
        .map(decode_target)
        .collect()
}

const OF_CHANNELS: &str = "SELECT d.device_id, d.org_unit_id, u.path, d.name, d.serial_number, d.platform, \
    d.os_version, d.supervised, d.last_seen, e.id, ch.id, e.enrollment_type, e.ownership, \
    e.access_rights, e.profile_identifier, ch.name, \
    (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'is_multi_user'), \
    (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'is_apple_silicon'), \
    (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'user_approved_enrollment'), \
    ch.awaiting_configuration FROM channel ch \
    JOIN enrollment e ON e.id = ch.enrollment_id AND e.status = 'active' \
    JOIN device_summary d ON d.device_id = ch.device_id AND d.enrollment_id = e.id \
    JOIN org_unit u ON u.id = d.org_unit_id \
    WHERE ch.ended_at IS NULL AND ch.id {ids} ORDER BY d.device_id, ch.name";

const TARGETS: &str = "SELECT d.device_id, d.org_unit_id, u.path, d.name, d.serial_number, d.platform, \
    d.os_version, d.supervised, d.last_seen, e.id, ch.id, e.enrollment_type, e.ownership, \
    e.access_rights, e.profile_identifier, ch.name, \
    (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'is_multi_user'), \
    (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'is_apple_silicon'), \
    (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'user_approved_enrollment'), \
    ch.awaiting_configuration FROM device_summary d \
    JOIN org_unit u ON u.id = d.org_unit_id \
    LEFT JOIN enrollment e ON e.id = d.enrollment_id AND e.status = 'active' \
    LEFT JOIN channel ch ON ch.enrollment_id = e.id AND ch.ended_at IS NULL \
    AND (ch.name = $1 OR ($1 = 'users' AND ch.name <> 'device')) \
    WHERE d.device_id {ids} ORDER BY d.device_id, ch.name";

/// The devices with these ids, once per channel that is meant; unknown ids are missing from the answer.
pub(crate) async fn targets_in(
    tx: &Tx,
    ids: Vec<String>,
    channel: &Channel,
) -> Result<Vec<Target>, Error> {
    tx.fetch_all_in(TARGETS, ids, args![channel.to_string()])
        .await?
        .iter()
        .map(decode_target)
        .collect()
}

fn decode_target(row: &Row) -> Result<Target, Error> {
    let enrollment = match (row.opt_text(9)?, row.opt_text(10)?) {
        (Some(id), Some(channel_id)) => Some(TargetEnrollment {
            id,
            channel_id,
            channel: row.text(15)?,
            told: apple::Told::read(row, 16)?,
            enrollment_type: row.text(11)?,
            ownership: row.text(12)?,
            access_rights: row.opt_i64(13)?,
            profile_identifier: row.text(14)?,
        }),
        _ => None,
    };
    Ok(Target {
        device_id: row.text(0)?,
        org_unit_id: row.text(1)?,
        unit_path: row.text(2)?,
        name: row.opt_text(3)?,
        serial_number: row.opt_text(4)?,
        platform: row.text(5)?,
        os_version: row.opt_text(6)?,
        supervised: row.opt_i64(7)?.map(|v| v != 0),
        last_seen: row.opt_i64(8)?,
        enrolled: row.opt_text(9)?.is_some(),
        enrollment,
    })
}

/// The columns of a story, for many at once.
pub(crate) const STORIES: &str =
    "INSERT INTO command_transition (command_id, device_id, at, status, reason, actor_id)";

/// Ends commands that nobody wants any more and that the device does not hold.
pub(crate) async fn supersede_in(
    tx: &Tx,
    ids: Vec<String>,
    reason: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason, \
        actor_id) SELECT id, device_id, CAST($1 AS BIGINT), 'superseded', CAST($2 AS TEXT), 'system' \
        FROM command WHERE finished = 0 AND status <> 'sent' AND id {ids}";
    const END: &str = "UPDATE command SET status = 'superseded', status_reason = $2, finished = 1, \
        secret_sealed = NULL, held_until = NULL, updated_at = $1 \
        WHERE finished = 0 AND status <> 'sent' AND id {ids}";
    if !ids.is_empty() {
        tx.execute_in(STORY, ids.clone(), args![now_ms, reason])
            .await?;
        tx.execute_in(END, ids, args![now_ms, reason]).await?;
    }
    Ok(())
}

/// One step of a command's story.
pub(crate) async fn transition(
    tx: &Tx,
    command_id: &str,
    device_id: &str,
    status: CommandStatus,
    reason: Option<&str>,
    actor_id: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason, \
        actor_id) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(
        INSERT,
        args![
            command_id,
            device_id,
            now_ms,
            status.as_str(),
            reason,
            actor_id
        ],
    )
    .await?;
    Ok(())
}

/// How often a command was handed out since its device last said anything of it: `NotNow` is a word, too.
pub(crate) async fn unanswered_in(tx: &Tx, command_id: &str) -> Result<i64, Error> {
    const SINCE: &str = "SELECT count(*) FROM command_transition WHERE command_id = $1 \
        AND status = 'sent' AND COALESCE(reason, '') <> 'moved_back' AND seq > COALESCE((SELECT max(seq) \
        FROM command_transition WHERE command_id = $1 AND status = 'not_now'), 0)";
    Ok(tx.fetch_one(SINCE, args![command_id]).await?.i64(0)?)
}

/// Ends all unfinished commands of an enrollment's channels, each with its transition.
pub(crate) async fn end_all_in(
    tx: &Tx,
    enrollment_id: &str,
    status: CommandStatus,
    reason: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason) \
        SELECT c.id, c.device_id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT) \
        FROM command c WHERE c.finished = 0 \
        AND c.channel_id IN (SELECT id FROM channel WHERE enrollment_id = $1)";
    const END: &str = "UPDATE command SET status = $3, status_reason = $4, finished = 1, \
        secret_sealed = NULL, updated_at = $2 WHERE finished = 0 \
        AND channel_id IN (SELECT id FROM channel WHERE enrollment_id = $1)";
    const NO_PUSH: &str = "DELETE FROM push_request WHERE channel_id IN \
        (SELECT id FROM channel WHERE enrollment_id = $1)";
    tx.execute(STORY, args![enrollment_id, now_ms, status.as_str(), reason])
        .await?;
    tx.execute(END, args![enrollment_id, now_ms, status.as_str(), reason])
        .await?;
    tx.execute(NO_PUSH, args![enrollment_id]).await?;
    Ok(())
}

/// Asks for a push per channel; several requests of one channel are one push, at the earliest time.
pub(crate) async fn request_pushes(tx: &Tx, channels: &[String], due_at: i64) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO push_request (channel_id, due_at, version)";
    const MERGE: &str = "ON CONFLICT (channel_id) DO UPDATE SET \
        due_at = CASE WHEN excluded.due_at < push_request.due_at THEN excluded.due_at \
        ELSE push_request.due_at END, version = push_request.version + 1";
    let mut unique: Vec<&String> = channels.iter().collect();
    unique.sort();
    unique.dedup();
    let rows: Vec<Vec<Value>> = unique
        .into_iter()
        .map(|id| args![id.as_str(), due_at, 1_i64])
        .collect();
    tx.insert_many(INSERT, 3, rows, MERGE).await?;
    Ok(())
}
