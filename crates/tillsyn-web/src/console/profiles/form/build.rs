//! From the catalogue and a payload to sections of fields.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use tillsyn_apple::profile::catalogue::{self, Key, Kind, Payload, Support};
use tillsyn_apple::profile::template::is_secret_key;
use tillsyn_core::profiles::Step;

use super::control;
use super::field::{Control, Field, Section};
use super::overlay::find;
use super::path::{below, id_of, keys_of, name_of, text_of};
use super::support::tags;
use crate::console::words::payloads as words;
use crate::i18n::Texts;
use crate::ui::Choice;

/// Dictionaries in dictionaries, arrays in arrays: deeper is shown as it is. The schema goes in circles.
const DEPTH: usize = 6;
/// Keys of all payloads that Tillsyn keeps itself.
const KEPT: [&str; 5] = [
    "PayloadType",
    "PayloadVersion",
    "PayloadUUID",
    "PayloadIdentifier",
    "PayloadContent",
];
/// A payload without words of ours shows all its keys up to this number.
const FEW: usize = 12;

/// What a form is made of.
pub(in crate::console) struct Subject<'a> {
    pub(in crate::console) l: Texts,
    /// `PayloadType`; `TopLevel` for the profile itself.
    pub(in crate::console) kind: &'a str,
    /// The form of the type that was chosen; the one that fits best when empty.
    pub(in crate::console) variant: &'a str,
    pub(in crate::console) values: &'a Map<String, Json>,
    /// What the draft holds, whatever was typed since: only that is set of a secret.
    pub(in crate::console) stored: &'a Map<String, Json>,
    /// Places of secrets, as text.
    pub(in crate::console) secrets: &'a BTreeSet<String>,
    /// What references to other payloads can point to.
    pub(in crate::console) certificates: &'a [Choice],
    /// Every key, not only those that are set and those that are usual.
    pub(in crate::console) all: bool,
    pub(in crate::console) locked: bool,
}

/// A form with what there is to know of it.
pub(in crate::console) struct Form {
    pub(in crate::console) sections: Vec<Section>,
    /// How many keys there are in all.
    pub(in crate::console) keys: usize,
    /// The forms of the type, when there are several.
    pub(in crate::console) variants: Vec<Choice>,
    /// Which systems take the payload.
    pub(in crate::console) support: Option<&'static Support>,
    pub(in crate::console) exclusive: bool,
    pub(in crate::console) known: bool,
}

/// A payload type in words; its own name where we have none.
pub(in crate::console) fn payload_name(l: Texts, kind: &str) -> String {
    words::payload_title(l, kind).unwrap_or_else(|| kind.to_owned())
}

/// The type with its variant, as the words know it.
fn worded(payload: &Payload) -> String {
    if payload.variant.is_empty() {
        payload.kind.to_owned()
    } else {
        format!("{}({})", payload.kind, payload.variant)
    }
}

pub(in crate::console) fn build(subject: &Subject<'_>) -> Form {
    let variants = if subject.kind == "TopLevel" {
        catalogue::top_level().into_iter().collect()
    } else {
        catalogue::variants(subject.kind)
    };
    let chosen = choose(&variants, subject);
    let name = chosen.map_or_else(|| subject.kind.to_owned(), worded);
    let support = chosen.map(|payload| payload.support);
    let mut maker = Maker {
        subject,
        name: &name,
        around: support.filter(|_| subject.kind != "TopLevel"),
        fields: Vec::new(),
    };
    let mut known = BTreeSet::new();
    let mut free = None;
    let own = chosen.into_iter().flat_map(Payload::keys);
    let common = catalogue::common()
        .filter(|_| subject.kind != "TopLevel")
        .into_iter()
        .flat_map(Payload::keys);
    for key in own.chain(common) {
        if key.is_free() {
            free = Some(key);
        } else if known.insert(key.name) && !is_kept(subject.kind, key.name) {
            maker.key(key, &[Step::Key(key.name.to_owned())], 0, false);
        }
    }
    maker.rest(&known, free, chosen.is_none());
    let keys = maker.fields.len();
    let fields = shown(subject, &name, maker.fields);
    Form {
        keys,
        sections: arrange(subject, &name, fields),
        variants: choices(subject.l, &variants, chosen),
        exclusive: !variants.is_empty()
            && catalogue::SYSTEMS
                .iter()
                .any(|system| catalogue::exclusive(subject.kind, *system)),
        known: chosen.is_some(),
        support,
    }
}

/// Of the profile itself the type and its like are kept; a certificate's content is a key of its own.
fn is_kept(kind: &str, key: &str) -> bool {
    KEPT.contains(&key) && (key != "PayloadContent" || kind == "TopLevel")
}

/// The form that was asked for, or the one that most of the keys belong to.
fn choose(variants: &[&'static Payload], subject: &Subject<'_>) -> Option<&'static Payload> {
    let asked = variants
        .iter()
        .find(|payload| !subject.variant.is_empty() && payload.variant == subject.variant);
    let fits = |payload: &&&'static Payload| {
        let own = payload.keys().filter(|key| !key.is_free());
        own.filter(|key| subject.values.contains_key(key.name))
            .count()
    };
    // Of equals the first one counts: `max_by_key` takes the last.
    asked
        .or_else(|| variants.iter().rev().max_by_key(fits))
        .copied()
}

fn choices(
    l: Texts,
    variants: &[&'static Payload],
    chosen: Option<&'static Payload>,
) -> Vec<Choice> {
    if variants.len() < 2 {
        return Vec::new();
    }
    variants
        .iter()
        .map(|payload| Choice {
            value: payload.variant.to_owned(),
            text: payload_name(l, &worded(payload)),
            chosen: chosen.is_some_and(|chosen| chosen.variant == payload.variant),
        })
        .collect()
}

/// Those that are set, needed or usual, unless all are wanted. What was emptied and not saved stays: left out,
/// it would never be emptied.
fn shown(subject: &Subject<'_>, name: &str, fields: Vec<Field>) -> Vec<Field> {
    let usual = |field: &Field| words::is_common(name, &keys_of(&field.path));
    let stored = |field: &Field| find(subject.stored, &field.path).is_some();
    let unworded = !fields.iter().any(usual);
    if subject.all || (unworded && fields.len() <= FEW) {
        return fields;
    }
    fields
        .into_iter()
        .filter(|field| field.present || field.required || usual(field) || stored(field))
        .collect()
}

fn arrange(subject: &Subject<'_>, name: &str, fields: Vec<Field>) -> Vec<Section> {
    let paths: Vec<String> = fields.iter().map(|field| keys_of(&field.path)).collect();
    let named: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut slots: Vec<(String, Option<Field>)> = paths
        .iter()
        .cloned()
        .zip(fields.into_iter().map(Some))
        .collect();
    let mut sections = Vec::new();
    for (nth, part) in words::arrange(subject.l, name, &named)
        .into_iter()
        .enumerate()
    {
        let mut fields = Vec::new();
        for key in part.keys {
            let slot = slots
                .iter_mut()
                .find(|(path, field)| path == key && field.is_some());
            fields.extend(slot.and_then(|(_, field)| field.take()));
        }
        let fallback = if nth == 0 {
            payload_name(subject.l, name)
        } else {
            subject.l.t("profile-section-other")
        };
        sections.push(Section {
            id: format!("section-{nth}"),
            title: part.title.unwrap_or(fallback),
            fields,
        });
    }
    sections.retain(|section| !section.fields.is_empty());
    sections
}

struct Maker<'a> {
    subject: &'a Subject<'a>,
    name: &'a str,
    around: Option<&'static Support>,
    fields: Vec<Field>,
}

impl Maker<'_> {
    /// The fields of a key: those of a dictionary stand beside the others.
    fn key(&mut self, key: &'static Key, path: &[Step], depth: usize, inside: bool) {
        let value = find(self.subject.values, path);
        let flat = key.kind == Kind::Dictionary
            && depth < DEPTH
            && key.again().is_none()
            && value.is_none_or(Json::is_object)
            && key.children().next().is_some();
        if !flat {
            let field = self.field(key, path, depth, inside);
            self.fields.push(field);
            return;
        }
        let mut free = None;
        let mut known = BTreeSet::new();
        for child in key.children() {
            if child.is_free() {
                free = Some(child);
            } else if known.insert(child.name) {
                let path = below(path, Step::Key(child.name.to_owned()));
                self.key(child, &path, depth + 1, true);
            }
        }
        if let Some(free) = free {
            let field = self.pairs(key, free, path, &known, depth);
            self.fields.push(field);
            return;
        }
        for name in self.unknown(path, &known) {
            let path = below(path, Step::Key(name));
            let field = self.raw(&path);
            self.fields.push(field);
        }
    }

    fn unknown(&self, path: &[Step], known: &BTreeSet<&'static str>) -> Vec<String> {
        let map = |values| find(values, path).and_then(Json::as_object);
        names(map(self.subject.values), map(self.subject.stored))
            .filter(|name| !known.contains(name.as_str()))
            .cloned()
            .collect()
    }

    /// What the payload has beside the keys of the schema.
    fn rest(&mut self, known: &BTreeSet<&'static str>, free: Option<&'static Key>, strange: bool) {
        let kept = |name: &str| known.contains(name) || is_kept(self.subject.kind, name);
        let (values, stored) = (self.subject.values, self.subject.stored);
        let names: Vec<String> = names(Some(values), Some(stored))
            .filter(|name| !kept(name))
            .cloned()
            .collect();
        if free.is_none() && !strange {
            for name in names {
                let field = self.raw(&[Step::Key(name)]);
                self.fields.push(field);
            }
            return;
        }
        let rows = names
            .into_iter()
            .map(|name| self.pair(free, &[Step::Key(name)], 0))
            .collect();
        let mut field = self.blank(&[], Kind::Dictionary, Control::Pairs(rows));
        field.label = self.subject.l.t("profile-pairs");
        "k-any".clone_into(&mut field.id);
        field.required = true;
        self.fields.push(field);
    }

    fn pairs(
        &self,
        key: &'static Key,
        free: &'static Key,
        path: &[Step],
        known: &BTreeSet<&'static str>,
        depth: usize,
    ) -> Field {
        let value = find(self.subject.values, path);
        let rows = self
            .unknown(path, known)
            .into_iter()
            .map(|name| self.pair(Some(free), &below(path, Step::Key(name)), depth + 1))
            .collect();
        let mut field = self.described(key, path, Control::Pairs(rows));
        field.present = value.is_some();
        field
    }

    /// A name and its value.
    fn pair(&self, free: Option<&'static Key>, path: &[Step], depth: usize) -> Field {
        let value = find(self.subject.values, path);
        let kind = free
            .map(|key| key.kind)
            .filter(|kind| *kind != Kind::Any)
            .or_else(|| value.and_then(control::kind_of))
            .unwrap_or(Kind::Any);
        let mut field = match free.filter(|key| key.kind != Kind::Any) {
            Some(key) => self.field(key, path, depth, true),
            None => self.blank(path, kind, control::plain(self.subject.l, kind, value)),
        };
        if self.is_secret(path) {
            field.control = control::secret(kind, find(self.subject.stored, path));
        }
        field.label = match path.last() {
            Some(Step::Key(name)) => name.clone(),
            _ => String::new(),
        };
        field.present = value.is_some();
        field
    }

    fn raw(&self, path: &[Step]) -> Field {
        let value = find(self.subject.values, path);
        let control = Control::Raw(control::shown(value));
        let mut field = self.blank(path, Kind::Any, control);
        field.present = value.is_some();
        field.told.push(super::Told {
            tone: "info",
            text: self.subject.l.t("profile-key-unknown"),
        });
        field
    }

    fn field(&self, key: &'static Key, path: &[Step], depth: usize, inside: bool) -> Field {
        let control = self.control(key, path, depth);
        let mut field = self.described(key, path, control);
        let parent = path.split_last().map(|(_, parent)| parent);
        let there = !inside
            || parent.is_some_and(|parent| {
                parent.is_empty() || find(self.subject.values, parent).is_some()
            });
        field.needed = key.required && there;
        field.required = key.required && there;
        field
    }

    fn is_secret(&self, path: &[Step]) -> bool {
        let last = path.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        self.subject.secrets.contains(&text_of(path))
            || last.is_some_and(|key| is_secret_key(self.subject.kind, key))
    }

    fn control(&self, key: &'static Key, path: &[Step], depth: usize) -> Control {
        let l = self.subject.l;
        let value = find(self.subject.values, path);
        let scalar = !matches!(key.kind, Kind::Array | Kind::Dictionary | Kind::Any);
        if scalar && key.kind != Kind::Boolean && self.is_secret(path) {
            return control::secret(key.kind, find(self.subject.stored, path));
        }
        if value.is_some_and(|value| !control::fits(key.kind, value)) {
            return Control::Raw(control::shown(value));
        }
        let label = |text: &str| words::value_label(l, self.name, &keys_of(path), text);
        match key.kind {
            Kind::String if is_reference(key.name) => {
                control::reference(l, self.subject.certificates, value)
            }
            Kind::String | Kind::Integer | Kind::Real if !key.allowed.is_empty() => {
                control::choice(l, &key.allowed, value, &label)
            }
            Kind::Boolean => control::switch(key, value),
            Kind::String | Kind::Integer | Kind::Real | Kind::Date | Kind::Data => {
                control::plain(l, key.kind, value)
            }
            Kind::Array => self.array(key, path, value, depth),
            Kind::Dictionary | Kind::Any => Control::Raw(control::shown(value)),
        }
    }

    fn array(
        &self,
        key: &'static Key,
        path: &[Step],
        value: Option<&Json>,
        depth: usize,
    ) -> Control {
        let Some(item) = key
            .item()
            .filter(|_| depth < DEPTH && key.again().is_none())
        else {
            return Control::Raw(control::shown(value));
        };
        let items = value.and_then(Json::as_array);
        let items: &[Json] = items.map_or(&[], Vec::as_slice);
        let label =
            |text: &str| words::value_label(self.subject.l, self.name, &keys_of(path), text);
        match item.kind {
            Kind::String if is_reference(key.name) => {
                control::references(self.subject.certificates, items)
            }
            Kind::String | Kind::Integer if !item.allowed.is_empty() => {
                control::many(&item.allowed, items, &label)
            }
            Kind::String | Kind::Integer | Kind::Real
                if items.iter().all(|value| control::fits(item.kind, value)) =>
            {
                Control::Lines(control::lines(items))
            }
            _ => {
                let each = items.iter().enumerate();
                Control::Group(
                    each.map(|(nth, _)| {
                        self.item(item, &below(path, Step::Index(nth)), nth, depth)
                    })
                    .collect(),
                )
            }
        }
    }

    fn item(&self, item: &'static Key, path: &[Step], nth: usize, depth: usize) -> super::Item {
        let mut maker = Maker {
            subject: self.subject,
            name: self.name,
            around: self.around,
            fields: Vec::new(),
        };
        maker.key(item, path, depth + 1, true);
        super::Item {
            title: self.subject.l.tn("profile-item", nth + 1),
            name: name_of(path),
            fields: maker.fields,
        }
    }

    /// With the words of a key of the schema.
    fn described(&self, key: &'static Key, path: &[Step], control: Control) -> Field {
        let l = self.subject.l;
        let keys = keys_of(path);
        let mut field = self.blank(path, key.kind, control);
        field.item = key
            .item()
            .filter(|_| key.kind == Kind::Array)
            .map(|item| item.kind);
        if let Some(label) = words::key_label(l, self.name, &keys) {
            field.label = label;
        }
        field.help = words::key_help(l, self.name, &keys).unwrap_or_default();
        // Help says it better where there is any.
        if let Some(default) = key.default.filter(|_| field.help.is_empty()) {
            let text = default.to_string();
            let named = words::value_label(l, self.name, &keys, &text);
            let text = named.unwrap_or_else(|| control::word(l, default));
            field.default = l.ta("profile-default", text.as_str());
        }
        field.support = self
            .around
            .map(|around| tags(l, key.support, Some(around)))
            .unwrap_or_default();
        field
    }

    fn blank(&self, path: &[Step], kind: Kind, control: Control) -> Field {
        let was = find(self.subject.values, path).cloned();
        let keys = keys_of(path);
        let last = keys.rsplit('.').next().unwrap_or_default().to_owned();
        Field {
            l: self.subject.l,
            id: id_of(path),
            name: name_of(path),
            label: last,
            key: keys,
            help: String::new(),
            default: String::new(),
            support: Vec::new(),
            told: Vec::new(),
            required: false,
            present: was.is_some(),
            changed: String::new(),
            theirs: String::new(),
            locked: self.subject.locked,
            path: path.to_vec(),
            item: None,
            needed: false,
            control,
            kind,
            was,
        }
    }
}

/// Names that are there, then those that were emptied and not saved.
fn names<'a>(
    values: Option<&'a Map<String, Json>>,
    stored: Option<&'a Map<String, Json>>,
) -> impl Iterator<Item = &'a String> {
    let there = move |name: &str| values.is_some_and(|values| values.contains_key(name));
    let stored = stored.into_iter().flat_map(Map::keys);
    let emptied = stored.filter(move |name| !there(name));
    values.into_iter().flat_map(Map::keys).chain(emptied)
}

/// Keys that name a payload of the same profile by its UUID.
// Apple schema: PayloadCertificateUUID and its like in mdm/profiles/*.yaml
fn is_reference(key: &str) -> bool {
    [
        "CertificateUUID",
        "certificateUUID",
        "CertificateAnchorUUID",
        "CertificateUUIDs",
        "EncryptCertPayloadUUID",
    ]
    .iter()
    .any(|end| key.ends_with(end))
}
