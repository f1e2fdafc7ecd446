//! A place in a payload as the name of a field, as an id of the page, and as text for people.

use tillsyn_core::profiles::Step;

/// In front of every name that is a place.
const PREFIX: &str = "v/";

/// The name of the field at this place.
pub(in crate::console) fn name_of(path: &[Step]) -> String {
    let mut name = PREFIX.to_owned();
    for (nth, step) in path.iter().enumerate() {
        if nth > 0 {
            name.push('/');
        }
        match step {
            Step::Index(index) => {
                name.push('#');
                name.push_str(&index.to_string());
            }
            Step::Key(key) => {
                for c in key.chars() {
                    match c {
                        '~' => name.push_str("~0"),
                        '/' => name.push_str("~1"),
                        '#' => name.push_str("~2"),
                        c => name.push(c),
                    }
                }
            }
        }
    }
    name
}

/// The place that a name stands for.
pub(in crate::console) fn steps_of(name: &str) -> Option<Vec<Step>> {
    let rest = name.strip_prefix(PREFIX)?;
    rest.split('/')
        .map(|part| match part.strip_prefix('#') {
            Some(index) => index.parse().ok().map(Step::Index),
            None => Some(Step::Key(
                part.replace("~2", "#")
                    .replace("~1", "/")
                    .replace("~0", "~"),
            )),
        })
        .collect()
}

/// The id of what stands at this place: every other character than letters and digits in hexadecimal.
pub(super) fn id_of(path: &[Step]) -> String {
    use std::fmt::Write as _;
    let mut id = "k-".to_owned();
    for byte in text_of(path).bytes() {
        if byte.is_ascii_alphanumeric() {
            id.push(char::from(byte));
        } else {
            let _ = write!(id, "_{byte:02x}");
        }
    }
    id
}

/// As findings and differences write it.
pub(in crate::console) fn text_of(path: &[Step]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for step in path {
        match step {
            Step::Index(index) => {
                let _ = write!(text, "[{index}]");
            }
            // `cachedaccounts.expiry` is one key.
            Step::Key(key) if key.contains(['.', '[', ']', '"']) => {
                let _ = write!(text, "[{key:?}]");
            }
            Step::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
        }
    }
    text
}

/// A place one step deeper.
pub(super) fn below(path: &[Step], step: Step) -> Vec<Step> {
    let mut deeper = path.to_vec();
    deeper.push(step);
    deeper
}

/// The keys on the way, as the words for keys know it: places in arrays do not matter.
pub(super) fn keys_of(path: &[Step]) -> String {
    let keys: Vec<&str> = path
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
        .collect();
    keys.join(".")
}
