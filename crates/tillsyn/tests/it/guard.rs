use crate::program::Place;

#[test]
fn nothing_held_is_said_so() {
    let place = Place::initialised();
    let ended = place.run(&["guard", "list"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.out, "Nothing is held.\n");
    let ended = place.run(&["guard", "list", "--json"]);
    assert_eq!(ended.out.trim(), "[]");
}

#[test]
fn an_unknown_request_is_not_released() {
    let place = Place::initialised();
    let ended = place.run(&["guard", "release", "everything"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("`everything` is no id of a request"),
        "{}",
        ended.err
    );
    let ended = place.run(&["guard", "release", "01a200e6-581b-766f-9b6d-edb04efa2e14"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("no such held batch"), "{}", ended.err);
}
