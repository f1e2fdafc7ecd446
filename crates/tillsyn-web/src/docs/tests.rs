#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use tillsyn_core::Kind;

use super::files::{self, picture};
use super::help::{DOCUMENT, Topic, family, help, table};
use super::library::{by_slug, documents, slug};
use super::markdown::render;
use super::search::search;
use crate::error::ErrorKind;
use crate::i18n::Lang;
use crate::portal::enroll::Failure;

#[test]
fn every_document_is_on_a_shelf_once_and_has_a_title_and_a_beginning() {
    for path in files::paths() {
        assert!(slug(path).is_some(), "docs/{path} is on no shelf");
    }
    assert_eq!(documents().len(), files::paths().count());
    let mut slugs = BTreeSet::new();
    for document in documents() {
        let path = document.path;
        assert!(slugs.insert(&document.slug), "{path} is there twice");
        assert!(!document.title.is_empty(), "{path} has no title");
        assert!(!document.summary.is_empty(), "{path} says not what it is");
        assert!(!document.html.contains("<h1"), "{path}: two titles");
    }
}

#[test]
fn every_link_and_anchor_within_the_documents_leads_somewhere() {
    for document in documents() {
        for (slug, anchor) in &document.links {
            let path = document.path;
            let to = by_slug(slug).unwrap_or_else(|| panic!("{path}: {slug}"));
            assert!(to.has(anchor), "{path}: {slug}#{anchor}");
        }
        for piece in document.html.split("src=\"").skip(1) {
            let address = piece.split(['"', '?']).next().unwrap_or_default();
            let path = address.strip_prefix("/console/docs/").expect("ours");
            assert!(picture(path).is_some(), "{}: {path}", document.path);
        }
    }
}

#[test]
fn headings_have_no_gaps() {
    for document in documents() {
        let mut level = 1;
        for piece in document.html.split("<h").skip(1) {
            let Some(found) = piece.chars().next().and_then(|c| c.to_digit(10)) else {
                continue;
            };
            assert!(found <= level + 1, "{}: h{found}", document.path);
            level = found;
        }
    }
}

#[test]
fn markup_in_a_document_stays_text() {
    let html = render(
        "enroll.md",
        "# T\n\nA <b onclick=\"x\">bold</b> word.\n\n<script>alert(1)</script>\n\n<img src=\"https://x/y.png\" alt=\"\">\n",
    )
    .html;
    assert!(html.contains("&lt;b onclick"), "{html}");
    assert!(html.contains("&lt;script&gt;"), "{html}");
    assert!(
        !html.contains("<img") && !html.contains("<script"),
        "{html}"
    );
}

#[test]
fn a_link_out_of_the_documents_is_its_words() {
    let html = render(
        "enroll.md",
        "# T\n\n[Changes](../CHANGELOG.md), [mail](mail.md#x) and [out](https://example.org).",
    )
    .html;
    assert!(!html.contains("CHANGELOG"), "{html}");
    assert!(html.contains("href=\"/console/docs/mail#x\""), "{html}");
    assert!(html.contains("href=\"https://example.org\""), "{html}");
}

#[test]
fn the_same_heading_twice_gets_two_ids() {
    let html = render("enroll.md", "# T\n\n## What `is` it?\n\n## What is it?\n").html;
    assert!(html.contains("id=\"what-is-it\""), "{html}");
    assert!(html.contains("id=\"what-is-it-1\""), "{html}");
}

#[test]
fn search_finds_sections_by_all_words_and_in_the_language_of_the_reader() {
    let found = search("second person", Lang::En);
    assert!(!found.is_empty());
    assert!(found[0].href.starts_with("/console/docs/"));
    assert!(search("second zzzzqqq", Lang::En).is_empty());
    assert!(search("  ", Lang::En).is_empty());
    let ja = search("プロファイル", Lang::Ja);
    assert!(
        ja.iter()
            .any(|hit| hit.href.starts_with("/console/docs/guide/ja"))
    );
    assert!(search("プロファイル", Lang::En).is_empty());
}

/// Every `.rs` file of the crates that answer, without their tests.
fn sources() -> Vec<String> {
    let mut folders = vec![
        concat!(env!("CARGO_MANIFEST_DIR"), "/src").into(),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../tillsyn-core/src").into(),
    ];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir::<std::path::PathBuf>(folder).expect("readable");
        for path in entries.map(|entry| entry.expect("entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !path.to_string_lossy().contains("tests")
            {
                found.push(std::fs::read_to_string(path).expect("text"));
            }
        }
    }
    found
}

/// The first literal after each of the places where an answer that is no input fault is made.
fn codes_of(source: &str) -> BTreeSet<String> {
    const MADE: [&str; 4] = [
        "Error::forbidden(",
        "Error::conflict(",
        "Error::bad_request(",
        "Error::media_type(",
    ];
    let made = MADE.iter().flat_map(|made| source.split(made).skip(1));
    let by_kind = source
        .split("Error::new(")
        .chain(source.split("Self::of("))
        .filter_map(|rest| {
            let kind = rest
                .trim_start()
                .trim_start_matches("Error")
                .strip_prefix("Kind::")?;
            let (kind, rest) = kind.split_once(',')?;
            (kind != "Invalid").then_some(rest)
        });
    let literals = made.chain(by_kind).filter_map(|rest| {
        let literal = rest.trim_start().strip_prefix('"')?.split('"').next()?;
        let code =
            !literal.is_empty() && literal.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        code.then(|| literal.to_owned())
    });
    literals.collect()
}

#[test]
fn every_code_that_is_answered_has_an_entry_that_explains_it() {
    let mut missing = BTreeSet::new();
    let mut seen = 0;
    for source in sources() {
        for code in codes_of(&source) {
            seen += 1;
            if help(Topic::Code, &code).is_none() {
                missing.insert(code);
            }
        }
    }
    assert!(seen > 120, "only {seen} codes were found in the sources");
    assert!(missing.is_empty(), "docs/{DOCUMENT} lacks {missing:?}");
}

#[test]
fn every_cause_of_a_failed_attempt_and_every_reason_of_a_device_has_an_entry() {
    for failure in Failure::ALL {
        let value = failure.value();
        assert!(help(Topic::Cause, value).is_some(), "{value}");
    }
    let words = include_str!("../console/words/refusals.rs");
    let (_, incapable) = words.split_once("pub fn incapable").expect("there");
    let arms = incapable.lines().filter(|line| line.contains("=>"));
    let mut seen = 0;
    for arm in arms {
        let (codes, _) = arm.split_once("=>").expect("an arm");
        for code in codes.split('"').skip(1).step_by(2) {
            seen += 1;
            assert!(help(Topic::Reason, code).is_some(), "{code}");
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn every_entry_that_codes_lead_to_is_in_the_document() {
    let errors = by_slug("reference/errors").expect("there");
    assert!(table().len() > 200, "{}", table().len());
    for ((_, code), anchor) in table() {
        assert!(errors.has(anchor), "{code}: {anchor}");
    }
    let kinds = [
        Kind::NotSignedIn,
        Kind::Forbidden,
        Kind::FreshSignInNeeded,
        Kind::NotFound,
        Kind::Invalid,
        Kind::Conflict,
        Kind::NotCapable,
        Kind::Overloaded,
        Kind::Unavailable,
        Kind::Internal,
    ];
    for kind in kinds {
        let anchor = family(ErrorKind::Rule(kind));
        assert!(errors.has(anchor), "{kind:?}: {anchor}");
    }
}
