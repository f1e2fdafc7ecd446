//! `resolve` against a second, naive reading of the rules, and each rule by example.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use proptest::prelude::*;

use super::model::{Assignment, Item, Target, VersionInfo};
use super::*;

pub(crate) fn item(name: &str, current: Option<i64>) -> Item {
    let versions = (1..=4).map(|number| {
        let info = VersionInfo {
            id: format!("{name}-v{number}"),
            ..VersionInfo::default()
        };
        (number, info)
    });
    Item {
        identifier: format!("se.example.{name}"),
        name: name.to_owned(),
        unit_path: "root/".to_owned(),
        platform: "apple".to_owned(),
        current_version: current,
        versions: versions.collect::<BTreeMap<_, _>>(),
        archived: false,
    }
}

fn subject() -> Subject {
    Subject {
        device_id: "d1".to_owned(),
        unit_path: "root/physics/".to_owned(),
        person_id: Some("p1".to_owned()),
        groups: BTreeSet::from(["g1".to_owned()]),
        person_groups: BTreeSet::from(["g2".to_owned()]),
        group_units: HashMap::new(),
        platform: "macos".to_owned(),
        traits: Arc::default(),
        channels: vec![
            channel("device"),
            channel("user:elin"),
            channel("user:maja"),
        ],
    }
}

fn channel(name: &str) -> SubjectChannel {
    SubjectChannel {
        id: format!("d1-{name}"),
        name: name.to_owned(),
        enrollment_id: "e1".to_owned(),
    }
}

fn assignment(id: &str, version: Option<i64>, targets: &[(Mode, TargetKind, &str)]) -> Assignment {
    let target = |(mode, kind, id): &(Mode, TargetKind, &str)| Target {
        mode: *mode,
        kind: *kind,
        id: (*id).to_owned(),
    };
    Assignment {
        id: id.to_owned(),
        kind: "profile".to_owned(),
        item_id: "wifi".to_owned(),
        version,
        channel: AssignedChannel::Device,
        targets: targets.iter().map(target).collect(),
    }
}

fn catalogue(assignments: Vec<Assignment>) -> Catalogue {
    let items = HashMap::from([
        ("wifi".to_owned(), item("wifi", Some(3))),
        ("mail".to_owned(), item("mail", Some(1))),
    ]);
    Catalogue::new(1, assignments, items)
}

fn versions(catalogue: &Catalogue, subject: &Subject) -> Vec<i64> {
    let wanted = resolve(catalogue, subject);
    wanted.iter().map(|wanted| wanted.version).collect()
}

const IN: Mode = Mode::Include;
const OUT: Mode = Mode::Exclude;
const DEVICE: TargetKind = TargetKind::Device;
const GROUP: TargetKind = TargetKind::Group;
const UNIT: TargetKind = TargetKind::OrgUnit;

#[test]
fn a_group_counts_in_its_unit_and_below() {
    let met = catalogue(vec![assignment("a", None, &[(IN, GROUP, "g1")])]);
    for (unit, expected) in [("physics", 1), ("root", 1), ("law", 0), ("phys", 0)] {
        let mut subject = subject();
        subject.group_units = HashMap::from([("g1".to_owned(), unit.to_owned())]);
        assert_eq!(versions(&met, &subject).len(), expected, "{unit}");
    }
}

#[test]
fn what_is_moved_out_of_the_unit_of_a_profile_loses_it() {
    for (unit_path, expected) in [
        ("root/", 1),
        ("root/physics/", 1),
        ("root/law/physics/", 1),
        ("root/law/", 0),
        ("root/physics/lab/", 0),
        ("root/phys/", 0),
    ] {
        for target in [(IN, DEVICE, "d1"), (IN, GROUP, "g1"), (IN, UNIT, "physics")] {
            let mut met = catalogue(vec![assignment("a", None, &[target])]);
            met.items.get_mut("wifi").unwrap().unit_path = unit_path.to_owned();
            assert_eq!(versions(&met, &subject()).len(), expected, "{unit_path}");
        }
    }
}

#[test]
fn each_kind_of_target_reaches_the_device() {
    for (kind, id) in [
        (DEVICE, "d1"),
        (GROUP, "g1"),
        (GROUP, "g2"),
        (UNIT, "physics"),
        (UNIT, "root"),
    ] {
        let met = catalogue(vec![assignment("a", None, &[(IN, kind, id)])]);
        assert_eq!(versions(&met, &subject()), [3], "{kind:?} {id}");
    }
    for (kind, id) in [
        (DEVICE, "d2"),
        (GROUP, "g3"),
        (UNIT, "law"),
        (UNIT, "phys"),
        (DEVICE, "g1"),
    ] {
        let missed = catalogue(vec![assignment("a", None, &[(IN, kind, id)])]);
        assert!(versions(&missed, &subject()).is_empty(), "{kind:?} {id}");
    }
}

#[test]
fn exclude_beats_include_also_from_another_assignment() {
    let one = vec![assignment(
        "a",
        None,
        &[(IN, UNIT, "root"), (OUT, GROUP, "g2")],
    )];
    assert!(versions(&catalogue(one), &subject()).is_empty());
    let two = vec![
        assignment("a", None, &[(IN, DEVICE, "d1")]),
        assignment("b", Some(2), &[(IN, DEVICE, "d9"), (OUT, UNIT, "physics")]),
    ];
    assert!(versions(&catalogue(two), &subject()).is_empty());
    // What is left out on the device stays with its users.
    let mut users = assignment("b", None, &[(IN, DEVICE, "d1")]);
    users.channel = AssignedChannel::Users;
    let device = assignment("a", None, &[(IN, UNIT, "root"), (OUT, DEVICE, "d1")]);
    let wanted = resolve(&catalogue(vec![device, users]), &subject());
    let channels: Vec<&str> = wanted.iter().map(|w| w.channel_id.as_str()).collect();
    assert_eq!(channels, ["d1-user:elin", "d1-user:maja"]);
}

#[test]
fn a_fixed_version_beats_the_newest_and_the_highest_fixed_one_wins() {
    let all = vec![
        assignment("a", None, &[(IN, UNIT, "root")]),
        assignment("b", Some(1), &[(IN, GROUP, "g1")]),
        assignment("c", Some(2), &[(IN, GROUP, "g2")]),
    ];
    let wanted = resolve(&catalogue(all), &subject());
    assert_eq!(wanted.len(), 1);
    assert_eq!(
        (wanted[0].version, wanted[0].version_id.as_str()),
        (2, "wifi-v2")
    );
    assert_eq!(wanted[0].assignments, ["a", "b", "c"]);
}

#[test]
fn nothing_archived_unpublished_or_of_another_platform_is_given() {
    let change = |change: fn(&mut Item)| {
        let mut all = catalogue(vec![assignment("a", None, &[(IN, UNIT, "root")])]);
        change(all.items.get_mut("wifi").unwrap());
        versions(&all, &subject())
    };
    assert_eq!(change(|_| ()), [3]);
    assert!(change(|item| item.archived = true).is_empty());
    assert!(change(|item| item.current_version = None).is_empty());
    assert!(change(|item| item.platform = "windows".to_owned()).is_empty());
    assert!(change(|item| item.versions.clear()).is_empty());
}

#[test]
fn a_device_without_a_channel_is_given_nothing() {
    let mut bare = subject();
    bare.channels.clear();
    let all = catalogue(vec![assignment("a", None, &[(IN, DEVICE, "d1")])]);
    assert!(resolve(&all, &bare).is_empty());
}

fn targets() -> impl Strategy<Value = Vec<Target>> {
    let id = prop_oneof![
        (0..3usize).prop_map(|n| (DEVICE, format!("d{n}"))),
        (0..4usize).prop_map(|n| (GROUP, format!("g{n}"))),
        prop::sample::select(vec!["root", "physics", "lab", "law"])
            .prop_map(|unit| (UNIT, unit.to_owned())),
    ];
    let target = (id, prop::bool::weighted(0.25)).prop_map(|((kind, id), out)| Target {
        mode: if out { OUT } else { IN },
        kind,
        id,
    });
    prop::collection::vec(target, 0..4)
}

fn any_assignments() -> impl Strategy<Value = Vec<Assignment>> {
    let one = (
        prop::bool::ANY,
        prop::bool::ANY,
        prop::option::of(1..=4i64),
        targets(),
    );
    prop::collection::vec(one, 0..6).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(index, (wifi, users, version, targets))| Assignment {
                id: format!("a{index}"),
                kind: "profile".to_owned(),
                item_id: if wifi { "wifi" } else { "mail" }.to_owned(),
                version,
                channel: if users {
                    AssignedChannel::Users
                } else {
                    AssignedChannel::Device
                },
                targets,
            })
            .collect()
    })
}

fn any_subject() -> impl Strategy<Value = Subject> {
    let groups = || prop::collection::btree_set((0..4usize).prop_map(|n| format!("g{n}")), 0..3);
    let path = prop::sample::select(vec![
        "root/",
        "root/physics/",
        "root/physics/lab/",
        "root/law/",
    ]);
    (0..3usize, groups(), groups(), path, 0..4usize).prop_map(
        |(device, groups, person_groups, path, channels)| Subject {
            device_id: format!("d{device}"),
            unit_path: path.to_owned(),
            groups,
            person_groups,
            channels: subject().channels.into_iter().take(channels).collect(),
            ..subject()
        },
    )
}

/// The rules read one by one over all assignments, without an index.
fn naive(
    all: &[Assignment],
    items: &HashMap<String, Item>,
    subject: &Subject,
) -> Vec<(String, String, i64)> {
    let hits = |assignment: &Assignment, mode| {
        assignment.targets.iter().any(|target| {
            target.mode == mode
                && match target.kind {
                    TargetKind::Device => subject.device_id == target.id,
                    TargetKind::Group => {
                        subject.groups.contains(&target.id)
                            || subject.person_groups.contains(&target.id)
                    }
                    TargetKind::OrgUnit => {
                        format!("/{}", subject.unit_path).contains(&format!("/{}/", target.id))
                    }
                }
        })
    };
    let mut wanted = Vec::new();
    for (id, item) in items {
        for channel in &subject.channels {
            let of_users = channel.name != "device";
            let of = |a: &&Assignment| {
                a.item_id == *id && (a.channel == AssignedChannel::Users) == of_users
            };
            let includes: Vec<_> = all.iter().filter(of).filter(|a| hits(a, IN)).collect();
            if includes.is_empty() || all.iter().filter(of).any(|a| hits(a, OUT)) {
                continue;
            }
            let fixed = includes.iter().filter_map(|a| a.version).max();
            wanted.push((
                channel.id.clone(),
                item.identifier.clone(),
                fixed.or(item.current_version).unwrap(),
            ));
        }
    }
    wanted.sort();
    wanted
}

proptest! {
    #[test]
    fn resolve_reads_the_rules_as_they_are_written(
        all in any_assignments(),
        subject in any_subject(),
    ) {
        let catalogue = catalogue(all.clone());
        let wanted = resolve(&catalogue, &subject);
        let got: Vec<_> = wanted
            .iter()
            .map(|w| (w.channel_id.clone(), w.item.clone(), w.version))
            .collect();
        prop_assert_eq!(got, naive(&all, &catalogue.items, &subject));
        // Why it is there is always named, and the order of the assignments plays no part.
        prop_assert!(wanted.iter().all(|w| !w.assignments.is_empty() && w.assignments.is_sorted()));
        let mut turned = all;
        turned.reverse();
        let turned = Catalogue::new(1, turned, catalogue.items.clone());
        prop_assert_eq!(wanted, resolve(&turned, &subject));
    }

    #[test]
    fn one_more_exclusion_never_gives_more(
        all in any_assignments(),
        subject in any_subject(),
        more in targets(),
    ) {
        prop_assume!(!all.is_empty());
        let before = resolve(&catalogue(all.clone()), &subject);
        let mut after = all;
        after[0].targets.extend(more.into_iter().map(|t| Target { mode: OUT, ..t }));
        let after = resolve(&catalogue(after), &subject);
        prop_assert!(after.iter().all(|wanted| before.contains(wanted)));
    }
}
