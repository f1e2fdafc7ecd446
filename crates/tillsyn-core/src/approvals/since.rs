//! What has changed between the asking and now: decided on values.

use std::collections::{HashMap, HashSet};

use super::targets::Target;

/// What changed about one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is not among the targets any more: gone, withdrawn, or answered.
    Gone,
    /// It was not among them.
    Added,
    /// It enrolled anew.
    Enrollment,
    /// Somebody else has it.
    Person,
    /// Corporate or personal, not as before.
    Ownership,
    Status {
        from: String,
        to: String,
    },
    /// It spoke since.
    Seen(i64),
}

impl Moved {
    /// Whether the request was for something else: it must be asked again.
    pub fn overtakes(&self) -> bool {
        !matches!(self, Self::Status { .. } | Self::Seen(_))
    }

    /// The stable word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Added => "added",
            Self::Enrollment => "enrollment",
            Self::Person => "person",
            Self::Ownership => "ownership",
            Self::Status { .. } => "status",
            Self::Seen(_) => "seen",
        }
    }
}

/// One device of which something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    pub device_id: String,
    pub moved: Moved,
}

/// Everything that changed, in the order of the targets that were asked for.
pub(super) fn since(asked: &[Target], now: &[Target]) -> Vec<Since> {
    let current: HashMap<&str, &Target> = now.iter().map(|t| (t.device_id.as_str(), t)).collect();
    let mut all = Vec::new();
    for before in asked {
        let mut tell = |moved| {
            all.push(Since {
                device_id: before.device_id.clone(),
                moved,
            });
        };
        let Some(after) = current.get(before.device_id.as_str()) else {
            tell(Moved::Gone);
            continue;
        };
        if before.enrollment_id != after.enrollment_id {
            tell(Moved::Enrollment);
        }
        if before.person_id != after.person_id {
            tell(Moved::Person);
        }
        if before.ownership != after.ownership {
            tell(Moved::Ownership);
        }
        if before.status != after.status {
            tell(Moved::Status {
                from: before.status.clone(),
                to: after.status.clone(),
            });
        }
        if let Some(at) = after.last_seen
            && before.last_seen.is_none_or(|was| at > was)
        {
            tell(Moved::Seen(at));
        }
    }
    let known: HashSet<&str> = asked.iter().map(|t| t.device_id.as_str()).collect();
    let added = now.iter().filter(|t| !known.contains(t.device_id.as_str()));
    all.extend(added.map(|t| Since {
        device_id: t.device_id.clone(),
        moved: Moved::Added,
    }));
    all
}
