/// A form that the schema demands of a text, by its regular expression there. There are five; each is told here by
/// hand, and a test fails when the schema brings another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Uuid,
    MacAddress,
    Https,
    /// `^(six)|(nine)$` as it is written: a text that begins with six or ends with nine letters or digits.
    RoamingConsortium,
    SixDigits,
}

const PATTERNS: [(Format, &str); 5] = [
    (
        Format::Uuid,
        "^[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}$",
    ),
    (Format::MacAddress, "^([0-9A-Fa-f]{2}:){5}([0-9A-Fa-f]{2})$"),
    (Format::Https, "^https://.*$"),
    (
        Format::RoamingConsortium,
        "^([0-9A-Za-z]{6})|([0-9A-Za-z]{9})$",
    ),
    (Format::SixDigits, "^[0-9]{6}$"),
];

impl Format {
    pub(super) fn of(pattern: &str) -> Option<Self> {
        PATTERNS
            .iter()
            .find(|(_, known)| *known == pattern)
            .map(|(format, _)| *format)
    }

    /// The regular expression of the schema.
    pub fn pattern(self) -> &'static str {
        PATTERNS
            .iter()
            .find(|(format, _)| *format == self)
            .map_or("", |(_, pattern)| pattern)
    }

    pub fn matches(self, text: &str) -> bool {
        match self {
            Self::Uuid => groups(text, '-', &[8, 4, 4, 4, 12], u8::is_ascii_alphanumeric),
            Self::MacAddress => groups(text, ':', &[2; 6], u8::is_ascii_hexdigit),
            Self::Https => {
                let rest = text.strip_prefix("https://");
                rest.is_some_and(|rest| !rest.contains(['\n', '\r']))
            }
            Self::RoamingConsortium => {
                let bytes = text.as_bytes();
                let six = bytes.get(..6);
                let nine = bytes
                    .len()
                    .checked_sub(9)
                    .and_then(|from| bytes.get(from..));
                [six, nine]
                    .into_iter()
                    .flatten()
                    .any(|part| part.iter().all(u8::is_ascii_alphanumeric))
            }
            Self::SixDigits => groups(text, '\0', &[6], u8::is_ascii_digit),
        }
    }
}

fn groups(text: &str, between: char, lengths: &[usize], each: fn(&u8) -> bool) -> bool {
    let parts: Vec<&str> = text.split(between).collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == *length && part.as_bytes().iter().all(each))
}
