//! Every file of every corpus through every door of this crate: nothing panics, and nothing takes
//! longer than reading a file of its size may.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::checkin::CheckIn;
use crate::command::capability::check_raw;
use crate::command::{Command, RawCommand};
use crate::ids::CommandUuid;
use crate::platform::{DeviceFacts, EnrollmentType, Platform};
use crate::plist_guard::{self, Limits};
use crate::profile::{ProfileInfo, Template, check, conflicts, parse_profile, support};
use crate::redact::redact;
use crate::result::{Answer, CommandResult};
use crate::testing::{Damage, all};

/// Far above what the largest takes in a debug build on a loaded machine; the doubling ones would
/// take years.
const PATIENCE: Duration = Duration::from_secs(5);

fn files() -> Vec<(String, Vec<u8>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files = Vec::new();
    for folder in ["plist", "checkin", "result", "profile", "raw_command"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

fn every_door(bytes: &[u8]) {
    for limits in [Limits::CHECK_IN, Limits::RESULT, Limits::RAW_COMMAND] {
        if let Ok(mut value) = plist_guard::parse(bytes, limits) {
            redact(&mut value);
            let written = crate::encode_plist(&value);
            assert!(plist_guard::parse(&written, Limits::RESULT).is_ok());
        }
    }
    let _ = plist_guard::scan_result(bytes);
    if let Ok(message) = CheckIn::parse(bytes) {
        let _ = (message.channel(), format!("{message:?}"));
    }
    if let Ok(result) = CommandResult::parse(bytes) {
        assert!(CommandResult::parse(&result.to_plist()).is_ok());
        for kind in Answer::KINDS {
            let _ = Answer::read(*kind, &result.body);
        }
    }
    let _ = (ProfileInfo::parse(bytes), parse_profile(bytes));
    if let Ok(template) = Template::parse(bytes) {
        let root = template.root();
        for finding in check::check(root) {
            assert!(finding.to_string().len() < 4096);
        }
        let facts = DeviceFacts::corporate(Platform::Ios, EnrollmentType::Profile);
        let _ = support::support(root, &facts);
        let _ = conflicts::conflicts(root, root);
    }
    let _ = (Command::parse(bytes), Command::envelope(bytes));
    if let Ok(raw) = RawCommand::parse(bytes) {
        let facts = DeviceFacts::corporate(Platform::Macos, EnrollmentType::Ade);
        let _ = check_raw(&raw, &facts);
        let again = RawCommand::parse(&raw.with_uuid(&CommandUuid::new("C").unwrap())).unwrap();
        assert_eq!(again, raw);
    }
}

#[test]
fn every_file_passes_every_door_in_bounded_time() {
    let files = files();
    assert!(files.len() >= 40, "{}", files.len());
    for (name, bytes) in files {
        let start = Instant::now();
        every_door(&bytes);
        assert!(start.elapsed() < PATIENCE, "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn damaged_fixtures_pass_every_door() {
    let mut damage = Damage::new(3);
    for folder in ["checkin", "command", "result", "answer", "profile"] {
        for (_, bytes) in all(folder) {
            for _ in 0..4 {
                every_door(&damage.apply(&bytes));
            }
        }
    }
}
