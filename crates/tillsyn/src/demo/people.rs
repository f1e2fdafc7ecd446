//! The people of the demo. Nobody here is real.

/// Who administers the demo.
pub(super) struct Persona {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    /// Known to everybody: the demo listens on loopback only.
    pub(super) password: &'static str,
    pub(super) role: &'static str,
}

pub(super) const ORGANISATION: &str = "Norrvik University";

pub(super) const MAJA: Persona = Persona {
    name: "Maja Lindqvist",
    email: "maja@norrvik.example",
    password: "maja-keeps-the-keys",
    role: "owner",
};

pub(super) const PER: Persona = Persona {
    name: "Per Hedman",
    email: "per@norrvik.example",
    password: "per-helps-everybody",
    role: "administrator",
};

const SURNAMES: [&str; 24] = [
    "Almgren",
    "Bergqvist",
    "Dahl",
    "Ekholm",
    "Fujita",
    "Grönlund",
    "Haddad",
    "Isaksson",
    "Jensen",
    "Kimura",
    "Lundin",
    "Mäkinen",
    "Nakano",
    "Okafor",
    "Palm",
    "Qvist",
    "Rosén",
    "Sato",
    "Tran",
    "Ullman",
    "Virtanen",
    "Wallin",
    "Yilmaz",
    "Åberg",
];

/// The person who carries device number `index`, given the device's own name ("Astrid’s iPhone").
pub(super) fn person_of(device_name: &str, index: usize) -> (String, String) {
    let given = device_name.split('’').next().unwrap_or(device_name);
    let surname = SURNAMES[index * 7 % SURNAMES.len()];
    let local: String = format!("{given}.{surname}.{index}")
        .chars()
        .filter_map(|c| match c {
            'å' | 'ä' | 'Å' | 'Ä' => Some('a'),
            'ö' | 'Ö' => Some('o'),
            'é' => Some('e'),
            c if c.is_ascii_alphanumeric() || c == '.' => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect();
    (
        format!("{given} {surname}"),
        format!("{local}@norrvik.example"),
    )
}
