//! Licence expressions (SPDX), as far as packages use them.

/// Licences that may enter the program.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether the expression can be met with allowed licences; `None` when it cannot be read.
pub(crate) fn allowed(expression: &str) -> Option<bool> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let verdict = any_of(&words, &mut at)?;
    (at == words.len()).then_some(verdict)
}

fn any_of(words: &[&str], at: &mut usize) -> Option<bool> {
    let mut verdict = all_of(words, at)?;
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        verdict |= all_of(words, at)?;
    }
    Some(verdict)
}

fn all_of(words: &[&str], at: &mut usize) -> Option<bool> {
    let mut verdict = single(words, at)?;
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        verdict &= single(words, at)?;
    }
    Some(verdict)
}

fn single(words: &[&str], at: &mut usize) -> Option<bool> {
    let word = *words.get(*at)?;
    *at += 1;
    if word == "(" {
        let verdict = any_of(words, at)?;
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return closed.then_some(verdict);
    }
    if matches!(word, ")" | "AND" | "OR" | "WITH") {
        return None;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = *words.get(*at + 1)?;
        *at += 2;
        let both = format!("{word} WITH {exception}");
        return Some(ALLOWED.contains(&both.as_str()));
    }
    Some(ALLOWED.contains(&word))
}

#[cfg(test)]
mod tests;
