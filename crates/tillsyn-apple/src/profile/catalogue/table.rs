//! Reads `schema.txt`: a line for each payload, then one for each of its keys with its depth.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::format::Format;
use super::key::{Key, Kind};
use super::payload::Payload;
use super::rule::Support;
use super::scalar::Scalar;

const TEXT: &str = include_str!("schema.txt");

pub(super) struct Table {
    /// By type and variant.
    pub(super) payloads: Vec<Payload>,
    /// In the order of the schema, what lies in a key behind it.
    pub(super) keys: Vec<Key>,
    /// Lines that could not be read; a test sees to it that there are none.
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests ask for it"))]
    pub(super) unread: Vec<&'static str>,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Reader::default().read(TEXT));

#[derive(Default)]
struct Reader {
    payloads: Vec<Payload>,
    keys: Vec<Key>,
    unread: Vec<&'static str>,
    /// Few rules are said often: each is kept once, for as long as the program runs.
    rules: HashMap<&'static str, &'static Support>,
    /// The keys that the next line may lie in, from the outside.
    open: Vec<usize>,
}

impl Reader {
    fn read(mut self, text: &'static str) -> Table {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let read = match columns.split_first() {
                Some((&"payload", rest)) => self.payload(rest),
                Some((depth, rest)) => self.key(depth, rest),
                None => None,
            };
            if read.is_none() {
                self.unread.push(line);
            }
        }
        self.close(0);
        self.payloads
            .sort_by_key(|payload| (payload.kind, payload.variant));
        Table {
            payloads: self.payloads,
            keys: self.keys,
            unread: self.unread,
        }
    }

    fn payload(&mut self, columns: &[&'static str]) -> Option<()> {
        self.close(0);
        let [kind, variant, support] = columns else {
            return None;
        };
        let support = self.support(support)?;
        let first = self.keys.len();
        self.payloads.push(Payload {
            kind,
            variant,
            support,
            first,
            end: first,
        });
        Some(())
    }

    fn key(&mut self, depth: &str, columns: &[&'static str]) -> Option<()> {
        let depth: usize = depth.parse().ok()?;
        let (name, rest) = columns.split_first()?;
        let (kind, facts) = rest.split_first()?;
        let kind = Kind::named(kind)?;
        self.close(depth);
        if self.open.len() != depth {
            return None;
        }
        let index = self.keys.len();
        let around = self.open.last().and_then(|index| self.keys.get(*index));
        let support = around.map_or(self.payloads.last()?.support, |key| key.support);
        let mut key = Key {
            name,
            kind,
            required: false,
            allowed: Vec::new(),
            min: None,
            max: None,
            least: None,
            most: None,
            default: None,
            format: None,
            is: None,
            support,
            index,
            end: index,
            again: None,
        };
        for fact in facts {
            self.fact(&mut key, fact)?;
        }
        self.open.push(index);
        self.keys.push(key);
        Some(())
    }

    fn fact(&mut self, key: &mut Key, fact: &'static str) -> Option<()> {
        if fact == "!" {
            key.required = true;
            return Some(());
        }
        let (word, value) = fact.split_once('=')?;
        match word {
            "in" => key.allowed.push(Scalar::of(key.kind, value)?),
            "min" => key.min = Some(Scalar::of(key.kind, value)?),
            "max" => key.max = Some(Scalar::of(key.kind, value)?),
            "least" => key.least = Some(value.parse().ok()?),
            "most" => key.most = Some(value.parse().ok()?),
            "default" => key.default = Some(Scalar::of(key.kind, value)?),
            "format" => key.format = Some(Format::of(value)?),
            "is" => key.is = Some(value),
            "again" => key.again = Some(*self.open.get(value.parse::<usize>().ok()?)?),
            "os" => key.support = self.support(value)?,
            _ => return None,
        }
        Some(())
    }

    fn support(&mut self, text: &'static str) -> Option<&'static Support> {
        if let Some(known) = self.rules.get(text) {
            return Some(known);
        }
        let support: &'static Support = Box::leak(Box::new(Support::parse(text)?));
        self.rules.insert(text, support);
        Some(support)
    }

    /// Keys at this depth and below are complete.
    fn close(&mut self, depth: usize) {
        let end = self.keys.len();
        for index in self.open.drain(depth.min(self.open.len())..) {
            if let Some(key) = self.keys.get_mut(index) {
                key.end = end;
            }
        }
        if let Some(payload) = self.payloads.last_mut() {
            payload.end = end;
        }
    }
}
