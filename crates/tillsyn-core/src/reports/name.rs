//! Which reports there are.

/// Days since enrollment, as the list of devices reads them.
pub const AGES: [&str; 6] = ["0-30", "30-90", "90-365", "365-1095", "1095-", "never"];
/// Days since the last contact.
pub const CONTACTS: [&str; 6] = ["0-1", "1-7", "7-30", "30-90", "90-", "never"];

/// What devices are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportName {
    /// Platform and version of the operating system.
    Os,
    Status,
    Ownership,
    /// Parts of the organisation, each with what is below it.
    Unit,
    Model,
    /// Time since enrollment.
    Age,
    /// Time since the last contact.
    Contact,
}

impl ReportName {
    /// All of them, as people meet them.
    pub const ALL: [Self; 7] = [
        Self::Os,
        Self::Status,
        Self::Ownership,
        Self::Unit,
        Self::Model,
        Self::Age,
        Self::Contact,
    ];

    /// As it stands in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Os => "os",
            Self::Status => "status",
            Self::Ownership => "ownership",
            Self::Unit => "unit",
            Self::Model => "model",
            Self::Age => "age",
            Self::Contact => "contact",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}
