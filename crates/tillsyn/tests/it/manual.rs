//! Manual pages and completions, as their readers take them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::Place;

/// The verbs that a page of help names.
fn verbs(place: &Place, above: &[&str]) -> BTreeSet<String> {
    let mut words = above.to_vec();
    words.push("--help");
    let help = place.run(&words).out;
    let listed = help.split_once("Commands:\n").map_or("", |(_, rest)| rest);
    listed
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .map(str::to_owned)
        .collect()
}

fn pages(place: &Place) -> Vec<PathBuf> {
    let ended = place.run(&["man", "--out", "pages"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let mut all: Vec<PathBuf> = std::fs::read_dir(place.path("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    all.sort();
    all
}

/// As a reader sees it, without what makes letters bold.
fn shown(page: &Path) -> String {
    let output = Command::new("groff")
        .args(["-man", "-Tascii", "-P-cbou", "-ww"])
        .arg(page)
        .output()
        .unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}: {}",
        page.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_verb_has_a_page_and_stands_in_the_one_above() {
    let place = Place::new();
    let pages = pages(&place);
    let first = verbs(&place, &[]);
    assert!(first.contains("serve") && first.len() > 30, "{first:?}");
    let program = shown(&place.path("pages/tillsyn.1"));
    for verb in &first {
        assert!(
            program.contains(&format!("tillsyn-{verb}(1)")),
            "{verb}: {program}"
        );
        let page = place.path(&format!("pages/tillsyn-{verb}.1"));
        assert!(pages.contains(&page), "{verb}");
    }
    for verb in verbs(&place, &["device"]) {
        let page = place.path(&format!("pages/tillsyn-device-{verb}.1"));
        assert!(pages.contains(&page), "{verb}");
    }
    for part in [
        "FILES",
        "/etc/tillsyn/tillsyn.toml",
        "EXIT STATUS",
        "tillsyn.toml(5)",
    ] {
        assert!(program.contains(part), "{part}: {program}");
    }
}

#[test]
fn all_pages_are_set_without_a_warning() {
    let place = Place::new();
    let pages = pages(&place);
    assert!(pages.len() > 100, "{}", pages.len());
    let output = Command::new("groff")
        .args(["-man", "-Tutf8", "-Kutf8", "-ww", "-z"])
        .args(pages)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn every_key_of_the_configuration_stands_in_its_page() {
    let place = Place::new();
    pages(&place);
    let page = shown(&place.path("pages/tillsyn.toml.5"));
    let reference = place.run(&["config-reference"]).out;
    let keys: Vec<&str> = reference
        .lines()
        .filter_map(|line| line.strip_prefix("### `"))
        .map(|key| key.trim_end_matches('`'))
        .collect();
    assert!(keys.len() > 30, "{keys:?}");
    for key in keys {
        assert!(page.contains(key), "{key}: {page}");
    }
}

#[test]
fn bash_completes_verbs_and_options() {
    let place = Place::new();
    let script = place.run(&["completions", "bash"]);
    assert_eq!(script.code, Some(0), "{}", script.err);
    place.write("tillsyn.bash", &script.out);
    let complete = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let (last, at) = (words.last().unwrap(), words.len() - 1);
        let ask = format!(
            "set -eu; . ./tillsyn.bash; COMP_WORDS=({}); COMP_CWORD={at}; _tillsyn tillsyn '{last}' ''; \
             echo \"${{COMPREPLY[@]}}\"",
            line.replace(last, &format!("'{last}'"))
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &ask])
            .current_dir(place.path("."))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(complete("tillsyn ser"), "serve");
    assert_eq!(complete("tillsyn device li"), "list");
    assert!(complete("tillsyn init --self").contains("--self-made-tls"));
    assert_eq!(complete("tillsyn config-ref"), "config-reference");
}

#[test]
fn zsh_and_fish_get_every_verb() {
    let place = Place::new();
    for (shell, mark) in [("zsh", "#compdef tillsyn"), ("fish", "complete -c tillsyn")] {
        let script = place.run(&["completions", shell]).out;
        assert!(script.contains(mark), "{shell}");
        for verb in verbs(&place, &[]) {
            assert!(script.contains(&verb), "{shell}: {verb}");
        }
        // Only a machine of somebody who uses it has it.
        place.write("script", &script);
        if let Ok(output) = Command::new(shell)
            .args(["-n", "script"])
            .current_dir(place.path("."))
            .output()
        {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{shell}: {said}");
        }
    }
    let unknown = place.run(&["completions", "tcsh"]);
    assert_eq!(unknown.code, Some(2));
}

#[test]
fn the_example_of_the_package_is_a_configuration() {
    let place = Place::new().with("TILLSYN_DATABASE_URL", "sqlite:missing.sqlite");
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/examples/tillsyn.toml");
    let ended = place.run(&["migrate", "--check", "--config", example.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("there is no database at"),
        "{}",
        ended.err
    );
}

#[test]
fn looking_at_the_schema_changes_nothing() {
    let place = Place::initialised();
    assert_eq!(place.run(&["migrate", "--check"]).code, Some(0));
    std::fs::write(place.path("other.sqlite"), "").unwrap();
    let other = place.with("TILLSYN_DATABASE_URL", "sqlite:other.sqlite");
    let ended = other.run(&["migrate", "--check"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("the database is empty"), "{}", ended.err);
    let again = other.run(&["migrate", "--check"]);
    assert!(again.err.contains("the database is empty"), "{}", again.err);
}
