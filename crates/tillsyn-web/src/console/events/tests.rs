use tillsyn_core::feed::FeedItem;

use super::matches;

#[test]
fn pages_are_told_of_what_they_show_and_of_nothing_else() {
    let command = FeedItem::Command {
        device_id: "d1".to_owned(),
        command_id: "c1".to_owned(),
    };
    let attempt = FeedItem::Attempt {
        attempt_id: "a1".to_owned(),
    };
    let event = FeedItem::Event {
        object_kind: "device".to_owned(),
        object_id: "d1".to_owned(),
    };
    let told = |topic: &str| [&command, &attempt, &event].map(|item| matches(topic, item));
    assert_eq!(told("all"), [true, true, true]);
    assert_eq!(told("commands"), [true, false, false]);
    assert_eq!(told("attempts"), [false, true, false]);
    assert_eq!(told("devices"), [false, false, true]);
    assert_eq!(told("device:d1"), [true, false, true]);
    assert_eq!(told("device:d2"), [false, false, false]);
    assert_eq!(told("command:c1"), [true, false, false]);
    assert_eq!(told("attempt:a1"), [false, true, false]);
    assert_eq!(told("attempt:a2"), [false, false, false]);
    assert_eq!(told("invitation:i1"), [false, false, false]);
    assert_eq!(told(""), [false, false, false]);
    assert_eq!(told("device"), [false, false, false]);
}
