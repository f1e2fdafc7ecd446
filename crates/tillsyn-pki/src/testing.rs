//! Keys, identities and the openssl command line for the tests of this crate.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::cert::Certificate;
use crate::issue::{self, CaIdentity, DeviceSubject, KeyAlgorithm, LeafRequest};
use crate::key::KeyPair;
use crate::oid;

/// 2026-06-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_780_272_000_000;
pub(crate) const DAY: i64 = 86_400_000;

pub(crate) static RSA_A: LazyLock<KeyPair> = LazyLock::new(|| key("rsa_a.pem"));
pub(crate) static RSA_B: LazyLock<KeyPair> = LazyLock::new(|| key("rsa_b.pem"));
pub(crate) static RSA_C: LazyLock<KeyPair> = LazyLock::new(|| key("rsa_c.pem"));
pub(crate) static P384: LazyLock<KeyPair> = LazyLock::new(|| key("p384.pem"));

/// A P-256 CA.
pub(crate) static CA: LazyLock<CaIdentity> = LazyLock::new(|| {
    issue::create_root_ca("Test CA", "Test", NOW, 3650, KeyAlgorithm::P256).unwrap()
});

/// The CA's registration authority, with key C.
pub(crate) static RA: LazyLock<CaIdentity> = LazyLock::new(|| {
    issue::create_ra_with_key(&CA, RSA_C.clone(), "Test RA", "Test", NOW, 365).unwrap()
});

/// A device with key A.
pub(crate) static DEVICE: LazyLock<CaIdentity> = LazyLock::new(|| device(&RSA_A, "device-a"));

/// Another device with key B.
pub(crate) static OTHER_DEVICE: LazyLock<CaIdentity> = LazyLock::new(|| device(&RSA_B, "device-b"));

pub(crate) fn device(key: &KeyPair, cn: &str) -> CaIdentity {
    let subject = DeviceSubject {
        cn: cn.to_owned(),
        org: "Test".to_owned(),
    };
    let certificate =
        issue::issue_device_certificate(&CA, key.public_key(), &subject, &[], NOW, 365).unwrap();
    CaIdentity {
        certificate,
        key: key.clone(),
    }
}

pub(crate) fn self_signed(key: &KeyPair, cn: &str) -> Certificate {
    let request = LeafRequest::new(vec![(oid::COMMON_NAME, cn.to_owned())], NOW, 10);
    issue::self_signed(key, &request).unwrap()
}

pub(crate) fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    std::fs::read_to_string(path).unwrap()
}

fn key(name: &str) -> KeyPair {
    KeyPair::from_pem(&fixture(name)).unwrap()
}

/// A temporary directory in which the openssl command line works.
pub(crate) struct Openssl(TempDir);

impl Openssl {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With `name.pem` (certificate) and `name.key` for each identity, and `body`.
    pub(crate) fn with(identities: &[(&str, &CaIdentity)], body: &[u8]) -> Self {
        let openssl = Self::new();
        for (name, identity) in identities {
            openssl.write(
                &format!("{name}.pem"),
                identity.certificate.to_pem().as_bytes(),
            );
            openssl.write(
                &format!("{name}.key"),
                identity.key.to_pkcs8_pem().as_bytes(),
            );
        }
        openssl.write("body", body);
        openssl
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).unwrap()
    }

    fn output(&self, arguments: &str) -> std::process::Output {
        Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("the openssl command line is needed for these tests")
    }

    /// Runs `openssl <arguments>`, which must fail; its error output.
    pub(crate) fn fails(&self, arguments: &str) -> String {
        let output = self.output(arguments);
        assert!(!output.status.success(), "openssl {arguments}: succeeded");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Runs `openssl <arguments>` (split at blanks), which must succeed; its standard output.
    pub(crate) fn run(&self, arguments: &str) -> String {
        let output = self.output(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// What a flipped, cut or stretched copy of a message looks like.
pub(crate) fn mutate(message: &[u8], at: usize, value: u8, kind: u8) -> Vec<u8> {
    let mut bytes = message.to_vec();
    let at = at % bytes.len().max(1);
    match kind % 4 {
        0 => bytes[at] = value,
        1 => bytes[at] ^= 1 << (value % 8),
        2 => bytes.truncate(at),
        _ => bytes.insert(at, value),
    }
    bytes
}

/// Whether the corpora are being written anew: `UPDATE_CORPUS=1`.
pub(crate) fn updates_corpus() -> bool {
    std::env::var_os("UPDATE_CORPUS").is_some()
}

/// Replays `corpus/<name>`: every file is read or refused as the start of its name says. The
/// seeds are written when the corpora are being updated.
pub(crate) fn corpus(name: &str, seeds: &[(&str, Vec<u8>)], is_read: impl Fn(&[u8]) -> bool) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    if updates_corpus() {
        std::fs::create_dir_all(&folder).unwrap();
        for (file, bytes) in seeds {
            std::fs::write(folder.join(file), bytes).unwrap();
        }
    }
    let mut seen = [0, 0];
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let read = is_read(&std::fs::read(&path).unwrap());
        assert!(
            file.starts_with("ok-") || file.starts_with("bad-"),
            "{file}: says not what it is"
        );
        assert_eq!(read, file.starts_with("ok-"), "{name}/{file}");
        seen[usize::from(read)] += 1;
    }
    assert!(seen.iter().all(|n| *n > 0), "{name}: {seen:?}");
}
