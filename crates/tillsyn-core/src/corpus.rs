//! Replays the corpus of the fuzz target `json`: every file of `corpus/json` is read or refused
//! as the start of its name says.
#![expect(clippy::expect_used, reason = "tests")]

use std::path::PathBuf;

use crate::commands::Request;

#[test]
fn corpus_of_json_is_read_or_refused_as_named() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/json");
    let mut seen = [0, 0];
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let name = path.file_name().expect("a name").to_string_lossy();
        let read = serde_json::from_slice::<Request>(&bytes);
        assert_eq!(read.is_ok(), name.starts_with("ok-"), "{name}: {read:?}");
        seen[usize::from(read.is_ok())] += 1;
        if let Ok(request) = read {
            let written = serde_json::to_vec(&request).expect("JSON");
            let again: Request = serde_json::from_slice(&written).expect("the same again");
            assert_eq!(again, request, "{name}");
        }
    }
    assert!(seen.iter().all(|n| *n > 0), "{seen:?}");
}
