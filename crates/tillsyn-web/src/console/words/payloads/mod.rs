//! Our own words for payloads of profiles: titles, labels of keys, help, names of values, and how an
//! editor groups them. What has no words here is shown under the vendor's name.
//!
//! The texts of the three languages stand beside each other in `locales/payloads`: there are far more
//! of them than of any other kind, and their order and grouping are part of what is said.

mod parse;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use parse::{Block, Key, Text};

use crate::i18n::Texts;

const FILES: [&str; 7] = [
    include_str!("../../../../locales/payloads/general.txt"),
    include_str!("../../../../locales/payloads/network.txt"),
    include_str!("../../../../locales/payloads/certificates.txt"),
    include_str!("../../../../locales/payloads/accounts.txt"),
    include_str!("../../../../locales/payloads/security.txt"),
    include_str!("../../../../locales/payloads/restrictions.txt"),
    include_str!("../../../../locales/payloads/apps.txt"),
];

/// The keys that stand beside each payload's own.
const COMMON_KEYS: &str = "CommonPayloadKeys";
const ICON: &str = "profile";

static BLOCKS: LazyLock<BTreeMap<&'static str, Block<'static>>> = LazyLock::new(|| {
    FILES
        .into_iter()
        .flat_map(|file| parse::parse(file).0)
        .map(|block| (block.name, block))
        .collect()
});

/// Keys that belong together, in the order in which an editor shows them.
#[derive(Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// `None` for keys that we have not grouped.
    pub title: Option<String>,
    pub keys: Vec<&'a str>,
}

/// What a type of payload is called. `TopLevel` and `CommonPayloadKeys` stand for the profile itself and for
/// the keys of every payload; a type with several variants may be followed by the variant: `com.apple.MCX(WiFi)`.
pub fn payload_title(l: Texts, payload_type: &str) -> Option<String> {
    block(payload_type)?.title.map(|text| l.pick(text))
}

/// One sentence about what it is for.
pub fn payload_about(l: Texts, payload_type: &str) -> Option<String> {
    block(payload_type)?.about.map(|text| l.pick(text))
}

pub fn payload_icon(payload_type: &str) -> &'static str {
    block(payload_type)
        .and_then(|block| block.icon)
        .unwrap_or(ICON)
}

/// What a key is called. A path is the keys joined by dots; indexes of arrays (`Rules.0.Action`,
/// `Rules[0].Action`, `Rules[].Action`) do not matter.
pub fn key_label(l: Texts, payload_type: &str, path: &str) -> Option<String> {
    find(payload_type, path).map(|key| l.pick(key.label))
}

/// One sentence about what a key does.
pub fn key_help(l: Texts, payload_type: &str, path: &str) -> Option<String> {
    find(payload_type, path)?.help.map(|text| l.pick(text))
}

/// The name of one allowed value, as the schema writes the value.
pub fn value_label(l: Texts, payload_type: &str, path: &str, value: &str) -> Option<String> {
    find(payload_type, path)?
        .values
        .iter()
        .find(|(known, _)| same(known, value))
        .map(|(_, text)| l.pick(*text))
}

/// Whether an editor shows the key before it is asked for all of them.
pub fn is_common(payload_type: &str, path: &str) -> bool {
    find(payload_type, path).is_some_and(|key| key.common)
}

/// A section's title and its keys with their places.
type Placed<'a> = (Option<String>, Vec<(usize, &'a str)>);

/// Puts the keys of a payload into sections: ours first in our order, then the rest as they came.
/// A key below another one that has a section goes with it.
pub fn arrange<'a>(l: Texts, payload_type: &str, paths: &[&'a str]) -> Vec<Section<'a>> {
    let mut placed: BTreeMap<(usize, usize), Placed<'a>> = BTreeMap::new();
    let mut rest = Vec::new();
    for path in paths {
        let Some(spot) = spot(payload_type, path) else {
            rest.push(*path);
            continue;
        };
        placed
            .entry((spot.block, spot.section.map_or(0, |at| at + 1)))
            .or_insert_with(|| (spot.title.map(|text| l.pick(text)), Vec::new()))
            .1
            .push((spot.key, *path));
    }
    let mut sections: Vec<Section<'a>> = placed
        .into_values()
        .map(|(title, mut keys)| {
            // Stable: keys below one of ours keep the schema's order behind it.
            keys.sort_by_key(|(key, _)| *key);
            Section {
                title,
                keys: keys.into_iter().map(|(_, path)| path).collect(),
            }
        })
        .collect();
    if !rest.is_empty() {
        sections.push(Section {
            title: None,
            keys: rest,
        });
    }
    sections
}

struct Spot {
    /// Which of the type's blocks, and what in it.
    block: usize,
    section: Option<usize>,
    title: Option<Text<'static>>,
    key: usize,
}

fn spot(payload_type: &str, path: &str) -> Option<Spot> {
    let mut path = plain(path).into_owned();
    loop {
        for (at, block) in family(payload_type).into_iter().enumerate() {
            if let Some(key) = position(block, &path) {
                let section = block.keys.get(key).and_then(|key| key.section);
                let title = section.and_then(|at| block.sections.get(at)).copied();
                return Some(Spot {
                    block: at,
                    section,
                    title,
                    key,
                });
            }
        }
        path.truncate(path.rfind('.')?);
    }
}

fn find(payload_type: &str, path: &str) -> Option<&'static Key<'static>> {
    let path = plain(path);
    family(payload_type)
        .into_iter()
        .find_map(|block| block.keys.get(position(block, &path)?))
}

fn block(payload_type: &str) -> Option<&'static Block<'static>> {
    BLOCKS
        .get(payload_type)
        .or_else(|| BLOCKS.get(payload_type.split('(').next().unwrap_or_default()))
}

/// The block of a type, what it includes, and the keys of every payload.
fn family(payload_type: &str) -> Vec<&'static Block<'static>> {
    let own = BLOCKS.get(payload_type);
    let of_all = payload_type
        .split_once('(')
        .and_then(|(all, _)| BLOCKS.get(all));
    let mut family: Vec<&'static Block<'static>> = own.into_iter().chain(of_all).collect();
    let bases: Vec<_> = family
        .iter()
        .flat_map(|block| &block.bases)
        .filter_map(|base| BLOCKS.get(base))
        .collect();
    family.extend(bases);
    if payload_type != "TopLevel" {
        family.extend(BLOCKS.get(COMMON_KEYS));
    }
    family
}

fn position(block: &Block<'_>, path: &str) -> Option<usize> {
    let exact = block.keys.iter().position(|key| key.path == path);
    exact.or_else(|| {
        block.keys.iter().position(|key| {
            key.path.strip_prefix('~').is_some_and(|end| {
                path.strip_suffix(end)
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            })
        })
    })
}

/// Numbers are the same however they are written: `2`, `2.0`.
fn same(known: &str, value: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    known == value || number(known).is_some_and(|known| number(value) == Some(known))
}

/// A path without the indexes of arrays.
fn plain(path: &str) -> Cow<'_, str> {
    if !path.contains(|c: char| c == '[' || c.is_ascii_digit()) {
        return Cow::Borrowed(path);
    }
    let parts: Vec<&str> = path
        .split(['.', '['])
        .filter(|part| {
            let index = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            !(part.ends_with(']') || index)
        })
        .collect();
    Cow::Owned(parts.join("."))
}
