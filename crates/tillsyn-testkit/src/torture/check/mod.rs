//! What must be true afterwards: the store against the devices' own log and the client's memory.

mod held;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tillsyn_db::{Db, args};

use super::client::Asked;
use super::{Known, wishes};

/// What the devices saw.
#[derive(Default)]
pub(super) struct Seen {
    /// Each command with its type and the hash of its request, in the order of the first deliveries.
    pub(super) delivered: Vec<Delivered>,
    pub(super) delivered_again: u64,
    /// The final status that was answered with 2xx, by command.
    pub(super) answers: BTreeMap<String, String>,
    /// Of each device at the end: whether it is enrolled, and which profiles the server put on it.
    pub(super) holds: BTreeMap<String, (bool, BTreeSet<String>)>,
    /// Bootstrap tokens that were taken with 200, and questions for them that were answered.
    pub(super) tokens: (u64, u64),
    /// Commands whose `NotNow` was answered with 2xx.
    deferred: BTreeSet<String>,
    /// Commands that came again with another request.
    two_contents: BTreeSet<String>,
    contradictions: Vec<String>,
}

pub(super) struct Delivered {
    pub(super) uuid: String,
    request_type: String,
    request_sha256: String,
    pub(super) first_at_ms: i64,
    /// Of the last delivery.
    at_ms: i64,
}

impl Seen {
    pub(super) fn read(log: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(log).map_err(|error| error.to_string())?;
        let mut seen = Self::default();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for line in text.lines() {
            let line: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let (uuid, status) = (word("uuid"), word("status"));
            match line["event"].as_str() {
                Some("command") => {
                    let at_ms = line["at_ms"].as_i64().unwrap_or_default();
                    let now = Delivered {
                        uuid: uuid.clone(),
                        request_type: word("request_type"),
                        request_sha256: word("request_sha256"),
                        first_at_ms: at_ms,
                        at_ms,
                    };
                    if let Some(place) = places.get(&uuid) {
                        seen.delivered_again += 1;
                        let first = &mut seen.delivered[*place];
                        first.at_ms = now.at_ms;
                        if first.request_sha256 != now.request_sha256 {
                            seen.two_contents.insert(uuid);
                        }
                    } else {
                        places.insert(uuid, seen.delivered.len());
                        seen.delivered.push(now);
                    }
                }
                Some("acknowledged") if status == "NotNow" => {
                    seen.deferred.insert(uuid);
                }
                Some("acknowledged") => {
                    if let Some(before) = seen.answers.insert(uuid.clone(), status.clone())
                        && before != status
                    {
                        let text = format!("{uuid} was answered {before} and {status}");
                        seen.contradictions.push(text);
                    }
                }
                Some("check_in") if line["http"] == 200 => match line["message"].as_str() {
                    Some("SetBootstrapToken") => seen.tokens.0 += 1,
                    Some("GetBootstrapToken") => seen.tokens.1 += 1,
                    _ => {}
                },
                Some("holds") => {
                    let profiles = line["profiles"].as_array().into_iter().flatten();
                    let profiles = profiles.filter_map(|one| one.as_str().map(str::to_owned));
                    let enrolled = line["enrolled"].as_bool().unwrap_or_default();
                    seen.holds
                        .insert(word("serial"), (enrolled, profiles.collect()));
                }
                _ => {}
            }
        }
        Ok(seen)
    }
}

/// Waits until nothing is unfinished but what is held, and nothing is left to look at, for a while: what comes to
/// an end begins the next.
pub(super) async fn all_finish(db: &Db, limit: Duration) -> Result<(), String> {
    const LEFT: &str = "SELECT (SELECT count(*) FROM command WHERE finished = 0 AND status <> 'held') \
        + (SELECT count(*) FROM reconcile_request) \
        + (SELECT count(*) FROM reconcile_sweep WHERE finished_at IS NULL)";
    const STILL: u32 = 8;
    const WHICH: &str = "SELECT c.id, c.request_type, c.status, c.deliveries, e.status, \
        d.serial_number FROM command c JOIN enrollment e ON e.id = c.enrollment_id \
        JOIN device d ON d.id = c.device_id WHERE c.finished = 0 AND c.status <> 'held' \
        ORDER BY c.created_at LIMIT 10";
    let begun = Instant::now();
    let mut still = 0;
    while still < STILL {
        still = if count(db, LEFT).await? > 0 {
            0
        } else {
            still + 1
        };
        if begun.elapsed() > limit {
            let rows = rows(db, WHICH).await?;
            return Err(format!("commands were lost, or looks: {rows:#?}"));
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    Ok(())
}

struct Stored {
    request_type: String,
    status: String,
    reason: String,
    lane: String,
    position: i64,
    created_at: i64,
    /// It waited for somebody once.
    held: bool,
    channel: String,
}

/// Adds what is broken; answers how many assigned profiles are where they are wanted.
pub(super) async fn all(
    db: &Db,
    known: &Known,
    seen: &Seen,
    devices: usize,
    broken: &mut Vec<String>,
) -> Result<usize, String> {
    // An assigned profile is made anew at each delivery: values and signature are of that moment.
    const ASSIGNED: &str = "SELECT c.id FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.request_type = 'InstallProfile' AND b.actor_kind = 'system'";
    let asked = &known.asked;
    let stored = commands(db).await?;
    let assigned: BTreeSet<String> = rows(db, ASSIGNED).await?.concat().into_iter().collect();
    broken.extend(seen.contradictions.iter().cloned());
    let two_contents = seen.two_contents.difference(&assigned);
    broken.extend(two_contents.map(|uuid| format!("{uuid} came with two contents")));
    accepted(asked, &stored, broken);
    let statuses = |id: &str| stored.get(id).map(|command| command.status.clone());
    held::check(known, seen, statuses, broken);
    let placed = wishes::check(&known.wanted, seen, broken);
    delivered(asked, seen, &stored, broken);
    answered(db, seen, &stored, broken).await?;
    in_order(asked, seen, &stored, broken);
    profiles(db, asked, broken).await?;
    enrollments(db, devices, broken).await?;
    // A run in which nothing happened proves nothing.
    for (what, none) in [
        (
            "commands",
            seen.answers.is_empty() || asked.accepted.is_empty(),
        ),
        ("decisions", known.decisions.is_empty()),
        ("plans", known.assigns && known.wanted.applied.is_empty()),
        ("tokens", seen.tokens.0 == 0 || seen.tokens.1 == 0),
    ] {
        if none {
            broken.push(format!("there was no load of {what}"));
        }
    }
    Ok(placed)
}

async fn commands(db: &Db) -> Result<BTreeMap<String, Stored>, String> {
    const ALL: &str = "SELECT id, request_type, status, COALESCE(status_reason, ''), \
        CAST(lane AS TEXT), channel_id, position, created_at, (SELECT count(*) FROM \
        command_transition t WHERE t.command_id = command.id AND t.status = 'held') FROM command";
    let rows = db
        .query_all(ALL, args![])
        .await
        .map_err(|error| error.to_string())?;
    rows.iter()
        .map(|row| {
            let text = |index| row.text(index).map_err(|error| error.to_string());
            let stored = Stored {
                request_type: text(1)?,
                status: text(2)?,
                reason: text(3)?,
                lane: text(4)?,
                channel: text(5)?,
                position: row.i64(6).map_err(|error| error.to_string())?,
                created_at: row.i64(7).map_err(|error| error.to_string())?,
                held: row.i64(8).map_err(|error| error.to_string())? > 0,
            };
            Ok((text(0)?, stored))
        })
        .collect()
}

/// What the API accepted exists; what was withdrawn stays withdrawn.
fn accepted(asked: &Asked, stored: &BTreeMap<String, Stored>, broken: &mut Vec<String>) {
    for (id, kind) in &asked.accepted {
        match stored.get(id) {
            None => broken.push(format!("the accepted {kind} {id} is not in the store")),
            Some(command) if command.request_type != *kind => {
                broken.push(format!(
                    "{id} was accepted as {kind}, is {}",
                    command.request_type
                ));
            }
            Some(_) => {}
        }
    }
    for id in asked.withdrawn.keys() {
        let status = stored.get(id).map(|c| c.status.as_str());
        if status != Some("cancelled") {
            broken.push(format!("the withdrawn {id} is {status:?}"));
        }
    }
}

/// What came to a device is known, and was neither held nor withdrawn.
fn delivered(
    asked: &Asked,
    seen: &Seen,
    stored: &BTreeMap<String, Stored>,
    broken: &mut Vec<String>,
) {
    for delivered in &seen.delivered {
        let uuid = &delivered.uuid;
        let Some(command) = stored.get(uuid) else {
            broken.push(format!("{uuid} was delivered and is not in the store"));
            continue;
        };
        if command.request_type != delivered.request_type {
            let (was, is) = (&delivered.request_type, &command.request_type);
            broken.push(format!("{uuid} was delivered as {was}, is {is}"));
        }
        if command.status == "held" {
            broken.push(format!("{uuid} was held and delivered"));
        }
        // One that was answered NotNow can be withdrawn; from then on it must not come again.
        if asked
            .withdrawn
            .get(uuid)
            .is_some_and(|at| delivered.at_ms > *at)
        {
            broken.push(format!("{uuid} was delivered after it was withdrawn"));
        }
        let deferred = seen.deferred.contains(uuid);
        if command.reason == "withdrawn" && !deferred {
            broken.push(format!("{uuid} was withdrawn although the device had it"));
        }
    }
}

/// Every result answered with 2xx is there, once.
async fn answered(
    db: &Db,
    seen: &Seen,
    stored: &BTreeMap<String, Stored>,
    broken: &mut Vec<String>,
) -> Result<(), String> {
    const STORY: &str = "SELECT command_id, status FROM command_transition ORDER BY seq";
    const UNKNOWN: &str = "SELECT count(*) FROM orphan_result";
    let mut stories: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows(db, STORY).await? {
        if let [id, status] = &row[..] {
            stories.entry(id.clone()).or_default().push(status.clone());
        }
    }
    for (uuid, answer) in &seen.answers {
        let status = stored.get(uuid).map_or("missing", |c| c.status.as_str());
        let gone = stored
            .get(uuid)
            .is_some_and(|c| c.request_type == "RemoveProfile");
        let fits = match answer.as_str() {
            "Acknowledged" => status == "acknowledged",
            // Removing what is not there has reached its goal.
            "Error" if gone => matches!(status, "acknowledged" | "error"),
            _ => status == "error",
        };
        if !fits {
            broken.push(format!(
                "{uuid} was answered {answer} and accepted, is {status}"
            ));
        }
    }
    for uuid in &seen.deferred {
        if !stories
            .get(uuid)
            .is_some_and(|story| story.iter().any(|s| s == "not_now"))
        {
            broken.push(format!("the accepted NotNow of {uuid} is nowhere"));
        }
    }
    let ends = [
        "acknowledged",
        "error",
        "cancelled",
        "superseded",
        "expired",
    ];
    for (uuid, command) in stored {
        let story = stories.get(uuid).cloned().unwrap_or_default();
        let ended = story.iter().filter(|s| ends.contains(&s.as_str())).count();
        let expected = usize::from(ends.contains(&command.status.as_str()));
        if ended != expected || story.last() != Some(&command.status) {
            let status = &command.status;
            broken.push(format!("{uuid} is {status}, its story is {story:?}"));
        }
    }
    let unknown = count(db, UNKNOWN).await?;
    if unknown > 0 {
        broken.push(format!(
            "{unknown} results of commands that the store does not know"
        ));
    }
    Ok(())
}

/// Within a channel and lane, first deliveries follow the positions; what no answer came for moves to
/// the back. Of what one client asked for, one after another, always; what the server asks for by itself may have
/// begun before and come in after, so it counts as overtaken once it was old.
fn in_order(
    asked: &Asked,
    seen: &Seen,
    stored: &BTreeMap<String, Stored>,
    broken: &mut Vec<String>,
) {
    const MOVED_BACK: &str = "9";
    const OLD_MS: i64 = 5_000;
    let mut ahead: BTreeMap<(&str, &str, bool), (&Stored, &Delivered)> = BTreeMap::new();
    for delivered in &seen.delivered {
        let Some(command) = stored.get(&delivered.uuid) else {
            continue;
        };
        // What was held keeps the place that it had when it was asked for. Whoever repeated their question after it
        // was released never heard that it was.
        if command.lane == MOVED_BACK || command.held {
            continue;
        }
        let own = asked.accepted.contains_key(&delivered.uuid);
        for theirs in [true, false] {
            let place = (command.channel.as_str(), command.lane.as_str(), theirs);
            let Some((first, first_seen)) = ahead.get(&place) else {
                continue;
            };
            let old = first_seen.first_at_ms - command.created_at > OLD_MS;
            if first.position > command.position && (own && theirs || old) {
                broken.push(format!("{} overtook {}", first_seen.uuid, delivered.uuid));
            }
        }
        let place = (command.channel.as_str(), command.lane.as_str(), own);
        let before = ahead.get(&place);
        if before.is_none_or(|(before, _)| before.position < command.position) {
            ahead.insert(place, (command, delivered));
        }
    }
}

/// One idempotency key is at most one command, and one that was accepted is exactly one.
async fn profiles(db: &Db, asked: &Asked, broken: &mut Vec<String>) -> Result<(), String> {
    const INSTALLS: &str = "SELECT b.request, CAST(count(*) AS TEXT) FROM command c \
        JOIN command_batch b ON b.id = c.batch_id WHERE c.request_type = 'InstallProfile' \
        GROUP BY b.request";
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(db, INSTALLS).await? {
        let request: Json = serde_json::from_str(&row[0]).map_err(|error| error.to_string())?;
        let identifier = request["identifier"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if wishes::is_one(&identifier) {
            continue;
        }
        *found.entry(identifier).or_default() += row[1].parse::<u64>().unwrap_or(0);
    }
    for (identifier, accepted) in &asked.profiles {
        let times = found.remove(identifier).unwrap_or(0);
        if times > 1 || (*accepted && times != 1) {
            broken.push(format!(
                "{identifier} (accepted: {accepted}) was queued {times} times"
            ));
        }
    }
    broken.extend(
        found
            .keys()
            .map(|identifier| format!("nobody asked for {identifier}")),
    );
    Ok(())
}

async fn enrollments(db: &Db, devices: usize, broken: &mut Vec<String>) -> Result<(), String> {
    const TWICE: &str = "SELECT count(*) FROM (SELECT device_id FROM enrollment \
        WHERE status = 'active' GROUP BY device_id HAVING count(*) > 1) AS twice";
    const DEVICES: &str = "SELECT count(*) FROM device";
    const OVER: &str = "SELECT count(*) FROM channel ch JOIN enrollment e ON e.id = ch.enrollment_id \
        WHERE ch.ended_at IS NULL AND e.status NOT IN ('active', 'pending')";
    const WITHOUT_EVENT: &str = "SELECT count(*) FROM enrollment e WHERE e.enrolled_at IS NOT NULL \
        AND NOT EXISTS (SELECT 1 FROM event v WHERE v.action = 'device.enroll' \
        AND v.object_id = e.device_id)";
    for (sql, what) in [
        (TWICE, "devices with two active enrollments"),
        (OVER, "open channels of enrollments that are over"),
        (WITHOUT_EVENT, "enrollments without their event"),
    ] {
        let found = count(db, sql).await?;
        if found > 0 {
            broken.push(format!("{found} {what}"));
        }
    }
    let found = count(db, DEVICES).await?;
    if usize::try_from(found)
        .ok()
        .is_none_or(|found| found > devices)
    {
        broken.push(format!("{found} devices of {devices}"));
    }
    Ok(())
}

async fn count(db: &Db, sql: &'static str) -> Result<i64, String> {
    let row = db
        .query_optional(sql, args![])
        .await
        .map_err(|error| error.to_string())?;
    row.ok_or("no count")?
        .i64(0)
        .map_err(|error| error.to_string())
}

/// Rows of texts.
async fn rows(db: &Db, sql: &'static str) -> Result<Vec<Vec<String>>, String> {
    let rows = db
        .query_all(sql, args![])
        .await
        .map_err(|error| error.to_string())?;
    Ok(rows
        .iter()
        .map(|row| (0..).map_while(|index| shown(row, index)).collect())
        .collect())
}

fn shown(row: &tillsyn_db::Row, index: usize) -> Option<String> {
    if let Ok(text) = row.opt_text(index) {
        return Some(text.unwrap_or_default());
    }
    row.i64(index).ok().map(|number| number.to_string())
}
