//! The rows of `item_state`: read and written in sets.

use serde_json::json;
use tillsyn_db::{Engine, Row, Tx, Value, args};

use crate::credentials;
use crate::desired::{Knowledge, Observed, Reason, State, Version, Work};
use crate::error::Error;

/// The only kind so far; rows of another are not ours to touch.
pub(crate) const PROFILE: &str = "profile";

/// One item on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemRow {
    pub(crate) channel_id: String,
    pub(crate) item: String,
    pub(crate) device_id: String,
    pub(crate) enrollment_id: String,
    pub(crate) item_id: String,
    pub(crate) desired_version: Option<i64>,
    pub(crate) desired_hash: Option<String>,
    pub(crate) assignments: Option<String>,
    pub(crate) delivered: Option<Version>,
    pub(crate) delivered_at: Option<i64>,
    pub(crate) delivered_sha256: Option<String>,
    pub(crate) confirmed_hash: Option<String>,
    pub(crate) confirmed_at: Option<i64>,
    pub(crate) proof: Option<String>,
    pub(crate) state: State,
    pub(crate) reason: Option<Reason>,
    pub(crate) command_id: Option<String>,
    pub(crate) installs: Option<Version>,
    pub(crate) failures: i64,
    pub(crate) next_attempt_at: Option<i64>,
    pub(crate) drifts: i64,
    pub(crate) drifted_at: Option<i64>,
    pub(crate) losses: i64,
    pub(crate) unanswered: Vec<Version>,
}

/// How the command of a row stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandOf {
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) finished: bool,
    /// The device was given it at least once. Behind its queue (lane 9) its deliveries are counted anew.
    pub(crate) handed_out: bool,
}

macro_rules! columns {
    () => {
        "SELECT s.channel_id, s.item, s.device_id, s.enrollment_id, s.item_id, s.desired_version, \
         s.desired_hash, s.assignments, s.delivered_version, s.delivered_hash, s.delivered_at, \
         s.delivered_sha256, s.confirmed_hash, s.confirmed_at, s.proof, s.state, s.reason, \
         s.reason_detail, s.command_id, s.command_version, s.command_hash, s.failures, \
         s.next_attempt_at, s.drifts, s.drifted_at, s.losses, s.unanswered, c.status, \
         c.status_reason, c.finished, \
         CASE WHEN c.deliveries > 0 OR c.status = 'sent' OR c.lane = 9 THEN 1 ELSE 0 END \
         FROM item_state s LEFT JOIN command c ON c.id = s.command_id WHERE s.kind = 'profile' AND "
    };
}

/// The items of these devices.
pub(super) async fn of_devices_in(
    tx: &Tx,
    devices: Vec<String>,
) -> Result<Vec<(ItemRow, Option<CommandOf>)>, Error> {
    const OF: &str = concat!(columns!(), "s.device_id {ids}");
    let rows = tx.fetch_all_in(OF, devices, args![]).await?;
    rows.iter().map(decode).collect()
}

/// One item of these devices, by the profile that it comes from.
pub(super) async fn of_item_in(
    tx: &Tx,
    item_id: &str,
    devices: Vec<String>,
) -> Result<Vec<(ItemRow, Option<CommandOf>)>, Error> {
    const OF: &str = concat!(columns!(), "s.item_id = $1 AND s.device_id {ids}");
    let rows = tx.fetch_all_in(OF, devices, args![item_id]).await?;
    rows.iter().map(decode).collect()
}

/// The items of a channel, for a device's turn: whoever else writes them is waited for.
pub(super) async fn of_channel_in(tx: &Tx, channel_id: &str) -> Result<Vec<ItemRow>, Error> {
    const OF: &str = concat!(columns!(), "s.channel_id = $1");
    const LOCKED: &str = concat!(columns!(), "s.channel_id = $1 FOR UPDATE OF s");
    let sql = match tx.engine() {
        Engine::Sqlite => OF,
        Engine::Postgres => LOCKED,
    };
    let rows = tx.fetch_all(sql, args![channel_id]).await?;
    rows.iter().map(|row| Ok(decode(row)?.0)).collect()
}

/// The item that a command works on, in the same way.
pub(super) async fn of_command_in(tx: &Tx, command_id: &str) -> Result<Option<ItemRow>, Error> {
    const OF: &str = concat!(columns!(), "s.command_id = $1");
    const LOCKED: &str = concat!(columns!(), "s.command_id = $1 FOR UPDATE OF s");
    let sql = match tx.engine() {
        Engine::Sqlite => OF,
        Engine::Postgres => LOCKED,
    };
    let row = tx.fetch_optional(sql, args![command_id]).await?;
    row.map(|row| Ok(decode(&row)?.0)).transpose()
}

fn decode(row: &Row) -> Result<(ItemRow, Option<CommandOf>), Error> {
    let version = |number: usize, hash: usize| -> Result<Option<Version>, Error> {
        let both = row.opt_i64(number)?.zip(row.opt_text(hash)?);
        Ok(both.map(|(number, hash)| Version { number, hash }))
    };
    let state = State::parse(row.str(15)?)
        .ok_or_else(|| Error::internal("item_state.state holds an unknown value."))?;
    let detail = row.opt_text(17)?;
    let item = ItemRow {
        channel_id: row.text(0)?,
        item: row.text(1)?,
        device_id: row.text(2)?,
        enrollment_id: row.text(3)?,
        item_id: row.text(4)?,
        desired_version: row.opt_i64(5)?,
        desired_hash: row.opt_text(6)?,
        assignments: row.opt_text(7)?,
        delivered: version(8, 9)?,
        delivered_at: row.opt_i64(10)?,
        delivered_sha256: row.opt_text(11)?,
        confirmed_hash: row.opt_text(12)?,
        confirmed_at: row.opt_i64(13)?,
        proof: row.opt_text(14)?,
        state,
        reason: row.opt_text(16)?.map(|code| Reason { code, detail }),
        command_id: row.opt_text(18)?,
        installs: version(19, 20)?,
        failures: row.i64(21)?,
        next_attempt_at: row.opt_i64(22)?,
        drifts: row.i64(23)?,
        drifted_at: row.opt_i64(24)?,
        losses: row.i64(25)?,
        unanswered: versions(row.opt_text(26)?.as_deref())?,
    };
    let command = match row.opt_text(27)? {
        Some(status) => Some(CommandOf {
            status,
            reason: row.opt_text(28)?,
            finished: row.i64(29)? != 0,
            handed_out: row.i64(30)? != 0,
        }),
        None => None,
    };
    Ok((item, command))
}

fn versions(stored: Option<&str>) -> Result<Vec<Version>, Error> {
    let Some(text) = stored else {
        return Ok(Vec::new());
    };
    let pairs: Vec<(i64, String)> = serde_json::from_str(text).map_err(|error| {
        Error::internal("item_state.unanswered cannot be read.").caused_by(error)
    })?;
    let version = |(number, hash)| Version { number, hash };
    Ok(pairs.into_iter().map(version).collect())
}

impl ItemRow {
    pub(super) fn knowledge(&self) -> Knowledge {
        Knowledge {
            delivered: self.delivered.clone(),
            sent: self.delivered_sha256.is_some(),
            unanswered: self.unanswered.clone(),
            confirmed: self.confirmed_hash.clone(),
        }
    }

    pub(super) fn know(&mut self, knowledge: Knowledge) {
        if knowledge.delivered.is_none() {
            self.delivered_at = None;
        }
        if !knowledge.sent {
            self.delivered_sha256 = None;
        }
        self.unanswered = knowledge.unanswered;
        self.delivered = knowledge.delivered;
        self.confirmed_hash = knowledge.confirmed;
    }

    /// What the decision is made on.
    pub(super) fn observed(&self, command: Option<&CommandOf>, now_ms: i64) -> Observed {
        let work = command.filter(|c| !c.finished).map(|c| Work {
            installs: self.installs.clone(),
            fetched: c.status == "sent",
        });
        Observed {
            kind: PROFILE,
            item: self.item.clone(),
            desired_hash: self.desired_hash.clone(),
            knowledge: self.knowledge(),
            reason: self.reason.clone(),
            failures: self.failures,
            may_try: match self.next_attempt_at {
                Some(at) => at <= now_ms,
                None => self.failures == 0,
            },
            work,
        }
    }

    /// Nothing works on it any more.
    pub(super) fn idle(&mut self) {
        self.command_id = None;
        self.installs = None;
    }
}

/// Writes rows, new or known.
pub(super) async fn save_in(tx: &Tx, rows: Vec<ItemRow>, now_ms: i64) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO item_state (channel_id, kind, item, device_id, enrollment_id, \
        item_id, desired_version, desired_hash, assignments, delivered_version, delivered_hash, \
        delivered_at, delivered_sha256, confirmed_hash, confirmed_at, proof, state, reason, \
        reason_detail, command_id, command_version, command_hash, failures, next_attempt_at, drifts, \
        drifted_at, losses, unanswered, updated_at)";
    const UPDATE: &str = "ON CONFLICT (channel_id, kind, item) DO UPDATE SET \
        item_id = excluded.item_id, desired_version = excluded.desired_version, \
        desired_hash = excluded.desired_hash, assignments = excluded.assignments, \
        delivered_version = excluded.delivered_version, delivered_hash = excluded.delivered_hash, \
        delivered_at = excluded.delivered_at, delivered_sha256 = excluded.delivered_sha256, \
        confirmed_hash = excluded.confirmed_hash, confirmed_at = excluded.confirmed_at, \
        proof = excluded.proof, state = excluded.state, reason = excluded.reason, \
        reason_detail = excluded.reason_detail, command_id = excluded.command_id, \
        command_version = excluded.command_version, command_hash = excluded.command_hash, \
        failures = excluded.failures, next_attempt_at = excluded.next_attempt_at, \
        drifts = excluded.drifts, drifted_at = excluded.drifted_at, \
        losses = excluded.losses, unanswered = excluded.unanswered, \
        updated_at = excluded.updated_at";
    let rows: Vec<Vec<Value>> = rows.into_iter().map(|row| values(row, now_ms)).collect();
    tx.insert_many(INSERT, 29, rows, UPDATE).await?;
    Ok(())
}

fn values(row: ItemRow, now_ms: i64) -> Vec<Value> {
    let (delivered_version, delivered_hash) = row.delivered.map(|v| (v.number, v.hash)).unzip();
    let (command_version, command_hash) = row.installs.map(|v| (v.number, v.hash)).unzip();
    let (reason, detail) = row.reason.map(|r| (r.code, r.detail)).unzip();
    let unanswered = row.unanswered.iter().map(|v| (v.number, v.hash.as_str()));
    let unanswered: Vec<_> = unanswered.collect();
    let unanswered = (!unanswered.is_empty()).then(|| json!(unanswered).to_string());
    args![
        row.channel_id,
        PROFILE,
        row.item,
        row.device_id,
        row.enrollment_id,
        row.item_id,
        row.desired_version,
        row.desired_hash,
        row.assignments,
        delivered_version,
        delivered_hash,
        row.delivered_at,
        row.delivered_sha256,
        row.confirmed_hash,
        row.confirmed_at,
        row.proof,
        row.state.as_str(),
        reason,
        detail.flatten(),
        row.command_id,
        command_version,
        command_hash,
        row.failures,
        row.next_attempt_at,
        row.drifts,
        row.drifted_at,
        row.losses,
        unanswered,
        now_ms
    ]
}

/// Forgets items of channels, by what the devices know them by, with the certificates that they carried.
pub(super) async fn forget_in(
    tx: &Tx,
    item: &str,
    channels: Vec<String>,
    now_ms: i64,
) -> Result<(), Error> {
    const FORGET: &str =
        "DELETE FROM item_state WHERE kind = 'profile' AND item = $1 AND channel_id {ids}";
    credentials::end_items_in(tx, item, channels.clone(), now_ms).await?;
    tx.execute_in(FORGET, channels, args![item]).await?;
    Ok(())
}

/// An enrollment ended: nothing of it is wanted or known any more.
pub(crate) async fn forget_enrollment_in(tx: &Tx, enrollment_id: &str) -> Result<(), Error> {
    const FORGET: &str = "DELETE FROM item_state WHERE channel_id IN \
        (SELECT id FROM channel WHERE enrollment_id = $1)";
    tx.execute(FORGET, args![enrollment_id]).await?;
    Ok(())
}

/// Rows that are left of channels which ended meanwhile.
pub(super) async fn forget_ended_in(tx: &Tx, channels: Vec<String>) -> Result<(), Error> {
    const FORGET: &str = "DELETE FROM item_state WHERE channel_id {ids} AND NOT EXISTS \
        (SELECT 1 FROM channel ch JOIN enrollment e ON e.id = ch.enrollment_id \
        AND e.status = 'active' WHERE ch.id = item_state.channel_id AND ch.ended_at IS NULL)";
    if !channels.is_empty() {
        tx.execute_in(FORGET, channels, args![]).await?;
    }
    Ok(())
}

/// A user of a device is gone.
pub(crate) async fn forget_channel_in(tx: &Tx, channel_id: &str) -> Result<(), Error> {
    const FORGET: &str = "DELETE FROM item_state WHERE channel_id = $1";
    tx.execute(FORGET, args![channel_id]).await?;
    Ok(())
}
