#![expect(clippy::expect_used, reason = "tests")]

use super::may_give;
use crate::actor::{Actor, Permission, Rights};

#[test]
fn nobody_gives_what_they_do_not_hold() {
    let erase = Rights::of([Permission::DevicesRead, Permission::DevicesErase]);
    assert!(may_give(&Actor::server(), erase).is_ok());
    let refused = may_give(&Actor::device("x", None), erase).expect_err("a device holds nothing");
    assert_eq!(refused.code, "permission_not_held");
    assert!(may_give(&Actor::device("x", None), Rights::NONE).is_ok());
}
