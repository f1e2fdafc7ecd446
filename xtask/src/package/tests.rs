#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::elf::{self, Machine, Program};
use super::release::{Release, civil};
use super::tree::{Tree, gzip};
use super::{Options, deb, image, sha256, tar};

fn program(needed: &[&str], versions: &[&str]) -> Program {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Program {
        machine: Machine::X86_64,
        interpreter: None,
        needed: owned(needed),
        versions: owned(versions),
    }
}

#[test]
fn a_package_depends_on_the_newest_version_that_the_program_asks_for() {
    let asks = program(
        &["libgcc_s.so.1", "libm.so.6", "libc.so.6"],
        &["GLIBC_2.9", "GLIBC_2.34", "GCC_4.2.0", "GLIBC_2.3.4"],
    );
    assert_eq!(
        deb::depends(&asks).unwrap(),
        "libc6 (>= 2.34), libgcc-s1, systemd | systemd-standalone-sysusers"
    );
}

#[test]
fn a_library_of_an_unknown_package_is_refused() {
    let error = deb::depends(&program(&["libssl.so.3"], &[])).unwrap_err();
    assert!(error.to_string().contains("libssl.so.3"), "{error}");
}

#[test]
fn this_program_says_what_it_is_linked_to() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let read = elf::read(&own).unwrap();
    assert!(
        read.needed.iter().any(|name| name == "libc.so.6"),
        "{read:?}"
    );
    assert!(
        read.versions
            .iter()
            .any(|name| name.starts_with("GLIBC_2.")),
        "{read:?}"
    );
    assert!(
        read.interpreter
            .is_some_and(|path| path.starts_with("/lib"))
    );
}

#[test]
fn what_is_no_program_is_refused_wherever_it_ends() {
    assert!(elf::read(b"#!/bin/sh\n").is_err());
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    for length in [4, 20, 40, 64, 200, 1000] {
        assert!(elf::read(&own[..length]).is_err(), "{length}");
    }
}

#[test]
fn an_archive_is_read_by_others_as_it_was_meant() {
    let long = format!("usr/share/{}/{}", "f".repeat(90), "n".repeat(90));
    let mut tree = Tree::default();
    tree.file("usr/bin/x", 0o755, "program");
    tree.file(&long, 0o644, "long");
    tree.folder("var/lib/x", 0o700, 65_532);
    let bytes = tar::archive(&tree, "./", 1_700_000_000).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.tar");
    std::fs::write(&file, &bytes).unwrap();
    let listed = std::process::Command::new("tar")
        .env("TZ", "UTC")
        .args(["--numeric-owner", "-tvf"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(listed.status.success());
    let listed = String::from_utf8(listed.stdout).unwrap();
    for part in [
        "drwxr-xr-x 0/0               0 2023-11-14 22:13 ./usr/bin/\n",
        "-rwxr-xr-x 0/0               7 2023-11-14 22:13 ./usr/bin/x\n",
        "drwx------ 65532/65532       0 2023-11-14 22:13 ./var/lib/x/\n",
        &format!("./{long}\n"),
    ] {
        assert!(listed.contains(part), "{part}\n{listed}");
    }
    let too_long = format!("{}/x", "f".repeat(160));
    tree.file(&too_long, 0o644, "");
    assert!(tar::archive(&tree, "", 0).is_err());
}

#[test]
fn compressing_twice_gives_the_same_bytes() {
    let text = "the same ".repeat(100);
    let packed = gzip(text.as_bytes()).unwrap();
    assert!(packed == gzip(text.as_bytes()).unwrap());
    // No time: RFC 1952 §2.3.1.
    assert_eq!(packed[4..8], [0; 4]);
    assert!(packed.len() < text.len());
}

#[test]
fn digests_are_those_of_the_standard() {
    // FIPS 180-2, appendix B.1.
    assert_eq!(
        sha256(b"abc").unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn seconds_become_days_of_the_calendar() {
    for (seconds, date) in [
        (0, [1970, 1, 1, 0, 0, 0]),
        (951_782_399, [2000, 2, 28, 23, 59, 59]),
        (951_782_400, [2000, 2, 29, 0, 0, 0]),
        (1_709_251_200, [2024, 3, 1, 0, 0, 0]),
        (1_798_761_599, [2026, 12, 31, 23, 59, 59]),
    ] {
        assert_eq!(civil(seconds), date);
    }
}

/// A release of a small program, as it is published: compressed.
fn release() -> (Release, Options) {
    let release = Release {
        program_version: "1.2.0".to_owned(),
        version: "1.2.0".to_owned(),
        time: 1_700_000_000,
        binary: b"program".to_vec(),
        program: program(&[], &[]),
        manual: vec![("tillsyn.1".to_owned(), b"page".to_vec())],
        completions: vec![("bash", b"script".to_vec())],
    };
    let options = Options {
        binary: None,
        out: "out".into(),
        uncompressed: false,
    };
    (release, options)
}

fn output(program: &str, arguments: &[&Path]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_compressed_package_is_read_by_dpkg() {
    let (release, options) = release();
    let bytes = deb::write(&release, b"{}", "licences", &options).unwrap();
    assert!(bytes == deb::write(&release, b"{}", "licences", &options).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.deb");
    std::fs::write(&file, bytes).unwrap();
    let listed = output("dpkg-deb", &[Path::new("--contents"), &file]);
    for part in [
        "-rwxr-xr-x root/root         7 ",
        "./usr/bin/tillsyn\n",
        "./usr/share/man/man1/tillsyn.1.gz\n",
        "./usr/share/bash-completion/completions/tillsyn\n",
    ] {
        assert!(listed.contains(part), "{part}\n{listed}");
    }
    let version = output(
        "dpkg-deb",
        &[Path::new("--field"), &file, Path::new("Version")],
    );
    assert_eq!(version, "1.2.0\n");
}

#[test]
fn an_image_names_its_layer_by_what_is_in_it_and_by_what_is_sent() {
    let (release, options) = release();
    let folder = tempfile::tempdir().unwrap();
    image::write(folder.path(), &release, b"{}", "licences", &options).unwrap();
    let json =
        |path: &Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let blob = |digest: &Value| {
        let digest = digest.as_str().unwrap().strip_prefix("sha256:").unwrap();
        let path = folder.path().join("blobs/sha256").join(digest);
        assert_eq!(sha256(&std::fs::read(&path).unwrap()).unwrap(), digest);
        path
    };
    let index = json(&folder.path().join("index.json"));
    let manifest = json(&blob(&index["manifests"][0]["digest"]));
    let config = json(&blob(&manifest["config"]["digest"]));
    let layer = &manifest["layers"][0];
    assert_eq!(
        layer["mediaType"],
        "application/vnd.oci.image.layer.v1.tar+gzip"
    );
    let packed = blob(&layer["digest"]);
    assert_eq!(std::fs::metadata(&packed).unwrap().len(), layer["size"]);
    let plain = Command::new("gzip")
        .arg("-dc")
        .arg(packed)
        .output()
        .unwrap();
    let diff = config["rootfs"]["diff_ids"][0].as_str().unwrap();
    assert_eq!(diff, format!("sha256:{}", sha256(&plain.stdout).unwrap()));
    assert_eq!(config["created"], "2023-11-14T22:13:20Z");
}

#[test]
fn a_library_that_is_not_there_stops_the_image() {
    let (mut release, options) = release();
    release.program = program(&["libnowhere.so.1"], &[]);
    let folder = tempfile::tempdir().unwrap();
    let error = image::write(folder.path(), &release, b"{}", "licences", &options).unwrap_err();
    assert!(error.to_string().contains("libnowhere.so.1"), "{error}");
}
