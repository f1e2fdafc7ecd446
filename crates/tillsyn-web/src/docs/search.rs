//! Search within the documentation: every word must stand in the section or its headings.

use super::library::{Document, documents};
use super::markdown::Section;
use crate::i18n::Lang;

/// Most that are shown.
const HITS: usize = 30;
/// Characters on each side of what was found.
const AROUND: usize = 90;

/// A section that holds the words.
pub(crate) struct Hit {
    pub(crate) href: String,
    pub(crate) title: &'static str,
    /// Empty for what stands above the first heading.
    pub(crate) heading: &'static str,
    pub(crate) excerpt: String,
    pub(crate) lang: Lang,
}

/// Best first.
pub(crate) fn search(query: &str, lang: Lang) -> Vec<Hit> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for document in documents().iter().filter(|found| found.is_for(lang)) {
        for section in &document.sections {
            if let Some(score) = score(document, section, &words) {
                found.push((score, document, section));
            }
        }
    }
    found.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    found.truncate(HITS);
    found
        .into_iter()
        .map(|(_, document, section)| hit(document, section, &words))
        .collect()
}

/// `None` when a word is missing.
fn score(document: &Document, section: &Section, words: &[String]) -> Option<usize> {
    let title = document.title.to_lowercase();
    let heading = section.heading.to_lowercase();
    let text = section.text.to_lowercase();
    let mut sum = 0;
    let mut inside = false;
    for word in words {
        let in_title = title.contains(word);
        let in_heading = heading.contains(word);
        let in_text = text.matches(word.as_str()).take(3).count();
        if !in_title && !in_heading && in_text == 0 {
            return None;
        }
        inside |= in_heading || in_text > 0 || section.id.is_empty();
        sum += usize::from(in_title) * 6 + usize::from(in_heading) * 8 + in_text;
    }
    // A word of the title alone would bring every section of the document.
    inside.then_some(sum)
}

fn hit(document: &'static Document, section: &'static Section, words: &[String]) -> Hit {
    let page = document.url();
    Hit {
        href: if section.id.is_empty() {
            page
        } else {
            format!("{page}#{}", section.id)
        },
        title: &document.title,
        heading: &section.heading,
        excerpt: excerpt(&section.text, words),
        lang: document.lang,
    }
}

/// What stands around the first word.
fn excerpt(text: &str, words: &[String]) -> String {
    let chars: Vec<char> = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .collect();
    let lower: String = chars
        .iter()
        .filter_map(|c| c.to_lowercase().next())
        .collect();
    let first = words
        .iter()
        .filter_map(|word| lower.find(word.as_str()))
        .min();
    let at = first.map_or(0, |bytes| lower[..bytes].chars().count());
    let from = at.saturating_sub(AROUND);
    let to = chars.len().min(at + AROUND);
    let mut shown: String = chars[from..to].iter().collect();
    if from > 0 {
        shown.insert(0, '…');
    }
    if to < chars.len() {
        shown.push('…');
    }
    shown
}
