/// What a plist may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Encoded size, and size of all texts and data after sharing is expanded.
    pub bytes: usize,
    /// Elements (XML) or visited objects (binary), keys included.
    pub elements: usize,
    /// Nesting of arrays and dictionaries.
    pub depth: usize,
}

impl Limits {
    pub const CHECK_IN: Self = Self {
        bytes: 1024 * 1024,
        elements: 5_000,
        depth: 64,
    };
    pub const RESULT: Self = Self {
        bytes: 32 * 1024 * 1024,
        elements: 500_000,
        depth: 64,
    };
    /// Twice what is kept of one: values are put in, and XML is larger than the binary form.
    pub const PROFILE: Self = Self {
        bytes: 4 * 1024 * 1024,
        elements: 50_000,
        depth: 64,
    };
    /// A command that an administrator wrote, perhaps with a profile or a wallpaper inside.
    pub const RAW_COMMAND: Self = Self {
        bytes: 8 * 1024 * 1024,
        elements: 50_000,
        depth: 64,
    };
}
