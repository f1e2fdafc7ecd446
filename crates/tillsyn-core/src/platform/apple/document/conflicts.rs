//! What two profiles on one device do to each other.

use tillsyn_apple::platform::Platform;
use tillsyn_apple::profile::catalogue::System;
use tillsyn_apple::profile::conflicts::{Combined, Conflict, conflicts};

use super::Document;
use super::json::to_json;
use crate::plans::{SettingConflict, Wins};

/// What a payload of one profile and a payload of another do to each other. Nothing in it is a secret: only
/// settings of restrictions and passcodes are said with their values.
#[derive(Clone, Debug)]
pub(crate) struct Clash {
    pub(crate) code: &'static str,
    /// Types of the payloads.
    pub(crate) payloads: (String, String),
    /// The network, the account, the identifier that both have.
    pub(crate) about: Option<String>,
    pub(crate) settings: Vec<SettingConflict>,
    systems: Vec<System>,
}

impl Clash {
    /// Whether it is so on devices of this platform.
    pub(crate) fn is_on(&self, platform: &str) -> bool {
        let platform = platform.parse::<Platform>();
        platform.is_ok_and(|platform| self.systems.contains(&System::from(platform)))
    }
}

impl Document {
    /// Everything that this one and another do to each other on a device.
    pub(crate) fn clashes(&self, other: &Self) -> Vec<Clash> {
        let found = conflicts(self.0.root(), other.0.root());
        found.into_iter().map(clash).collect()
    }
}

fn clash(of: Conflict) -> Clash {
    Clash {
        code: of.kind.as_str(),
        payloads: (of.payloads.0.kind, of.payloads.1.kind),
        about: of.about,
        settings: of.settings.into_iter().map(setting).collect(),
        systems: of.systems,
    }
}

fn setting(of: Combined) -> SettingConflict {
    let said = |place: usize| {
        let own = of.said.iter().find(|(at, _)| *at == place);
        own.map(|(_, value)| to_json(value)).unwrap_or_default()
    };
    SettingConflict {
        value: said(0),
        other_value: said(1),
        wins: match (&of.result, of.wins.first()) {
            (None, _) => Wins::Undefined,
            (Some(_), Some(0)) => Wins::This,
            (Some(_), Some(_)) => Wins::Other,
            (Some(_), None) => Wins::Neither,
        },
        result: of.result.as_ref().map(to_json),
        key: of.key,
    }
}
