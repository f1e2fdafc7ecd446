//! The table of promises names tests that exist: whoever renames or deletes one meets it here.

use anyhow::Result;

use super::backticked;
use crate::check::Findings;
use crate::run;

const TABLE: &str = "crates/tillsyn/tests/promises.md";
/// Promises of reliability, in `security.md` of the design.
const FIRST: u32 = 80;
const LAST: u32 = 91;

pub(super) fn check() -> Result<Findings> {
    let Some(table) = run::text(TABLE)? else {
        return Ok(vec![format!("{TABLE} is missing")]);
    };
    let mut findings = Findings::new();
    for number in FIRST..=LAST {
        let row = table
            .lines()
            .find(|line| line.starts_with(&format!("| S{number} |")));
        let named = row.map_or(0, |row| tests(row).count());
        if named == 0 {
            findings.push(format!("{TABLE}: no test shows S{number}"));
        }
    }
    for (file, test) in tests(&table) {
        match run::text(file)? {
            None => findings.push(format!("{TABLE}: {file} does not exist")),
            Some(source) if !has(&source, test) => {
                findings.push(format!("{TABLE}: {file} has no test `{test}`"));
            }
            Some(_) => {}
        }
    }
    Ok(findings)
}

/// Files and tests in them.
fn tests(text: &str) -> impl Iterator<Item = (&str, &str)> {
    backticked(text).filter_map(|word| {
        word.split_once(".rs::").map(|(file, test)| {
            let file = &word[..file.len() + ".rs".len()];
            (file, test)
        })
    })
}

/// A function of this name, or the name that `both_engines!` is given.
fn has(source: &str, test: &str) -> bool {
    let mut lines = source.lines().map(str::trim_start);
    lines.any(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let rest = line
            .strip_prefix("fn ")
            .or_else(|| line.strip_prefix("both_engines!("))
            .unwrap_or(line);
        let end = rest.strip_prefix(test);
        end.is_some_and(|end| end.starts_with(['(', ',']))
    })
}

#[cfg(test)]
mod tests {
    use super::{has, tests};

    #[test]
    fn a_test_is_found_in_each_of_its_forms() {
        for source in [
            "fn holds() {",
            "    async fn holds() {",
            "both_engines!(holds, |app| async move {",
            "both_engines!(\n    holds,\n    still(),",
        ] {
            assert!(has(source, "holds"), "{source}");
            assert!(!has(source, "hold"), "{source}");
        }
        assert!(!has("// holds, as they say", "holds"));
    }

    #[test]
    fn names_are_read_from_the_table() {
        let row = "| S80 | `kill -9` | `a/b.rs::one`, `c.rs::two` |";
        let found: Vec<_> = tests(row).collect();
        assert_eq!(found, [("a/b.rs", "one"), ("c.rs", "two")]);
    }
}
