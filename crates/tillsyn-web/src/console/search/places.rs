//! Pages and settings as things to find: by what they are called, and by other words that people know them by.

use super::page::HitsRow;
use crate::console::frame::Frame;
use crate::i18n::key;
use crate::ui::urls;

/// Other words for a page, in the reader's language.
const WORDS: &[(&str, &str)] = &[
    (urls::PUSH, key("search-words-push")),
    (urls::GUARD, key("search-words-guard")),
    (urls::UNITS, key("search-words-units")),
    (urls::INVENTORY, key("search-words-inventory")),
    (urls::ADMINISTRATORS, key("search-words-administrators")),
    (urls::IDENTITY_PROVIDERS, key("search-words-sign-on")),
    (urls::DIRECTORIES, key("search-words-directories")),
    (urls::ROLES, key("search-words-roles")),
    (urls::MAIL, key("search-words-mail")),
    (urls::WEBHOOKS, key("search-words-webhooks")),
    (urls::TOKENS, key("search-words-tokens")),
    (urls::AUDIT, key("search-words-audit")),
    (urls::CAMPAIGNS, key("search-words-campaigns")),
    (urls::INVITATIONS, key("search-words-invitations")),
    (urls::ATTEMPTS, key("search-words-attempts")),
    (urls::COMMANDS, key("search-words-commands")),
];

const MOST: usize = 8;

/// The pages of the reader's own sidebar that are called so: every word that was typed is the beginning of one.
pub(super) fn matching(f: &Frame, wanted: &str) -> Vec<HitsRow> {
    let wanted = wanted.to_lowercase();
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    if wanted.iter().all(|word| word.chars().count() < 2) {
        return Vec::new();
    }
    let groups = f.nav();
    let items = groups
        .iter()
        .flat_map(|group| group.items.iter().map(move |item| (group, item)));
    items
        .filter(|(_, item)| {
            let other = WORDS.iter().find(|(href, _)| *href == item.href);
            let other = other.map_or_else(String::new, |(_, words)| f.t(words));
            let known = format!("{} {other}", item.label).to_lowercase();
            wanted.iter().all(|word| called(&known, word))
        })
        .take(MOST)
        .map(|(group, item)| HitsRow {
            icon: item.icon,
            href: item.href.to_owned(),
            name: item.label.clone(),
            detail: group.head.clone(),
        })
        .collect()
}

/// Japanese has no spaces: there a word is found anywhere.
fn called(known: &str, word: &str) -> bool {
    if word.is_ascii() {
        known
            .split(|c: char| !c.is_alphanumeric())
            .any(|part| part.starts_with(word))
    } else {
        known.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Lang, Texts};

    fn found(lang: Lang, wanted: &str) -> Vec<&'static str> {
        let f = Frame {
            texts: Texts::new(lang),
            ..Frame::default()
        };
        let nav = f.nav();
        let all: Vec<&'static str> = nav
            .iter()
            .flat_map(|group| group.items.iter().map(|item| item.href))
            .collect();
        let hits = matching(&f, wanted);
        hits.iter()
            .filter_map(|hit| all.iter().find(|href| **href == hit.href).copied())
            .collect()
    }

    #[test]
    fn a_page_is_found_by_its_name_and_by_other_words_for_it() {
        assert_eq!(found(Lang::En, "apns"), [urls::PUSH]);
        assert_eq!(found(Lang::En, "smtp"), [urls::MAIL]);
        assert_eq!(found(Lang::Sv, "avdelning"), [urls::UNITS]);
        assert_eq!(found(Lang::Ja, "部署"), [urls::UNITS]);
        assert!(found(Lang::En, "audit").contains(&urls::AUDIT));
        assert!(found(Lang::En, "dit").is_empty());
        assert!(found(Lang::En, "zz").is_empty());
    }

    #[test]
    fn a_page_that_the_reader_does_not_see_is_not_found() {
        let f = Frame {
            hidden: vec![crate::console::frame::Place::Push],
            ..Frame::default()
        };
        assert!(matching(&f, "apns").is_empty());
    }
}
