use super::{Places, backticked};

fn places() -> Places {
    let files = [
        "crates/tillsyn-db/Cargo.toml",
        "crates/tillsyn-db/src/jobs/store.rs",
        "check",
        "docs/guide.md",
    ];
    Places::new(&files.map(str::to_owned))
}

#[test]
fn what_exists_is_no_problem() {
    for word in [
        "store.rs",
        "jobs/store.rs",
        "./check",
        "crates/tillsyn-db",
        "tillsyn-db",
        "docs/",
        "docs/guide.md",
    ] {
        assert_eq!(places().problem(word), None, "{word}");
    }
}

#[test]
fn what_is_no_path_is_left_alone() {
    for word in [
        "/api/v1/devices",
        "cargo xtask check",
        "Device",
        "application/json",
        "tillsyn.toml",
        "a::b",
    ] {
        assert_eq!(places().problem(word), None, "{word}");
    }
}

#[test]
fn what_is_gone_is_a_problem() {
    for word in [
        "rules.rs",
        "docs/gone.md",
        "./demo",
        "tillsyn-old",
        "crates/tillsyn-old",
    ] {
        assert!(places().problem(word).is_some(), "{word}");
    }
}

#[test]
fn code_blocks_are_not_read() {
    let text = "see `a`\n```\n`b`\n```\nand `c` and `d`";
    assert_eq!(backticked(text).collect::<Vec<_>>(), ["a", "c", "d"]);
}
