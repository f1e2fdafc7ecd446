//! One look at a set of devices: what they are to have, what is known, what is done about it, in one
//! transaction. Few statements, whatever their number.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::json;
use tillsyn_db::Tx;

use super::ask::ask_list_in;
use super::desire::desired_in;
use super::rows::{self, CommandOf, ItemRow};
use crate::assignments::{Catalogue, Subject, catalogue_behind_in, subjects_in};
use crate::clock::HOUR_MS;
use crate::commands::{self, Request, store};
use crate::core::Core;
use crate::desired::{Desired, Failure, Outcome, Reason, State, Step, Version, diff, wait_ms};
use crate::error::Error;

/// Between two questions about the same delivered item that no list has proved.
const ASK_AGAIN_MS: i64 = 6 * HOUR_MS;

/// Commands of one transaction, so that devices which poll are not held up by a look at many profiles.
const COMMANDS: usize = 300;

/// What a look did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    pub(crate) devices: usize,
    pub(crate) steps: BTreeMap<Step, usize>,
    /// Devices for the next look: this one did enough.
    pub(super) rest: Vec<String>,
}

impl Looked {
    /// Counted after the commit, because a body may run more than once.
    pub(super) fn count(&self) {
        let devices = u64::try_from(self.devices).unwrap_or(u64::MAX);
        metrics::counter!("tillsyn_reconcile_devices_total").increment(devices);
        for (step, count) in &self.steps {
            let count = u64::try_from(*count).unwrap_or(u64::MAX);
            metrics::counter!("tillsyn_reconcile_steps_total", "step" => step.as_str())
                .increment(count);
        }
    }
}

/// Looks at these devices and does what there is to do.
pub(crate) async fn look_in(
    tx: &Tx,
    core: &Core,
    devices: Vec<String>,
    now_ms: i64,
) -> Result<Looked, Error> {
    let catalogue = catalogue_behind_in(tx, core).await?;
    let subjects = subjects_in(tx, devices.clone()).await?;
    let wanted = desired_in(tx, core, &catalogue, &subjects).await?;
    let known = rows::of_devices_in(tx, devices).await?;
    let mut look = Look::new(subjects, known, now_ms);
    look.decide(&wanted);
    look.write(tx, core, &catalogue).await
}

struct Look {
    subjects: Vec<Subject>,
    now_ms: i64,
    /// By channel.
    known: HashMap<String, Vec<(ItemRow, Option<CommandOf>)>>,
    /// As it is to be written, with its step.
    decided: Vec<(ItemRow, Option<Step>)>,
    changed: Vec<bool>,
    gone: Vec<(String, String)>,
    superseded: Vec<String>,
    /// Devices for the next look: this one has done enough.
    rest: Vec<String>,
}

/// What goes out as one request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ask {
    of_user: bool,
    /// In the order in which a device gets them: what goes makes way for what comes.
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Remove {
        item: String,
    },
    Install {
        item: String,
        item_id: String,
        version: i64,
    },
}

impl Look {
    fn new(subjects: Vec<Subject>, known: Vec<(ItemRow, Option<CommandOf>)>, now_ms: i64) -> Self {
        let mut by_channel: HashMap<String, Vec<(ItemRow, Option<CommandOf>)>> = HashMap::new();
        for row in known {
            by_channel
                .entry(row.0.channel_id.clone())
                .or_default()
                .push(row);
        }
        Self {
            subjects,
            now_ms,
            known: by_channel,
            decided: Vec::new(),
            changed: Vec::new(),
            gone: Vec::new(),
            superseded: Vec::new(),
            rest: Vec::new(),
        }
    }

    fn decide(&mut self, wanted: &HashMap<String, Vec<Desired>>) {
        let now_ms = self.now_ms;
        let none = Vec::new();
        let mut commands = 0;
        for subject in std::mem::take(&mut self.subjects) {
            if commands >= COMMANDS {
                self.rest.push(subject.device_id);
                continue;
            }
            for channel in &subject.channels {
                let decided = self.decided.len();
                let mut known = self.known.remove(&channel.id).unwrap_or_default();
                let stored: Vec<ItemRow> = known.iter().map(|(row, _)| row.clone()).collect();
                for (row, command) in &mut known {
                    settle(row, command.as_ref(), now_ms);
                }
                let observed: Vec<_> = known
                    .iter()
                    .map(|(row, command)| row.observed(command.as_ref(), now_ms))
                    .collect();
                let wanted = wanted.get(&channel.id).unwrap_or(&none);
                for outcome in diff(wanted, &observed) {
                    let at = known.iter().position(|(row, _)| row.item == outcome.item);
                    let want = wanted.iter().find(|want| want.item == outcome.item);
                    let before = at.and_then(|at| stored.get(at));
                    let row = match (at.and_then(|at| known.get(at)), want) {
                        (Some((row, _)), _) => row.clone(),
                        (None, Some(want)) => new_row(&subject.device_id, channel, want),
                        (None, None) => continue,
                    };
                    self.take(row, before, want, outcome);
                }
                // All that is to be proved is asked for at once.
                let (lists, others): (Vec<_>, Vec<_>) = (self.decided.iter().skip(decided))
                    .filter_map(|(_, step)| *step)
                    .partition(|step| *step == Step::Verify);
                commands += others.len() + usize::from(!lists.is_empty());
            }
            self.subjects.push(subject);
        }
    }

    /// Channels with rows that are no channel of these devices any more.
    fn ended(&self) -> Vec<String> {
        let rest: HashSet<&str> = self.rest.iter().map(String::as_str).collect();
        let left = self.known.iter().filter(|(_, rows)| {
            let mut rows = rows.iter();
            !rows.any(|(row, _)| rest.contains(row.device_id.as_str()))
        });
        left.map(|(channel, _)| channel.clone()).collect()
    }

    fn take(
        &mut self,
        mut row: ItemRow,
        before: Option<&ItemRow>,
        want: Option<&Desired>,
        outcome: Outcome,
    ) {
        if outcome.supersede {
            self.superseded.extend(row.command_id.take());
            row.idle();
        }
        let Some(state) = outcome.state else {
            self.gone.push((row.item, row.channel_id));
            return;
        };
        row.state = state;
        row.reason = outcome.reason;
        row.desired_version = want.map(|want| want.version);
        row.desired_hash = want.map(|want| want.hash.clone());
        row.assignments = want.map(|want| json!(want.assignments).to_string());
        if let Some(want) = want {
            row.item_id.clone_from(&want.item_id);
        }
        if outcome.fresh {
            row.losses = 0;
        }
        let due = row.next_attempt_at.is_some_and(|at| at <= self.now_ms);
        if outcome.fresh || state == State::AsDesired {
            row.failures = 0;
        }
        if outcome.fresh || state == State::AsDesired || due {
            row.next_attempt_at = None;
        }
        if let (Some(hash), Some(version)) = (outcome.carries, &mut row.installs) {
            version.hash = hash;
        }
        if outcome.step == Some(Step::Verify) {
            row.next_attempt_at = Some(self.now_ms + ASK_AGAIN_MS);
        }
        self.changed
            .push(outcome.step.is_some() || before != Some(&row));
        self.decided.push((row, outcome.step));
    }

    async fn write(mut self, tx: &Tx, core: &Core, catalogue: &Catalogue) -> Result<Looked, Error> {
        let mut looked = Looked {
            devices: self.subjects.len(),
            ..Looked::default()
        };
        rows::forget_ended_in(tx, self.ended()).await?;
        looked.rest = std::mem::take(&mut self.rest);
        let superseded = std::mem::take(&mut self.superseded);
        store::supersede_in(tx, superseded, "not_wanted", self.now_ms).await?;
        for (ask, rows) in self.asks() {
            let request = request(&ask.what, catalogue);
            let channels = rows.keys().cloned().collect();
            let put = commands::put_in(tx, core.keys(), channels, request, self.now_ms).await?;
            for (channel, at) in rows {
                let (row, step) = &mut self.decided[at];
                if let Some((id, over)) = put.commands.get(&channel) {
                    if *over {
                        self.gone.push((row.item.clone(), channel));
                        self.changed[at] = false;
                        continue;
                    }
                    if let Some(step) = step {
                        *looked.steps.entry(*step).or_default() += 1;
                    }
                    row.command_id = Some(id.clone());
                    row.installs = match (&ask.what, &row.desired_hash) {
                        (What::Install { version, .. }, Some(hash)) => Some(Version {
                            number: *version,
                            hash: hash.clone(),
                        }),
                        _ => None,
                    };
                } else if let Some((code, why)) = put.refused.get(&channel) {
                    row.state = State::Refused;
                    row.reason = Some(Reason::new(
                        code,
                        Some(json!({ "detail": why }).to_string()),
                    ));
                    // Everything else is looked at again when the device has changed.
                    if matches!(*code, "queue_full" | "frozen") {
                        row.next_attempt_at = Some(self.now_ms + HOUR_MS);
                    }
                }
            }
        }
        let verify = |(_, step): &&(ItemRow, Option<Step>)| *step == Some(Step::Verify);
        let unproved: Vec<_> = self.decided.iter().filter(verify).collect();
        if !unproved.is_empty() {
            looked.steps.insert(Step::Verify, unproved.len());
            let channels = unproved.iter().map(|(row, _)| row.channel_id.clone());
            ask_list_in(tx, core.keys(), channels.collect(), self.now_ms).await?;
        }
        let mut gone: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (item, channel) in self.gone {
            gone.entry(item).or_default().push(channel);
        }
        for (item, channels) in gone {
            rows::forget_in(tx, &item, channels, self.now_ms).await?;
        }
        let rows = self.decided.into_iter().zip(self.changed);
        let rows = rows
            .filter(|(_, changed)| *changed)
            .map(|((row, _), _)| row);
        rows::save_in(tx, rows.collect(), self.now_ms).await?;
        Ok(looked)
    }

    /// The steps, by what they ask for: each request goes to all its channels at once.
    fn asks(&self) -> BTreeMap<Ask, BTreeMap<String, usize>> {
        let mut users = HashSet::new();
        for subject in &self.subjects {
            let of_user = subject.channels.iter().filter(|c| c.name != "device");
            users.extend(of_user.map(|channel| channel.id.as_str()));
        }
        let mut asks: BTreeMap<Ask, BTreeMap<String, usize>> = BTreeMap::new();
        for (at, (row, step)) in self.decided.iter().enumerate() {
            let what = match (step, row.desired_version) {
                (Some(Step::Verify), _) => continue,
                (Some(Step::Remove), _) => What::Remove {
                    item: row.item.clone(),
                },
                (Some(_), Some(version)) => What::Install {
                    item: row.item.clone(),
                    item_id: row.item_id.clone(),
                    version,
                },
                _ => continue,
            };
            let of_user = users.contains(row.channel_id.as_str());
            let rows = asks.entry(Ask { of_user, what }).or_default();
            rows.insert(row.channel_id.clone(), at);
        }
        asks
    }
}

fn new_row(
    device_id: &str,
    channel: &crate::assignments::SubjectChannel,
    want: &Desired,
) -> ItemRow {
    ItemRow {
        channel_id: channel.id.clone(),
        item: want.item.clone(),
        device_id: device_id.to_owned(),
        enrollment_id: channel.enrollment_id.clone(),
        item_id: want.item_id.clone(),
        desired_version: None,
        desired_hash: None,
        assignments: None,
        delivered: None,
        delivered_at: None,
        delivered_sha256: None,
        confirmed_hash: None,
        confirmed_at: None,
        proof: None,
        state: State::ToInstall,
        reason: None,
        command_id: None,
        installs: None,
        failures: 0,
        next_attempt_at: None,
        drifts: 0,
        drifted_at: None,
        losses: 0,
        unanswered: Vec::new(),
    }
}

/// A command that ended without the device's word works on nothing any more. Where it could not be sent,
/// or somebody withdrew it, the same is not done again at once.
pub(super) fn settle(row: &mut ItemRow, command: Option<&CommandOf>, now_ms: i64) {
    if row.command_id.is_none() || command.is_some_and(|command| !command.finished) {
        return;
    }
    if let Some(version) = row.installs.take() {
        let mut knowledge = row.knowledge();
        // Of a command that is gone nobody knows it.
        knowledge.ended(version, command.is_none_or(|command| command.handed_out));
        row.know(knowledge);
    }
    row.idle();
    if let Some(command) = command.filter(|command| command.status == "cancelled") {
        row.failures += 1;
        let code = command.reason.as_deref().unwrap_or("withdrawn");
        row.reason = Some(Reason::new(code, None));
        row.next_attempt_at = wait_ms(Failure::Passing, row.failures).map(|wait| now_ms + wait);
    }
}

fn request(what: &What, catalogue: &Catalogue) -> Request {
    match what {
        What::Remove { item } => Request::RemoveProfile {
            identifier: item.clone(),
        },
        What::Install {
            item,
            item_id,
            version,
        } => Request::InstallVersion {
            identifier: item.clone(),
            name: catalogue.items.get(item_id).map(|item| item.name.clone()),
            profile_id: item_id.clone(),
            version: *version,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignments::SubjectChannel;

    fn subject(device: usize) -> Subject {
        let channel = SubjectChannel {
            id: format!("c{device}"),
            name: "device".to_owned(),
            enrollment_id: format!("e{device}"),
        };
        Subject {
            device_id: format!("d{device}"),
            channels: vec![channel],
            ..Subject::default()
        }
    }

    fn want(item: usize) -> Desired {
        Desired {
            kind: rows::PROFILE,
            item: format!("org.example.{item}"),
            item_id: format!("p{item}"),
            version: 1,
            hash: format!("{item}"),
            assignments: vec!["a".to_owned()],
            refusal: None,
        }
    }

    fn row(subject: &Subject, channel: &str) -> (ItemRow, Option<CommandOf>) {
        let mut row = new_row(&subject.device_id, &subject.channels[0], &want(0));
        channel.clone_into(&mut row.channel_id);
        (row, None)
    }

    #[test]
    fn a_look_at_many_profiles_leaves_devices_to_the_next_one() {
        let subjects: Vec<Subject> = (0..5).map(subject).collect();
        let wants = || (0..120).map(want).collect::<Vec<_>>();
        let wanted = (0..5).map(|n| (format!("c{n}"), wants())).collect();
        // What is left of an ended channel, of a device of this look and of one of the next.
        let known = vec![
            row(&subjects[0], "ended"),
            row(&subjects[4], "ended later"),
            row(&subjects[4], "c4"),
        ];
        let mut look = Look::new(subjects, known, 0);
        look.decide(&wanted);
        assert_eq!(look.decided.len(), 3 * 120);
        assert_eq!(look.rest, ["d3", "d4"]);
        assert_eq!(look.subjects.len(), 3);
        assert_eq!(look.ended(), ["ended"]);
    }

    #[test]
    fn one_list_proves_many_profiles() {
        let subjects: Vec<Subject> = (0..5).map(subject).collect();
        let wanted = (0..5).map(|n| (format!("c{n}"), (0..120).map(want).collect()));
        let wanted = wanted.collect();
        let acknowledged = |subject: &Subject, item: usize| {
            let want = want(item);
            let mut row = new_row(&subject.device_id, &subject.channels[0], &want);
            row.delivered = Some(Version {
                number: 1,
                hash: want.hash,
            });
            (row, None)
        };
        let known = subjects.iter();
        let known = known.flat_map(|subject| (0..120).map(|item| acknowledged(subject, item)));
        let mut look = Look::new(subjects.clone(), known.collect(), 0);
        look.decide(&wanted);
        assert_eq!((look.decided.len(), look.rest.len()), (5 * 120, 0));
        assert!(
            look.decided
                .iter()
                .all(|(_, step)| *step == Some(Step::Verify))
        );
    }

    #[test]
    fn one_device_is_looked_at_whatever_its_profiles() {
        let wanted = HashMap::from([("c0".to_owned(), (0..500).map(want).collect())]);
        let mut look = Look::new(vec![subject(0)], Vec::new(), 0);
        look.decide(&wanted);
        assert_eq!((look.decided.len(), look.rest.len()), (500, 0));
    }
}
