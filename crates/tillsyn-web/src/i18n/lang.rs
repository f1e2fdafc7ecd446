/// A language of pages, mails and on-device texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    En,
    Sv,
    Ja,
}

impl Lang {
    /// All, in the order the switch shows them.
    pub const ALL: [Self; 3] = [Self::En, Self::Sv, Self::Ja];

    /// The tag for `lang=` and for storage.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sv => "sv",
            Self::Ja => "ja",
        }
    }

    /// The language's name in itself, for the switch.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Sv => "Svenska",
            Self::Ja => "日本語",
        }
    }

    /// Reads a tag such as `sv` or `sv-SE`; `None` when we do not speak it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The person's choice, then what the device asks for (`Accept-Language`), then the organisation's.
    pub fn negotiate(choice: Option<Self>, accept_language: Option<&str>, fallback: Self) -> Self {
        choice
            .or_else(|| accept_language.and_then(Self::from_accept_language))
            .unwrap_or(fallback)
    }

    // RFC 9110 §12.5.4; a quality of 0 means "not this one".
    fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(lang) = parts.next().and_then(Self::from_tag) else {
                continue;
            };
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1000, thousandths);
            if quality > 0 && best.is_none_or(|(found, _)| quality > found) {
                best = Some((quality, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// `0.8` as 800; anything unreadable counts as least wanted.
fn thousandths(quality: &str) -> u32 {
    let (whole, fraction) = quality
        .trim()
        .split_once('.')
        .unwrap_or((quality.trim(), ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u32>(), fraction.parse::<u32>()) {
        (Ok(whole), Ok(fraction)) => (whole.min(1) * 1000 + fraction).min(1000),
        _ => 1,
    }
}
