//! The statuses of a command, with the words of the one list (architecture §2a).

/// Where a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandStatus {
    Queued,
    Held,
    PushSent,
    Sent,
    NotNow,
    Acknowledged,
    Error,
    Cancelled,
    Superseded,
    Expired,
}

impl CommandStatus {
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Held,
        Self::PushSent,
        Self::Sent,
        Self::NotNow,
        Self::Acknowledged,
        Self::Error,
        Self::Cancelled,
        Self::Superseded,
        Self::Expired,
    ];

    /// The value in store and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Held => "held",
            Self::PushSent => "push_sent",
            Self::Sent => "sent",
            Self::NotNow => "not_now",
            Self::Acknowledged => "acknowledged",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether nothing more can happen to it.
    pub fn is_finished(self) -> bool {
        matches!(
            self,
            Self::Acknowledged | Self::Error | Self::Cancelled | Self::Superseded | Self::Expired
        )
    }

    /// Whether it can still be withdrawn: the device does not hold it. After `NotNow` the device keeps
    /// nothing, so it can; once fetched it cannot.
    pub fn can_be_cancelled(self) -> bool {
        matches!(
            self,
            Self::Queued | Self::Held | Self::PushSent | Self::NotNow
        )
    }
}
