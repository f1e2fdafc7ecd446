//! What is known of the devices.

/// What they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    #[default]
    Iphone,
    Ipad,
    Mac,
    Android,
    Windows,
}

/// Whose they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holder {
    #[default]
    Organisation,
    Person,
}

/// How they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// In the box, or they may be erased.
    New,
    /// In use, and must not be erased.
    #[default]
    InUse,
    /// Managed by another server whose records can be had.
    Managed,
}

/// Who holds them in hand while they are set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SetUpBy {
    /// Each person their own.
    #[default]
    People,
    /// Somebody of the organisation, for others.
    Staff,
}

/// The answers of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    pub platform: Platform,
    pub holder: Holder,
    pub state: State,
    pub set_up_by: SetUpBy,
    pub count: u32,
}

/// The most that the guide counts with.
const MOST: u32 = 100_000;

impl Default for Answers {
    fn default() -> Self {
        Self {
            platform: Platform::default(),
            holder: Holder::default(),
            state: State::default(),
            set_up_by: SetUpBy::default(),
            count: 1,
        }
    }
}

macro_rules! words {
    ($($kind:ident: $($value:ident = $word:literal),+;)+) => {$(
        impl $kind {
            /// All, as they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// In addresses.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word),+
                }
            }

            /// `None` for a word that is none of them.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }
    )+};
}

words! {
    Platform: Iphone = "iphone", Ipad = "ipad", Mac = "mac", Android = "android", Windows = "windows";
    Holder: Organisation = "organisation", Person = "person";
    State: New = "new", InUse = "in_use", Managed = "managed";
    SetUpBy: People = "people", Staff = "staff";
}

impl Answers {
    /// A number as typed; what is none, or out of bounds, is brought into them.
    pub fn count_of(text: &str) -> u32 {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match digits.parse::<u32>() {
            Ok(count) => count.clamp(1, MOST),
            Err(_) if digits.is_empty() => 1,
            Err(_) => MOST,
        }
    }
}
