use plist::{Dictionary, Value};
use serde::{Deserialize, Serialize};

use crate::fields::{Build, Read};

/// One entry of `ErrorChain`; the first is the top. The codes are no contract of Apple's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorChainItem {
    pub error_code: i64,
    pub error_domain: String,
    pub localized_description: Option<String>,
    pub us_english_description: Option<String>,
}

/// More than any device sends.
const MAX_ITEMS: usize = 64;

impl ErrorChainItem {
    /// `RemoveProfile` of a profile that is not there: the wish is fulfilled.
    pub fn is_profile_not_found(&self) -> bool {
        self.error_domain == "MDMClientError" && self.error_code == 89
    }

    /// Reads leniently: what an error says must not stop the error from being recorded.
    pub(crate) fn read_chain(dict: &Dictionary) -> Vec<Self> {
        let Some(items) = dict.get("ErrorChain").and_then(Value::as_array) else {
            return Vec::new();
        };
        items
            .iter()
            .filter_map(Value::as_dictionary)
            .take(MAX_ITEMS)
            .map(|item| Self {
                error_code: item.opt_int("ErrorCode").ok().flatten().unwrap_or(0),
                error_domain: item
                    .opt_text("ErrorDomain")
                    .ok()
                    .flatten()
                    .unwrap_or_default(),
                localized_description: item.opt_text("LocalizedDescription").ok().flatten(),
                us_english_description: item.opt_text("USEnglishDescription").ok().flatten(),
            })
            .collect()
    }

    pub(crate) fn write(&self) -> Value {
        Build::new()
            .set("ErrorCode", self.error_code)
            .set("ErrorDomain", self.error_domain.as_str())
            .opt(
                "LocalizedDescription",
                self.localized_description.as_deref(),
            )
            .opt(
                "USEnglishDescription",
                self.us_english_description.as_deref(),
            )
            .value()
    }
}
