//! What came of a request, id by id.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::ids::ApprovalId;

/// What came of it for one id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub command_error: Option<String>,
    pub push_error: Option<String>,
    /// The id that APNs gave the push.
    pub push_result: Option<String>,
    /// The guard holds the command back.
    pub held: bool,
    /// When a held command goes by itself.
    pub held_until: Option<i64>,
    /// What somebody has to decide first.
    pub approval: Option<ApprovalId>,
}

impl Outcome {
    pub(super) fn refused((code, why): (&str, String)) -> Self {
        Self {
            command_error: Some(format!("{code}: {why}")),
            ..Self::default()
        }
    }

    pub(super) fn not_pushed((code, why): (&str, String)) -> Self {
        Self {
            push_error: Some(format!("{code}: {why}")),
            ..Self::default()
        }
    }
}

/// What came of a whole request.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub command_uuid: Option<String>,
    pub request_type: Option<String>,
    /// Devices were not woken, as asked.
    pub no_push: bool,
    /// Why nothing at all was queued.
    pub command_error: Option<String>,
    pub status: BTreeMap<String, Outcome>,
}

/// An error in words for these tools, which show them to people.
pub(super) fn words(error: &Error) -> String {
    format!("{}: {}", error.code, error.detail)
}
