//! The statuses of an approval, with the words of the one list (architecture §2a).

/// Where an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApprovalStatus {
    Waiting,
    Approved,
    Declined,
    Expired,
    Cancelled,
    /// What it was asked for is not the same any more.
    Overtaken,
}

impl ApprovalStatus {
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Approved,
        Self::Declined,
        Self::Expired,
        Self::Cancelled,
        Self::Overtaken,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Overtaken => "overtaken",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}
