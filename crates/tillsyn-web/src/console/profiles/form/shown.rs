//! What a form said when it was given out. Whoever sends it back while somebody else saved has changed only
//! what differs from that, not everything that a browser sends.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tillsyn_apple::profile::template::is_secret_key;
use tillsyn_core::profiles::Step;
use tillsyn_pki::hash::sha256_hex;

use super::field::{Control, Field, Section};
use super::path::{below, name_of, steps_of};
use super::read::Typed;

/// So much of a hash tells two values of one field apart.
const HASH: usize = 16;
/// Stands for a secret: its value is in no form.
const SECRET: &str = "*";
/// In front of every field of the draft, see [`super::path`].
const PREFIX: &str = "v/";

/// By the name of the field: the hash of what a browser sends when nobody touches it. What sends nothing or
/// an empty text is left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::console) struct Shown(BTreeMap<String, String>);

impl Shown {
    pub(in crate::console) fn of(sections: &[Section], comment: &str) -> Self {
        let mut shown = Self::default();
        for field in sections.iter().flat_map(|section| &section.fields) {
            field.each(&mut |field: &Field| shown.take(field));
        }
        shown.put("comment", &plain(comment));
        shown
    }

    /// As a hidden field carries it.
    pub(in crate::console) fn text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// `None`: the form does not say.
    pub(in crate::console) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    fn put(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.insert(name.to_owned(), hash(value));
        }
    }

    fn take(&mut self, field: &Field) {
        let chosen = |choices: &[crate::ui::Choice]| -> Vec<String> {
            let chosen = choices.iter().filter(|choice| choice.chosen);
            chosen.map(|choice| choice.value.clone()).collect()
        };
        let value = match &field.control {
            Control::Text { value, .. } | Control::Data { value, .. } | Control::Lines(value) => {
                plain(value)
            }
            Control::Switch { on: true } => "true".to_owned(),
            Control::Choice(choices) => chosen(choices).into_iter().next().unwrap_or_default(),
            Control::Many(choices) => joined(chosen(choices)),
            Control::Group(items) if !items.is_empty() => content(field),
            Control::Secret { .. } => {
                self.0.insert(field.name.clone(), SECRET.to_owned());
                return;
            }
            _ => String::new(),
        };
        self.put(&field.name, &value);
    }

    fn says(&self, name: &str, value: &str) -> bool {
        match self.0.get(name) {
            None => value.is_empty(),
            Some(shown) if shown == SECRET => value.is_empty(),
            Some(shown) => *shown == hash(value),
        }
    }

    fn is_secret(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|shown| shown == SECRET)
    }
}

fn hash(value: &str) -> String {
    let mut hash = sha256_hex(value.as_bytes());
    hash.truncate(HASH);
    hash
}

/// Browsers send line ends as CR LF.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn joined(mut values: Vec<String>) -> String {
    values.sort();
    plain(&values.join("\n"))
}

/// A group as a whole: places in it count only as long as it is the same.
fn content(field: &Field) -> String {
    field.was.as_ref().map(Json::to_string).unwrap_or_default()
}

/// What of a field it is, and the name of the field: several inputs can stand for one place.
fn parted(name: &str) -> (&str, &str) {
    ["shown.", "file.", "key.", "type.", "value."]
        .iter()
        .find_map(|part| Some((*part, name.strip_prefix(part)?)))
        .unwrap_or(("", name))
}

/// Something typed that has no place any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::console) struct Stranded {
    /// Name of the field.
    pub(in crate::console) name: String,
    /// `None` for what may be a secret.
    pub(in crate::console) typed: Option<String>,
}

/// Only what was changed in a form.
pub(in crate::console) struct Touched<'a> {
    shown: Option<&'a Shown>,
    typed: &'a dyn Typed,
    /// Groups that are others now: nothing typed in them goes anywhere.
    moved: BTreeSet<String>,
}

impl<'a> Touched<'a> {
    /// `sections` as the draft is now.
    pub(in crate::console) fn new(
        shown: Option<&'a Shown>,
        typed: &'a dyn Typed,
        sections: &[Section],
    ) -> Self {
        let mut moved = BTreeSet::new();
        if let Some(shown) = shown {
            for field in sections.iter().flat_map(|section| &section.fields) {
                field.each(&mut |field: &Field| {
                    if matches!(field.control, Control::Group(_))
                        && !shown.says(&field.name, &content(field))
                    {
                        moved.insert(format!("{}/", field.name));
                    }
                });
            }
        }
        Self {
            shown,
            typed,
            moved,
        }
    }

    /// Without `shown` nobody knows: all of it counts as typed.
    pub(in crate::console) fn is_touched(&self, name: &str) -> bool {
        let Some(shown) = self.shown else {
            return true;
        };
        !shown.says(name, &joined(self.typed.texts(name)))
    }

    fn has_moved(&self, name: &str) -> bool {
        self.moved.iter().any(|group| name.starts_with(group))
    }

    fn counts(&self, name: &str) -> bool {
        let (part, place) = parted(name);
        let touched = !matches!(part, "" | "shown.") || self.is_touched(place);
        !place.starts_with(PREFIX) || (touched && !self.has_moved(place))
    }

    /// Whether something was typed into it, or chosen for it.
    fn is_filled(&self, name: &str) -> bool {
        match parted(name).0 {
            "" | "shown." => self.is_touched(parted(name).1),
            "file." => self.typed.file(name).is_some(),
            "key." | "value." => self.typed.texts(name).iter().any(|text| !text.is_empty()),
            // One of the types is always chosen.
            _ => false,
        }
    }

    /// What was typed at a place, as it is told there.
    fn told(&self, place: &str, parts: &BTreeSet<&str>) -> Stranded {
        let own = |part: &str| joined(self.typed.texts(&format!("{part}{place}")));
        let (key, value) = (own("key."), own("value."));
        if key.is_empty() && value.is_empty() {
            let text = self.shown.filter(|shown| !shown.is_secret(place));
            return Stranded {
                typed: text.filter(|_| !parts.contains("file.")).map(|_| own("")),
                name: place.to_owned(),
            };
        }
        let path = steps_of(place).filter(|_| place != PREFIX);
        let key = key.trim().to_owned();
        let path = below(&path.unwrap_or_default(), Step::Key(key.clone()));
        Stranded {
            name: name_of(&path),
            typed: Some(value).filter(|_| !is_secret_key("", &key)),
        }
    }

    /// What was typed and has no field in the draft as it is now; `names` are all that the form has.
    pub(in crate::console) fn stranded(
        &self,
        names: impl Iterator<Item = String>,
        sections: &[Section],
    ) -> Vec<Stranded> {
        let mut there = BTreeSet::new();
        for field in sections.iter().flat_map(|section| &section.fields) {
            field.each(&mut |field: &Field| {
                there.insert(field.name.clone());
            });
        }
        let names: Vec<String> = names.filter(|name| self.is_filled(name)).collect();
        let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (part, place) in names.iter().map(|name| parted(name)) {
            if place.starts_with(PREFIX) {
                places.entry(place).or_default().insert(part);
            }
        }
        places
            .iter()
            .filter(|(place, _)| self.has_moved(place) || !there.contains(**place))
            .map(|(place, parts)| self.told(place, parts))
            .collect()
    }
}

impl Typed for Touched<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.typed.text(name).filter(|_| self.counts(name))
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let mut typed = self.typed.texts(name);
        typed.retain(|_| self.counts(name));
        typed
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.typed.file(name).filter(|_| self.counts(name))
    }
}
