//! What a line may not contain. The patterns are put together at run time, or this file would find itself.

/// The start of a path that exists on one machine only.
pub(super) fn home_path(line: &str) -> Option<String> {
    // Only after something that cannot be part of a longer path or a URL.
    let starts = ["root", "home", "Users", "work"].map(|folder| format!("/{folder}/"));
    starts.into_iter().find(|start| {
        line.match_indices(start.as_str()).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|c| c.is_ascii_alphanumeric() || "_.-}>)*~$".contains(c))
        })
    })
}

/// A package registry's or a distribution's host name.
pub(super) fn registry_host(line: &str) -> Option<String> {
    let hosts = [
        ["crates", ".io"],
        ["lib", ".rs/"],
        ["registry.npmjs", ".org"],
        ["pypi", ".org"],
        ["pythonhosted", ".org"],
        ["deb.debian", ".org"],
        ["proxy.golang", ".org"],
    ];
    hosts
        .iter()
        .map(|parts| parts.concat())
        .find(|host| line.contains(host.as_str()))
}

/// A note that something is not done, or a test that does not run.
pub(super) fn unfinished(line: &str) -> Option<String> {
    let words =
        [["TO", "DO"], ["FIX", "ME"], ["XX", "X"], ["HA", "CK"]].map(|parts| parts.concat());
    let found = words.into_iter().find(|mark| {
        line.match_indices(mark.as_str()).any(|(at, _)| {
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            !line[..at].chars().next_back().is_some_and(word)
                && !line[at + mark.len()..].chars().next().is_some_and(word)
        })
    });
    let calls =
        [["todo", "!("], ["unimplemented", "!("], ["#[ign", "ore"]].map(|parts| parts.concat());
    found.or_else(|| calls.into_iter().find(|mark| line.contains(mark.as_str())))
}

pub(super) fn conflict(line: &str) -> bool {
    line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")
}

pub(super) fn unverified() -> String {
    ["UNVERI", "FIED:"].concat()
}

/// Script or style inside a page.
pub(super) fn inline_code(line: &str) -> Option<&'static str> {
    let lower = line.to_ascii_lowercase();
    if lower.contains(" style=") {
        return Some("style attribute");
    }
    if lower.contains("<style") {
        return Some("style element");
    }
    if lower.match_indices("<script").any(|(at, _)| {
        let tag = lower[at..].split('>').next().unwrap_or_default();
        // Data for a script is not run: it may stand in the page.
        !tag.contains("src=") && !tag.contains("type=\"application/json\"")
    }) {
        return Some("inline script");
    }
    let handler = lower.match_indices(" on").any(|(at, _)| {
        let name: String = lower[at + 3..]
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        !name.is_empty() && lower[at + 3 + name.len()..].starts_with("=\"")
    });
    if handler {
        return Some("event handler attribute");
    }
    lower.contains("javascript:").then_some("script address")
}

/// An SQL statement in a string.
pub(super) fn sql(text: &str) -> bool {
    ["SELECT ", "INSERT INTO ", "DELETE FROM ", "UPDATE "]
        .iter()
        .any(|verb| text.contains(&format!("\"{verb}")))
}
