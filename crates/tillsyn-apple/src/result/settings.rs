use plist::{Dictionary, Value};

use super::{ErrorChainItem, Status};
use crate::fields::{Build, Read};
use crate::{WireError, fields};

/// The answer to `Settings`: one entry for each item, in the order of the command. A batch may be
/// refused in part while the command is `Acknowledged`.
// Apple schema mdm/commands/settings.yaml
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsResult {
    pub items: Vec<SettingsItemResult>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsItemResult {
    /// `None` for a word that the schema does not have.
    pub status: Option<Status>,
    pub error_chain: Vec<ErrorChainItem>,
    /// Of the app, for the items about apps.
    pub identifier: Option<String>,
}

impl SettingsResult {
    pub fn read(body: &Dictionary) -> Result<Self, WireError> {
        let items = match body.get("Settings") {
            Some(Value::Array(items)) => items.iter().map(read).collect(),
            // The schema says dictionary where devices send one for each item.
            Some(one @ Value::Dictionary(_)) => vec![read(one)],
            _ => Vec::new(),
        };
        Ok(Self { items })
    }

    /// The body as a device would send it.
    pub fn to_body(&self) -> Dictionary {
        let items = self.items.iter().map(|item| {
            let chain = item.error_chain.iter().map(ErrorChainItem::write).collect();
            let chain = (!item.error_chain.is_empty()).then_some(Value::Array(chain));
            Build::new()
                .opt("Status", item.status.map(Status::as_str))
                .opt("ErrorChain", chain)
                .opt("Identifier", item.identifier.as_deref())
                .value()
        });
        Build::new()
            .set("Settings", Value::Array(items.collect()))
            .dict()
    }
}

/// An entry that cannot be read keeps its place: the order ties it to its item.
fn read(value: &Value) -> SettingsItemResult {
    let Some(item) = value.as_dictionary() else {
        return SettingsItemResult {
            status: None,
            error_chain: Vec::new(),
            identifier: None,
        };
    };
    let text = |key: &'static str| item.opt_text(key).ok().flatten();
    SettingsItemResult {
        status: text("Status").and_then(|word| word.parse().ok()),
        error_chain: ErrorChainItem::read_chain(item),
        identifier: item
            .get("Identifier")
            .and_then(Value::as_string)
            .map(fields::clean),
    }
}
