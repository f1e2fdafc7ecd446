//! Replays the corpora of the fuzz targets `json`, `status_report` and `upload`: every file is read or
//! refused as the start of its name says.
#![expect(clippy::expect_used, reason = "tests")]

use std::path::PathBuf;

use crate::commands::Request;
use crate::platform::apple::is_status_report;
use crate::profiles::check_upload;

fn replay(name: &str, is_read: impl Fn(&[u8]) -> bool) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut seen = [0, 0];
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let file = path.file_name().expect("a name").to_string_lossy();
        let read = is_read(&bytes);
        assert_eq!(read, file.starts_with("ok-"), "{name}/{file}");
        seen[usize::from(read)] += 1;
    }
    assert!(seen.iter().all(|n| *n > 0), "{name}: {seen:?}");
}

#[test]
fn corpus_of_json_is_read_or_refused_as_named() {
    replay("json", |bytes| {
        let Ok(value) = serde_json::from_slice(bytes) else {
            return false;
        };
        let Ok((request, _)) = Request::read(value) else {
            return false;
        };
        // What is stored is read as the same again.
        let stored = serde_json::to_value(&request).expect("JSON");
        let again: Request = serde_json::from_value(stored.clone()).expect("a stored request");
        assert_eq!(serde_json::to_value(again).expect("JSON"), stored);
        true
    });
}

#[test]
fn corpus_of_status_report_is_read_or_refused_as_named() {
    replay("status_report", |bytes| {
        is_status_report(bytes, false) && is_status_report(bytes, true)
    });
}

#[test]
fn corpus_of_upload_is_read_or_refused_as_named() {
    replay("upload", |bytes| {
        let signed = bytes.first() == Some(&0x30);
        check_upload(bytes.to_vec()).is_ok_and(|checked| {
            assert_eq!(checked.summary.signer.is_some(), signed);
            true
        })
    });
}
