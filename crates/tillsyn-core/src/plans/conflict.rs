//! What profiles on the same devices do to each other, as a plan says it.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::actor::Actor;

/// A profile, as it is named beside a count; without id and name for whoever does not reach its unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileRef {
    pub id: String,
    pub name: String,
    pub version: i64,
    /// Path of its unit.
    pub(super) unit_path: String,
}

impl ProfileRef {
    /// Takes id and name away from whoever does not reach the profile; whether it did.
    pub(super) fn hide_from(&mut self, actor: &Actor) -> bool {
        let hidden = !actor.reaches(&self.unit_path);
        if hidden {
            *self = Self {
                version: self.version,
                ..Self::default()
            };
        }
        hidden
    }

    /// Its name; none of one that lies above what the reader reaches.
    pub fn shown(&self) -> Option<&str> {
        (!self.id.is_empty()).then_some(self.name.as_str())
    }
}

/// What a payload of one profile and a payload of another do to each other, and on how many devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConflictGroup {
    /// `exclusive`, `same_network`, `same_account`, `same_identity`, `value` or `duplicate`.
    pub code: String,
    /// The one that changes.
    pub profile: ProfileRef,
    /// The one beside it.
    pub other: ProfileRef,
    /// Type of the payload in the one that changes.
    pub payload: String,
    pub other_payload: String,
    /// What both have: the network, the account, the identifier.
    pub about: Option<String>,
    pub settings: Vec<SettingConflict>,
    pub devices: usize,
}

impl ConflictGroup {
    /// Leaves out what the actor may not know: names and values of profiles above its unit.
    pub(super) fn hide_from(&mut self, actor: &Actor) {
        let own = self.profile.hide_from(actor);
        let other = self.other.hide_from(actor);
        for setting in &mut self.settings {
            if own {
                setting.value = Json::Null;
            }
            if other {
                setting.other_value = Json::Null;
            }
            let unknown = match setting.wins {
                Wins::This => own,
                Wins::Other => other,
                Wins::Neither | Wins::Undefined => own || other,
            };
            if unknown {
                setting.result = None;
            }
        }
        // What only one of them has is the actor's own.
        if own && other {
            self.about = None;
        }
    }
}

/// A setting that both make, and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingConflict {
    pub key: String,
    /// In the one that changes.
    pub value: Json,
    pub other_value: Json,
    /// What devices make of both; `None` where nobody knows.
    pub result: Option<Json>,
    /// Whose value it is.
    pub wins: Wins,
}

/// Which of two profiles has the value that devices use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wins {
    /// The one that changes.
    This,
    Other,
    /// Devices make a value of their own out of both.
    Neither,
    /// Nobody knows.
    #[default]
    Undefined,
}

impl Wins {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::This => "this",
            Self::Other => "other",
            Self::Neither => "neither",
            Self::Undefined => "undefined",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(name: &str, unit_path: &str) -> ProfileRef {
        ProfileRef {
            id: name.to_owned(),
            name: name.to_owned(),
            version: 1,
            unit_path: unit_path.to_owned(),
        }
    }

    #[test]
    fn nothing_of_a_profile_above_the_reader_is_told() {
        let setting = |wins| SettingConflict {
            key: "minLength".to_owned(),
            value: json!(6),
            other_value: json!(12),
            result: Some(json!("whose")),
            wins,
        };
        let group = ConflictGroup {
            profile: of("Law", "r/law/"),
            other: of("Board", "r/"),
            about: Some("eduroam".to_owned()),
            settings: vec![setting(Wins::This), setting(Wins::Other)],
            ..ConflictGroup::default()
        };
        let mut reader = Actor::server();
        let mut whole = group.clone();
        whole.hide_from(&reader);
        assert_eq!(whole, group);

        "r/law/".clone_into(&mut reader.unit_path);
        let mut part = group.clone();
        part.hide_from(&reader);
        part.hide_from(&reader);
        assert_eq!(part.profile, group.profile);
        assert_eq!((part.other.shown(), part.other.id.as_str()), (None, ""));
        assert_eq!(part.settings[0].result, Some(json!("whose")));
        assert_eq!(part.settings[1].result, None);
        let text = serde_json::to_string(&part).unwrap_or_default();
        assert!(!text.contains("12") && !text.contains("Board"), "{text}");
        assert_eq!(part.about, group.about);

        "r/care/".clone_into(&mut reader.unit_path);
        part.hide_from(&reader);
        assert_eq!((part.profile.shown(), part.about.as_deref()), (None, None));
        assert_eq!(part.settings[0].value, Json::Null);
    }
}
