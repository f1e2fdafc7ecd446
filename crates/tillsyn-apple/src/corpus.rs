//! Replays the corpora of the fuzz targets: the fixtures of each kind are read, and every file of
//! `corpus/` is read or refused as the start of its name says.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use crate::checkin::CheckIn;
use crate::command::RawCommand;
use crate::plist_guard::{self, Limits};
use crate::profile::ProfileInfo;
use crate::result::CommandResult;
use crate::testing::all;

fn replay(name: &str, fixtures: &[&str], is_read: impl Fn(&[u8]) -> bool) {
    for folder in fixtures {
        for (file, bytes) in all(folder) {
            assert!(is_read(&bytes), "fixtures: {folder}/{file}");
        }
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut refused = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let expected = file.starts_with("ok-");
        assert!(expected || file.starts_with("bad-"), "{file}: which is it?");
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(is_read(&bytes), expected, "{name}/{file}");
        refused += usize::from(!expected);
    }
    assert!(refused > 0, "{name}: nothing to refuse");
}

#[test]
fn corpus_of_plist_is_read_or_refused_as_named() {
    let fixtures = ["checkin", "command", "result", "profile"];
    replay("plist", &fixtures, |bytes| {
        plist_guard::parse(bytes, Limits::RESULT).is_ok()
    });
}

#[test]
fn corpus_of_checkin_is_read_or_refused_as_named() {
    replay("checkin", &["checkin"], |bytes| {
        CheckIn::parse(bytes).is_ok()
    });
}

#[test]
fn corpus_of_result_is_read_or_refused_as_named() {
    replay("result", &["result"], |bytes| {
        CommandResult::parse(bytes).is_ok()
    });
}

#[test]
fn corpus_of_profile_is_read_or_refused_as_named() {
    replay("profile", &["profile"], |bytes| {
        ProfileInfo::parse(bytes).is_ok()
    });
}

#[test]
fn corpus_of_raw_command_is_read_or_refused_as_named() {
    replay("raw_command", &["command"], |bytes| {
        RawCommand::parse(bytes).is_ok()
    });
}
