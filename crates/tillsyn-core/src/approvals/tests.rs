use super::ask::common;
use super::since::{Moved, since};
use super::targets::{Target, digest};

fn target(device: &str) -> Target {
    Target {
        device_id: device.to_owned(),
        status: "active".to_owned(),
        enrollment_id: Some(format!("enrollment of {device}")),
        person_id: Some("elin".to_owned()),
        ownership: Some("corporate".to_owned()),
        last_seen: Some(1_000),
        ..Target::default()
    }
}

#[test]
fn a_set_is_the_same_whatever_was_heard_since() {
    let asked = [target("a"), target("b")];
    let mut now = [target("b"), target("a")];
    now[0].last_seen = Some(2_000);
    now[1].status = "not_seen".to_owned();
    now[1].name = Some("renamed".to_owned());
    assert_eq!(digest(&asked), digest(&now));
    let changed = since(&asked, &now);
    assert!(changed.iter().all(|one| !one.moved.overtakes()));
    let status = Moved::Status {
        from: "active".to_owned(),
        to: "not_seen".to_owned(),
    };
    let words: Vec<_> = changed.into_iter().map(|one| one.moved).collect();
    assert_eq!(words, [status, Moved::Seen(2_000)]);
}

#[test]
fn another_device_person_owner_or_enrollment_must_be_asked_again() {
    type Step = fn(&mut Vec<Target>);
    let asked = vec![target("a"), target("b")];
    let changes: [(Step, Moved); 5] = [
        (|now| now.truncate(1), Moved::Gone),
        (|now| now.push(target("c")), Moved::Added),
        (|now| now[1].person_id = None, Moved::Person),
        (
            |now| now[1].ownership = Some("personal".to_owned()),
            Moved::Ownership,
        ),
        (
            |now| now[1].enrollment_id = Some("anew".to_owned()),
            Moved::Enrollment,
        ),
    ];
    for (change, expected) in changes {
        let mut now = asked.clone();
        change(&mut now);
        assert_ne!(digest(&asked), digest(&now), "{expected:?}");
        let told = since(&asked, &now);
        assert!(
            told.iter()
                .any(|one| one.moved == expected && one.moved.overtakes()),
            "{expected:?}"
        );
    }
}

#[test]
fn whoever_decides_reaches_all_of_it() {
    let of = |paths: &[&'static str]| common(paths.iter().copied()).map(str::to_owned);
    assert_eq!(of(&["r/a/", "r/a/b/"]).as_deref(), Some("r/a/"));
    assert_eq!(of(&["r/a/b/", "r/a/c/"]).as_deref(), Some("r/a/"));
    assert_eq!(of(&["r/ab/", "r/a/"]).as_deref(), Some("r/"));
    assert_eq!(of(&["r/"]).as_deref(), Some("r/"));
    assert_eq!(of(&[]), None);
}
