//! The values of a judgement.

use serde_json::json;

use crate::desired::Reason;

/// What of a device decides what it takes. Devices with the same traits are judged once. `None` is not
/// known yet, and decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Traits {
    pub(crate) platform: String,
    pub(crate) os_version: Option<String>,
    pub(crate) supervised: Option<bool>,
    pub(crate) enrollment_type: String,
    pub(crate) shared_ipad: Option<bool>,
    pub(crate) user_approved: Option<bool>,
}

/// What one kind of device makes of one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// It refuses the whole profile.
    pub(crate) refusal: Option<Refusal>,
    /// It takes the profile without these.
    pub(crate) ignored: Vec<Ignored>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    /// Type of the payload; `None` is the profile as a whole.
    pub(crate) payload: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ignored {
    /// Type of the payload.
    pub(crate) payload: String,
    /// `None` is the whole payload.
    pub(crate) key: Option<String>,
    pub(crate) code: &'static str,
    /// The version of the system that brought or took it.
    pub(crate) version: Option<String>,
}

impl Judgement {
    /// Of what cannot be opened here: no device gets it.
    pub(super) fn unreadable() -> Self {
        let refusal = Refusal {
            code: "unreadable",
            payload: None,
        };
        Self {
            refusal: Some(refusal),
            ignored: Vec::new(),
        }
    }
}

impl Refusal {
    /// As an item keeps it.
    pub(crate) fn reason(&self) -> Reason {
        let detail = json!({ "support": self.code, "payload": self.payload });
        Reason::new("unsupported", Some(detail.to_string()))
    }
}
