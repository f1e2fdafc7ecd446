//! From what was typed to edits.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use tillsyn_apple::profile::catalogue::Kind;
use tillsyn_core::profiles::{Edit, Step, ValueKind};

use super::field::{Control, Field, Section};
use super::overlay::{find, overlay};
use super::path::below;
use crate::i18n::Texts;

/// Fields as they were sent.
pub(in crate::console) trait Typed {
    /// `None`: the form had no such field.
    fn text(&self, name: &str) -> Option<String>;
    fn texts(&self, name: &str) -> Vec<String>;
    /// The file that was chosen.
    fn file(&self, name: &str) -> Option<Vec<u8>>;
}

/// What a form says.
#[derive(Default)]
pub(in crate::console) struct Reading {
    pub(in crate::console) edits: Vec<Edit>,
    /// By the name of the field: what was typed, and why it cannot be used.
    pub(in crate::console) wrong: BTreeMap<String, (String, String)>,
}

/// What the form changes in the payload; `payload` is its place, `None` for the profile itself.
pub(in crate::console) fn read(
    l: Texts,
    payload: Option<usize>,
    values: &Map<String, Json>,
    sections: &[Section],
    typed: &dyn Typed,
) -> Reading {
    let mut reader = Reader {
        l,
        payload,
        typed,
        reading: Reading::default(),
    };
    for field in sections.iter().flat_map(|section| &section.fields) {
        reader.field(field);
    }
    reader.drop_empty(values, sections);
    reader.reading
}

struct Reader<'a> {
    l: Texts,
    payload: Option<usize>,
    typed: &'a dyn Typed,
    reading: Reading,
}

impl Reader<'_> {
    fn set(&mut self, path: &[Step], kind: Kind, value: Json) {
        self.reading.edits.push(Edit::Set {
            payload: self.payload,
            path: path.to_vec(),
            value,
            kind: value_kind(kind),
        });
    }

    fn unset(&mut self, field: &Field) {
        if field.was.is_some() {
            self.reading.edits.push(Edit::Unset {
                payload: self.payload,
                path: field.path.clone(),
            });
        }
    }

    fn wrong(&mut self, field: &Field, typed: &str, why: String) {
        self.reading
            .wrong
            .insert(field.name.clone(), (typed.to_owned(), why));
    }

    fn field(&mut self, field: &Field) {
        if field.locked {
            return;
        }
        match &field.control {
            Control::Text { .. } => self.text(field),
            Control::Switch { on } => self.switch(field, *on),
            Control::Choice(_) => {
                if let Some(text) = self.typed.text(&field.name) {
                    self.scalar(field, &text);
                }
            }
            Control::Many(_) => self.many(field),
            Control::Lines(_) => self.lines(field),
            Control::Data { .. } => self.data(field),
            Control::Secret { data, .. } => self.secret(field, *data),
            Control::Group(items) => {
                for field in items.iter().flat_map(|item| &item.fields) {
                    self.field(field);
                }
            }
            Control::Pairs(rows) => {
                for row in rows {
                    self.field(row);
                }
                self.new_pair(field);
            }
            Control::Raw(_) => {}
        }
    }

    fn text(&mut self, field: &Field) {
        // Browsers send line ends as CR LF.
        if let Some(text) = self.typed.text(&field.name) {
            self.scalar(field, &text.replace("\r\n", "\n"));
        }
    }

    fn scalar(&mut self, field: &Field, text: &str) {
        if field
            .was
            .as_ref()
            .is_some_and(|was| super::control::text(was) == text)
        {
            return;
        }
        if text.is_empty() {
            self.unset(field);
            return;
        }
        match value(field.kind, text) {
            Ok(value) => self.set(&field.path, field.kind, value),
            Err(()) => self.wrong(field, text, wrong_text(self.l, field.kind)),
        }
    }

    /// A box that is not ticked sends nothing: a hidden field says that it was on the page.
    fn switch(&mut self, field: &Field, on: bool) {
        if self.typed.text(&format!("shown.{}", field.name)).is_none() {
            return;
        }
        let now = self.typed.text(&field.name).is_some();
        if now != on || (field.needed && field.was.is_none()) {
            self.set(&field.path, Kind::Boolean, now.into());
        }
    }

    fn many(&mut self, field: &Field) {
        if self.typed.text(&format!("shown.{}", field.name)).is_none() {
            return;
        }
        let mut typed = self.typed.texts(&field.name);
        let was: Vec<String> = items(field).iter().map(super::control::text).collect();
        // In the order that they had.
        typed.sort_by_key(|value| was.iter().position(|old| old == value).unwrap_or(was.len()));
        if typed == was {
            return;
        }
        if typed.is_empty() {
            self.unset(field);
            return;
        }
        let number = field.item == Some(Kind::Integer);
        let values = typed.into_iter().map(|text| match text.parse::<i64>() {
            Ok(value) if number => value.into(),
            _ => Json::from(text),
        });
        let values: Vec<Json> = values.collect();
        self.set(&field.path, Kind::Array, values.into());
    }

    fn lines(&mut self, field: &Field) {
        let Some(text) = self.typed.text(&field.name) else {
            return;
        };
        let typed: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let was: Vec<String> = items(field).iter().map(super::control::text).collect();
        if typed == was {
            return;
        }
        if typed.is_empty() {
            self.unset(field);
            return;
        }
        let kind = field.item.unwrap_or(Kind::String);
        let values: Result<Vec<Json>, ()> = typed.iter().map(|line| value(kind, line)).collect();
        match values {
            Ok(values) => self.set(&field.path, Kind::Array, values.into()),
            Err(()) => self.wrong(field, &text, wrong_text(self.l, kind)),
        }
    }

    fn data(&mut self, field: &Field) {
        if let Some(bytes) = self.file(field) {
            self.set(&field.path, Kind::Data, STANDARD.encode(bytes).into());
            return;
        }
        let Some(text) = self.typed.text(&field.name) else {
            return;
        };
        let text: String = if text.contains("{{") {
            text.trim().to_owned()
        } else {
            text.split_whitespace().collect()
        };
        self.scalar(field, &text);
    }

    fn file(&self, field: &Field) -> Option<Vec<u8>> {
        self.typed.file(&format!("file.{}", field.name))
    }

    /// Empty: it stays as it is.
    fn secret(&mut self, field: &Field, data: bool) {
        if let Some(bytes) = self.file(field).filter(|_| data) {
            self.set(&field.path, Kind::Data, STANDARD.encode(bytes).into());
            return;
        }
        let typed = self.typed.text(&field.name).unwrap_or_default();
        if !typed.is_empty() {
            match value(field.kind, &typed) {
                Ok(value) => self.set(&field.path, field.kind, value),
                // What was typed is a secret: it is not shown again.
                Err(()) => self.wrong(field, "", wrong_text(self.l, field.kind)),
            }
        }
    }

    fn new_pair(&mut self, field: &Field) {
        let part = |what: &str| {
            let name = format!("{what}.{}", field.name);
            self.typed.text(&name).unwrap_or_default()
        };
        let (key, kind, text) = (part("key"), part("type"), part("value"));
        let key = key.trim();
        if key.is_empty() {
            return;
        }
        let kind = match kind.as_str() {
            "integer" => Kind::Integer,
            "real" => Kind::Real,
            "boolean" => Kind::Boolean,
            _ => Kind::String,
        };
        let path = below(&field.path, Step::Key(key.to_owned()));
        match value(kind, text.trim()) {
            Ok(value) => self.set(&path, kind, value),
            Err(()) => self.wrong(field, key, wrong_text(self.l, kind)),
        }
    }

    /// A dictionary that the edits leave empty goes too, as it came.
    fn drop_empty(&mut self, values: &Map<String, Json>, sections: &[Section]) {
        let after = overlay(values.clone(), &self.reading.edits);
        let mut parents: Vec<Vec<Step>> = Vec::new();
        let each = sections.iter().flat_map(|section| &section.fields);
        for field in each {
            for end in (1..field.path.len()).rev() {
                let parent = field.path.get(..end).unwrap_or_default().to_vec();
                let ends_in_key = matches!(parent.last(), Some(Step::Key(_)));
                if ends_in_key && !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
        }
        let is_empty = |values: &Map<String, Json>, path: &[Step]| {
            find(values, path)
                .and_then(Json::as_object)
                .is_some_and(Map::is_empty)
        };
        for parent in parents {
            if is_empty(&after, &parent) && !is_empty(values, &parent) {
                self.reading.edits.push(Edit::Unset {
                    payload: self.payload,
                    path: parent,
                });
            }
        }
    }
}

fn items(field: &Field) -> &[Json] {
    let items = field.was.as_ref().and_then(Json::as_array);
    items.map_or(&[], Vec::as_slice)
}

/// A value of this kind; `Err` when the text says none.
fn value(kind: Kind, text: &str) -> Result<Json, ()> {
    Ok(match kind {
        Kind::Integer => text.trim().parse::<i64>().map_err(|_| ())?.into(),
        Kind::Real => {
            let number: f64 = text.trim().replace(',', ".").parse().map_err(|_| ())?;
            serde_json::Number::from_f64(number).ok_or(())?.into()
        }
        Kind::Boolean => (text == "true").into(),
        Kind::Data if !text.contains("{{") => {
            STANDARD.decode(text).map_err(|_| ())?;
            text.into()
        }
        Kind::Date if !text.contains("{{") => {
            text.trim().parse::<jiff::Timestamp>().map_err(|_| ())?;
            text.trim().into()
        }
        _ => text.into(),
    })
}

fn wrong_text(l: Texts, kind: Kind) -> String {
    match kind {
        Kind::Integer => l.t("profile-wrong-integer"),
        Kind::Real => l.t("profile-wrong-number"),
        Kind::Date => l.t("profile-wrong-date"),
        _ => l.t("profile-wrong-data"),
    }
}

/// What an edit calls a kind.
pub(super) fn value_kind(kind: Kind) -> Option<ValueKind> {
    Some(match kind {
        Kind::String => ValueKind::String,
        Kind::Integer => ValueKind::Integer,
        Kind::Real => ValueKind::Real,
        Kind::Boolean => ValueKind::Boolean,
        Kind::Date => ValueKind::Date,
        Kind::Data => ValueKind::Data,
        Kind::Array => ValueKind::Array,
        Kind::Dictionary => ValueKind::Dictionary,
        Kind::Any => return None,
    })
}

impl Field {
    /// The edit that adds one more to a group; what it begins with says nothing.
    pub(in crate::console) fn one_more(&self, payload: Option<usize>) -> Option<Edit> {
        let Control::Group(items) = &self.control else {
            return None;
        };
        let kind = self.item.unwrap_or(Kind::Any);
        let value = match kind {
            Kind::Integer => 0.into(),
            Kind::Real => 0.0.into(),
            Kind::Boolean => false.into(),
            Kind::Array => Json::Array(Vec::new()),
            Kind::Dictionary => Json::Object(Map::new()),
            Kind::Date => "2030-01-01T00:00:00Z".into(),
            Kind::Data | Kind::String | Kind::Any => "".into(),
        };
        Some(Edit::Set {
            payload,
            path: below(&self.path, Step::Index(items.len())),
            value,
            kind: value_kind(kind),
        })
    }
}
