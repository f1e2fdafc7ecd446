#![expect(clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use super::*;
use crate::desired::{Knowledge, Listed, Reason, Version, payload_uuid};

/// One channel of a device with its queue here, as far as one decision can see them.
#[derive(Clone, Debug, Default)]
struct World {
    wanted: BTreeMap<String, Version>,
    /// Items that the device cannot take.
    unable: Vec<String>,
    rows: BTreeMap<String, Row>,
    queue: VecDeque<Command>,
    device: BTreeMap<String, String>,
    /// The device's answer that has not been recorded yet.
    unheard: Option<Answer>,
    made: usize,
    /// Items of which the device said last that ours is there.
    said: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
struct Row {
    desired_hash: Option<String>,
    knowledge: Knowledge,
    reason: Option<Reason>,
    failures: i64,
    may_try: bool,
    state: Option<State>,
    command: Option<usize>,
    carries: Option<Version>,
}

#[derive(Clone, Debug)]
struct Command {
    id: usize,
    /// `None` asks for the list.
    item: Option<String>,
    install: bool,
    fetched: bool,
}

#[derive(Clone, Debug)]
enum Answer {
    Done(usize),
    Refused(usize),
    List(usize, BTreeMap<String, String>),
}

fn version(number: i64, values: u8) -> Version {
    Version {
        number,
        hash: tillsyn_pki::hash::sha256_hex(format!("{number}/{values}").as_bytes()),
    }
}

impl World {
    fn desired(&self) -> Vec<Desired> {
        let one = |(item, version): (&String, &Version)| Desired {
            kind: "profile",
            item: item.clone(),
            item_id: item.clone(),
            version: version.number,
            hash: version.hash.clone(),
            assignments: Vec::new(),
            refusal: self
                .unable
                .contains(item)
                .then(|| Reason::new("unsupported", None)),
        };
        self.wanted.iter().map(one).collect()
    }

    fn observed(&self) -> Vec<Observed> {
        let one = |(item, row): (&String, &Row)| Observed {
            kind: "profile",
            item: item.clone(),
            desired_hash: row.desired_hash.clone(),
            knowledge: row.knowledge.clone(),
            reason: row.reason.clone(),
            failures: row.failures,
            may_try: row.failures == 0 || row.may_try,
            work: self.work(row),
        };
        self.rows.iter().map(one).collect()
    }

    fn work(&self, row: &Row) -> Option<Work> {
        let command = self.queue.iter().find(|c| Some(c.id) == row.command)?;
        Some(Work {
            installs: command.install.then(|| row.carries.clone()).flatten(),
            fetched: command.fetched,
        })
    }

    /// One look: the decision and its effects, as one transaction.
    fn look(&mut self) -> usize {
        let outcomes = diff(&self.desired(), &self.observed());
        let mut steps = 0;
        for outcome in outcomes {
            let item = outcome.item.clone();
            if outcome.supersede {
                let waiting = self.rows.get(&item).and_then(|row| row.command);
                self.queue.retain(|c| Some(c.id) != waiting || c.fetched);
            }
            let Some(state) = outcome.state else {
                self.rows.remove(&item);
                continue;
            };
            let want = self.wanted.get(&item).cloned();
            let row = self.rows.entry(item.clone()).or_default();
            row.desired_hash = want.as_ref().map(|v| v.hash.clone());
            row.state = Some(state);
            row.reason = outcome.reason;
            if outcome.fresh {
                row.failures = 0;
            }
            if outcome.carries.is_some() {
                row.carries.clone_from(&want);
            }
            let Some(step) = outcome.step else { continue };
            steps += 1;
            self.made += 1;
            if step == Step::Verify {
                self.ask();
                continue;
            }
            // The door: what waits for the same item makes way.
            self.queue
                .retain(|c| c.item.as_ref() != Some(&item) || c.fetched);
            let install = step != Step::Remove;
            self.queue.push_back(Command {
                id: self.made,
                item: Some(item.clone()),
                install,
                fetched: false,
            });
            let row = self.rows.entry(item).or_default();
            row.command = Some(self.made);
            row.carries = want.filter(|_| install);
        }
        steps
    }

    fn ask(&mut self) {
        if self.queue.iter().any(|c| c.item.is_none() && !c.fetched) {
            return;
        }
        self.made += 1;
        self.queue.push_back(Command {
            id: self.made,
            item: None,
            install: false,
            fetched: false,
        });
    }

    /// The device fetches one command and does it; nobody has heard its answer yet.
    fn obey(&mut self, refuses: bool) {
        if self.unheard.is_some() {
            return;
        }
        let Some(command) = self.queue.front_mut() else {
            return;
        };
        command.fetched = true;
        let command = command.clone();
        self.unheard = Some(match &command.item {
            None => Answer::List(command.id, self.device.clone()),
            Some(_) if refuses => {
                let sent = self.row_of(command.id).is_some();
                assert!(sent || !command.install);
                Answer::Refused(command.id)
            }
            Some(item) if command.install => {
                // What a waiting install brings is decided when it goes.
                let Some((_, row)) = self.row_of(command.id) else {
                    return;
                };
                row.knowledge.sent = true;
                let hash = row.carries.clone().map(|v| v.hash).unwrap_or_default();
                self.device.insert(item.clone(), payload_uuid(&hash));
                Answer::Done(command.id)
            }
            Some(item) => {
                let own = self.device.get(item).is_some_and(|uuid| uuid == "FOREIGN");
                let said = self.said.contains(item);
                assert!(!own || said, "somebody's own {item} was removed");
                self.device.remove(item);
                Answer::Done(command.id)
            }
        });
    }

    fn row_of(&mut self, command: usize) -> Option<(String, &mut Row)> {
        let found = self
            .rows
            .iter_mut()
            .find(|(_, row)| row.command == Some(command));
        found.map(|(item, row)| (item.clone(), row))
    }

    /// The answer is recorded; one to a command that is over changes nothing.
    fn hear(&mut self) {
        let Some(answer) = self.unheard.take() else {
            return;
        };
        let (Answer::Done(id) | Answer::Refused(id) | Answer::List(id, _)) = answer;
        let Some(at) = self.queue.iter().position(|c| c.id == id) else {
            return;
        };
        let command = self.queue.remove(at).expect("it is there");
        if let Answer::List(_, list) = &answer {
            self.hear_list(list);
            return;
        }
        let refused = matches!(answer, Answer::Refused(_));
        let Some((item, row)) = self.row_of(id) else {
            return;
        };
        row.command = None;
        match (refused, command.install) {
            (true, _) => {
                row.knowledge.refuse();
                row.failures += 1;
                row.may_try = false;
            }
            (false, true) => {
                let version = row.carries.clone().expect("an install carries a version");
                row.knowledge.deliver(version);
                row.failures = 0;
                self.said.insert(item);
                self.ask();
            }
            (false, false) => {
                row.knowledge.remove();
                self.said.remove(&item);
            }
        }
    }

    fn hear_list(&mut self, list: &BTreeMap<String, String>) {
        let wanted = self.wanted.clone();
        for (item, row) in &mut self.rows {
            let mut known: Vec<&Version> = wanted.get(item).into_iter().collect();
            let waits = self.queue.iter().find(|c| Some(c.id) == row.command);
            let installs = waits.is_some_and(|command| command.install);
            known.extend(row.carries.as_ref().filter(|_| installs));
            let uuid = list.get(item).map(String::as_str);
            let listed = row.knowledge.list(uuid, &known);
            if listed == Listed::Proved {
                row.failures = 0;
                if waits.is_none() && row.knowledge.confirmed == row.desired_hash {
                    row.state = Some(State::AsDesired);
                    row.reason = None;
                }
                self.said.insert(item.clone());
                continue;
            }
            self.said.remove(item);
            if !installs {
                let pointless = row.command;
                self.queue.retain(|c| Some(c.id) != pointless || c.fetched);
            }
        }
    }

    /// Everything that hinders is over: how many rounds until there is nothing to do?
    fn settle(&mut self) -> usize {
        for round in 0..12 {
            for row in self.rows.values_mut() {
                row.may_try = true;
            }
            let steps = self.look();
            if steps == 0 && self.queue.is_empty() && self.unheard.is_none() {
                return round;
            }
            for _ in 0..40 {
                self.hear();
                self.obey(false);
            }
        }
        unreachable!("it does not come to rest: {self:#?}")
    }
}

#[derive(Clone, Debug)]
enum Happening {
    Want(u8, i64, u8),
    Drop(u8),
    Unable(u8),
    Able,
    Look,
    Obey,
    RefuseIt,
    Hear,
    /// Expiry, withdrawal, or patience at its end.
    End(usize),
    /// A person removes it by hand.
    ByHand(u8),
    /// A person puts another in its place.
    Other(u8),
    Retry,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0..3_u8, 1..4_i64, 0..2_u8).prop_map(|(i, n, v)| Happening::Want(i, n, v)),
        2 => (0..3_u8).prop_map(Happening::Drop),
        1 => (0..3_u8).prop_map(Happening::Unable),
        1 => Just(Happening::Able),
        6 => Just(Happening::Look),
        6 => Just(Happening::Obey),
        1 => Just(Happening::RefuseIt),
        5 => Just(Happening::Hear),
        1 => (0..4_usize).prop_map(Happening::End),
        1 => (0..3_u8).prop_map(Happening::ByHand),
        1 => (0..3_u8).prop_map(Happening::Other),
        1 => Just(Happening::Retry),
    ]
}

fn happen(world: &mut World, happening: &Happening) {
    let name = |n: &u8| format!("org.example.{n}");
    match happening {
        Happening::Want(item, number, values) => {
            world.wanted.insert(name(item), version(*number, *values));
        }
        Happening::Drop(item) => {
            world.wanted.remove(&name(item));
        }
        Happening::Unable(item) => world.unable.push(name(item)),
        Happening::Able => world.unable.clear(),
        Happening::Look => {
            world.look();
        }
        Happening::Obey => world.obey(false),
        Happening::RefuseIt => world.obey(true),
        Happening::Hear => world.hear(),
        Happening::End(at) => {
            if let Some(command) = world.queue.remove(*at)
                && command.install
                && let Some((_, row)) = world.row_of(command.id)
            {
                row.command = None;
                let version = row.carries.take().expect("an install carries a version");
                row.knowledge.ended(version, command.fetched);
            }
        }
        Happening::ByHand(item) => {
            world.device.remove(&name(item));
        }
        Happening::Other(item) => {
            world.device.insert(name(item), "FOREIGN".to_owned());
        }
        Happening::Retry => world.rows.values_mut().for_each(|row| row.may_try = true),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn it_comes_to_rest_from_any_state(story in prop::collection::vec(happening(), 0..60)) {
        let mut world = World::default();
        for part in &story {
            happen(&mut world, part);
        }
        world.settle();
        // One inventory cycle later, what people did by hand is found.
        world.ask();
        world.obey(false);
        world.hear();
        let rounds = world.settle();
        prop_assert!(rounds <= 3, "{} rounds", rounds);
        for (item, want) in &world.wanted {
            let row = &world.rows[item];
            let has_it = row.knowledge.present() == Some(&want.hash);
            if world.unable.contains(item) && !has_it {
                prop_assert_eq!(row.state, Some(State::Refused));
            } else {
                prop_assert_eq!(row.state, Some(State::AsDesired));
                prop_assert_eq!(&world.device[item], &payload_uuid(&want.hash));
            }
        }
        for (item, uuid) in &world.device {
            // What is ours is gone; what somebody else put there stays.
            let is_wanted = world.wanted.contains_key(item);
            prop_assert!(is_wanted || uuid == "FOREIGN", "{} stayed", item);
        }
        for _ in 0..100 {
            prop_assert_eq!(world.look(), 0);
        }
        // Nor do lists and looks tell different things of the same.
        let states = |world: &World| -> Vec<_> {
            world.rows.values().map(|row| row.state).collect()
        };
        let rest = states(&world);
        for _ in 0..3 {
            world.ask();
            world.obey(false);
            world.hear();
            prop_assert_eq!(states(&world), rest.clone());
            prop_assert_eq!(world.look(), 0);
            prop_assert_eq!(states(&world), rest.clone());
        }
    }

    #[test]
    fn what_is_refused_for_good_makes_no_command(story in prop::collection::vec(happening(), 0..30)) {
        let mut world = World::default();
        for part in &story {
            happen(&mut world, part);
        }
        world.unable = (0..3_u8).map(|n| format!("org.example.{n}")).collect();
        world.settle();
        let made = world.made;
        world.look();
        prop_assert_eq!(world.made, made);
    }
}

fn want(version: &Version) -> Desired {
    Desired {
        kind: "profile",
        item: "a".to_owned(),
        item_id: "1".to_owned(),
        version: version.number,
        hash: version.hash.clone(),
        assignments: Vec::new(),
        refusal: None,
    }
}

fn seen(hash: &Version, knowledge: Knowledge) -> Observed {
    Observed {
        kind: "profile",
        item: "a".to_owned(),
        desired_hash: Some(hash.hash.clone()),
        knowledge,
        reason: None,
        failures: 0,
        may_try: true,
        work: None,
    }
}

fn proved(version: &Version) -> Knowledge {
    Knowledge {
        delivered: Some(version.clone()),
        sent: true,
        unanswered: Vec::new(),
        confirmed: Some(version.hash.clone()),
    }
}

fn only(outcomes: Vec<Outcome>) -> Outcome {
    let [outcome] = <[Outcome; 1]>::try_from(outcomes).expect("one item");
    outcome
}

#[test]
fn each_case_has_its_word_and_step() {
    let (one, two, renewed) = (version(1, 0), version(2, 0), version(1, 1));
    let acknowledged = Knowledge {
        confirmed: None,
        ..proved(&one)
    };
    let cases = [
        (&one, proved(&one), State::AsDesired, None),
        (&two, proved(&one), State::Behind, Some(Step::Replace)),
        (&renewed, proved(&one), State::Behind, Some(Step::Renew)),
        (&one, acknowledged, State::Unverified, Some(Step::Verify)),
        (
            &one,
            Knowledge::default(),
            State::ToInstall,
            Some(Step::Install),
        ),
    ];
    for (wanted, knowledge, state, step) in cases {
        let outcome = only(diff(&[want(wanted)], &[seen(&one, knowledge.clone())]));
        assert_eq!(
            (outcome.state, outcome.step),
            (Some(state), step),
            "{knowledge:?}"
        );
    }
    let outcome = only(diff(&[], &[seen(&one, proved(&one))]));
    assert_eq!(
        (outcome.state, outcome.step),
        (Some(State::ToRemove), Some(Step::Remove))
    );
}

#[test]
fn a_lasting_refusal_waits_for_a_change() {
    let (one, two) = (version(1, 0), version(2, 0));
    let refused = Observed {
        reason: Some(Reason::new("refused_by_device", None)),
        failures: 1,
        may_try: false,
        ..seen(&one, Knowledge::default())
    };
    let outcome = only(diff(&[want(&one)], std::slice::from_ref(&refused)));
    assert_eq!((outcome.state, outcome.step), (Some(State::Refused), None));
    assert_eq!(outcome.reason, refused.reason);
    let outcome = only(diff(&[want(&two)], &[refused]));
    assert_eq!(outcome.step, Some(Step::Install));
    assert!(outcome.fresh);
}

#[test]
fn what_waits_is_not_doubled_and_what_is_fetched_is_waited_for() {
    let (one, two) = (version(1, 0), version(2, 0));
    let working = |version: &Version, fetched| Observed {
        work: Some(Work {
            installs: Some(version.clone()),
            fetched,
        }),
        ..seen(version, Knowledge::default())
    };
    assert_eq!(
        only(diff(&[want(&one)], &[working(&one, false)])).step,
        None
    );
    let overtaken = only(diff(&[want(&two)], &[working(&one, false)]));
    assert_eq!(overtaken.step, Some(Step::Install));
    assert_eq!(only(diff(&[want(&two)], &[working(&one, true)])).step, None);
    let gone = only(diff(&[], &[working(&one, false)]));
    assert_eq!((gone.state, gone.step, gone.supersede), (None, None, true));
    let renewed = only(diff(&[want(&version(1, 1))], &[working(&one, false)]));
    assert_eq!(
        (renewed.step, renewed.carries),
        (None, Some(version(1, 1).hash))
    );
}
