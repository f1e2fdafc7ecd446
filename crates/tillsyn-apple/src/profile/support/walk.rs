use plist::{Dictionary, Value};

use super::judge::{self, Reason, Verdict};
use crate::platform::{DeviceFacts, OsVersion};
use crate::profile::catalogue::{self, Key, Kind};
use crate::profile::check::{PayloadAt, fit};
use crate::profile::template::KeyPath;

/// Deeper than any profile that is read.
const MAX_DEPTH: usize = 48;

/// What a device would make of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Support {
    /// Any of these makes it refuse the whole profile.
    pub refused: Vec<Refused>,
    pub ignored: Vec<Ignored>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// `None`: the profile as a whole.
    pub payload: Option<PayloadAt>,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    pub payload: PayloadAt,
    /// `None`: the whole payload.
    pub path: Option<KeyPath>,
    pub reason: Reason,
    /// Since when, or until when, the system has it.
    pub version: Option<OsVersion>,
}

/// What this channel of this device would refuse and ignore. Payloads that nobody knows are taken as good.
pub fn support(root: &Dictionary, facts: &DeviceFacts) -> Support {
    let mut result = Support::default();
    let content = root.get("PayloadContent").and_then(Value::as_array);
    let content = content.map_or(&[][..], Vec::as_slice);
    let mut applies = content.is_empty();
    for (index, item) in content.iter().enumerate() {
        let Value::Dictionary(payload) = item else {
            continue;
        };
        let at = PayloadAt::of(index, payload);
        let Some(form) = fit(payload) else {
            applies = true;
            continue;
        };
        match judge::payload(form.support, facts) {
            Verdict::Refused(reason) => result.refused.push(Refused {
                payload: Some(at),
                reason,
            }),
            Verdict::Ignored(reason, version) => result.ignored.push(Ignored {
                payload: at,
                path: None,
                reason,
                version,
            }),
            Verdict::Applies => {
                let mut keys = Keys {
                    at: &at,
                    facts,
                    ignored: Vec::new(),
                    settings: 0,
                };
                keys.payload(payload, form);
                // A payload of which every setting is ignored does nothing; one without settings is what it is.
                let silent = keys.settings > 0 && keys.settings == keys.top_level_ignored();
                applies |= !silent;
                result.ignored.append(&mut keys.ignored);
            }
        }
    }
    if !applies && result.refused.is_empty() {
        result.refused.push(Refused {
            payload: None,
            reason: Reason::NothingApplies,
        });
    }
    result
}

/// The keys of one payload.
struct Keys<'a> {
    at: &'a PayloadAt,
    facts: &'a DeviceFacts,
    ignored: Vec<Ignored>,
    /// Keys of its own that the payload has.
    settings: usize,
}

impl Keys<'_> {
    fn payload(&mut self, payload: &Dictionary, form: &'static catalogue::Payload) {
        let common = |name: &str| catalogue::common().is_some_and(|of| of.key(name).is_some());
        for (name, value) in payload {
            let known = form.key(name).filter(|key| !key.is_free() || !common(name));
            let Some(key) = known else {
                continue;
            };
            self.settings = self.settings.saturating_add(1);
            self.key(key, form.support, value, &KeyPath::default().key(name));
        }
    }

    fn top_level_ignored(&self) -> usize {
        let top = |of: &&Ignored| of.path.as_ref().is_some_and(|path| path.0.len() == 1);
        self.ignored.iter().filter(top).count()
    }

    fn key(
        &mut self,
        key: &'static Key,
        around: &'static catalogue::Support,
        value: &Value,
        path: &KeyPath,
    ) {
        if path.0.len() > MAX_DEPTH {
            return;
        }
        // One that says nothing of its own follows what it lies in, which applies.
        if !std::ptr::eq(key.support, around)
            && let Verdict::Ignored(reason, version) = judge::key(key.support, self.facts)
        {
            self.ignored.push(Ignored {
                payload: self.at.clone(),
                path: Some(path.clone()),
                reason,
                version,
            });
            return;
        }
        match (key.kind, value) {
            (Kind::Dictionary, Value::Dictionary(dict)) => {
                for (name, value) in dict {
                    if let Some(inner) = key.child(name) {
                        self.key(inner, key.support, value, &path.key(name));
                    }
                }
            }
            (Kind::Array, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(inner) = key.item() {
                        self.key(inner, key.support, item, &path.index(index));
                    }
                }
            }
            _ => {}
        }
    }
}
