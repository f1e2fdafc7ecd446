#![expect(clippy::unwrap_used, reason = "tests")]

use super::{FILES, make};

#[test]
fn a_half_written_set_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let hosts = ["mdm.example.org".to_owned()];
    let again = || make(folder.path(), &hosts, 1_790_000_000_000);
    assert!(again().unwrap());
    assert!(!again().unwrap());
    for file in FILES {
        let path = folder.path().join(file);
        let kept = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let refused = again().unwrap_err().to_string();
        for other in FILES {
            assert_eq!(refused.contains(other), other != file, "{refused}");
        }
        assert!(!path.exists());
        std::fs::write(&path, kept).unwrap();
    }
}
