use std::collections::BTreeSet;

use super::topic::{Topic, filter_sql};
use crate::actor::{Permission, Rights};
use crate::events::ACTIONS;

#[test]
fn every_topic_is_of_recorded_events_each_of_one_topic() {
    let mut seen = BTreeSet::new();
    for topic in Topic::ALL {
        assert_eq!(Topic::parse(topic.as_str()), Some(topic));
        for action in topic.actions() {
            assert!(ACTIONS.contains(action), "{action}");
            assert!(seen.insert(*action), "{action} twice");
            assert_eq!(Topic::of_action(action), Some(topic));
            assert!(filter_sql().contains(&format!("'{action}'")));
        }
    }
    assert_eq!(Topic::of_action("person.create"), None);
}

#[test]
fn what_is_about_oneself_comes_without_choosing_and_the_rest_by_what_one_holds() {
    let usual = |rights: Rights| {
        let all = Topic::ALL.into_iter();
        all.filter(|topic| topic.is_for(rights) && topic.usual(rights))
            .collect::<Vec<_>>()
    };
    assert_eq!(usual(Rights::NONE), [Topic::Decisions, Topic::SignIn]);
    let reader = Rights::of([Permission::DevicesRead, Permission::AuditRead]);
    assert_eq!(usual(reader), [Topic::Decisions, Topic::SignIn]);
    let all = usual(Rights::ALL);
    assert_eq!(all.len(), Topic::ALL.len() - 1);
    assert!(!all.contains(&Topic::Lost));
}
