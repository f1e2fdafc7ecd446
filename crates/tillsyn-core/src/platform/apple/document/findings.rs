//! The check of a profile.

use serde_json::Value as Json;

use super::Document;
use crate::profiles::Finding;

impl Document {
    /// What is wrong with it, or to be known.
    pub(crate) fn check(&self) -> Vec<Finding> {
        let mdm = self.0.payloads().filter_map(|(index, payload)| {
            let text = |key: &str| payload.get(key)?.as_string().map(str::to_owned);
            let kind = text("PayloadType").filter(|kind| kind == "com.apple.mdm")?;
            Some(Finding {
                severity: "error".to_owned(),
                code: "mdm_payload".to_owned(),
                payload: Some(index),
                payload_type: Some(kind),
                payload_identifier: text("PayloadIdentifier"),
                path: "PayloadType".to_owned(),
                found: None,
                allowed: Json::Null,
                text: "A managed device refuses a second management: remove the com.apple.mdm payload."
                    .to_owned(),
            })
        });
        mdm.collect()
    }
}
