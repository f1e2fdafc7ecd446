use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;

use super::Lang;
use super::format::group_digits;
use crate::ui::Html;

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<BTreeMap<&'static str, Bundle>> = LazyLock::new(|| {
    Lang::ALL
        .into_iter()
        .map(|lang| (lang.tag(), load(lang)))
        .collect()
});

fn load(lang: Lang) -> Bundle {
    let identifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // All three languages are written left to right: isolation marks would only get into
    // attributes, copied names and tests.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match lang {
        Lang::Sv => |value, _| number(value, Lang::Sv),
        Lang::En | Lang::Ja => |value, _| number(value, Lang::En),
    }));
    for path in Files::iter().filter(|path| path.starts_with(lang.tag())) {
        let Some(file) = Files::get(&path) else {
            continue;
        };
        let source = String::from_utf8_lossy(&file.data).into_owned();
        // The build has parsed the same text; what cannot be read is dropped, never fatal.
        let resource = FluentResource::try_new(source).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn number(value: &FluentValue<'_>, lang: Lang) -> Option<String> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "counts are far below 2^53")]
        FluentValue::Number(number) => Some(group_digits(lang, number.value as i64)),
        _ => None,
    }
}

/// Marks a literal as the key of a text, where it is looked up later.
pub const fn key(key: &'static str) -> &'static str {
    key
}

/// A value put into a text.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    Text(&'a str),
    Count(i64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

macro_rules! count_arg {
    ($($from:ty),*) => {$(
        impl From<$from> for Arg<'_> {
            fn from(value: $from) -> Self {
                Self::Count(i64::try_from(value).unwrap_or(i64::MAX))
            }
        }
        impl From<&$from> for Arg<'_> {
            fn from(value: &$from) -> Self {
                Self::from(*value)
            }
        }
    )*};
}
count_arg!(i32, i64, u32, u64, usize);

/// The texts in one language. Cheap to copy; every page carries one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts {
    lang: Lang,
    pseudo: bool,
}

impl Texts {
    pub const fn new(lang: Lang) -> Self {
        Self {
            lang,
            pseudo: false,
        }
    }

    /// English, 40 % longer and marked, to see what does not grow and what escaped the catalogue.
    pub const fn pseudo() -> Self {
        Self {
            lang: Lang::En,
            pseudo: true,
        }
    }

    pub const fn lang(self) -> Lang {
        self.lang
    }

    /// The tag for `lang=`.
    pub const fn tag(self) -> &'static str {
        self.lang.tag()
    }

    pub fn t(self, key: &str) -> String {
        self.t_args(key, &[])
    }

    /// A text with one number, `$n`.
    pub fn tn<'a>(self, key: &str, n: impl Into<Arg<'a>>) -> String {
        self.t_args(key, &[("n", n.into())])
    }

    /// A text with one value, `$a`.
    pub fn ta<'a>(self, key: &str, value: impl Into<Arg<'a>>) -> String {
        self.t_args(key, &[("a", value.into())])
    }

    pub fn t_args(self, key: &str, args: &[(&'static str, Arg<'_>)]) -> String {
        self.finish(self.format(key, args))
    }

    /// A text with marks: `**strong**`, `[[word on the device]]`, `` `code` ``. Safe to print:
    /// text and values are escaped, and marks inside values stay what they are.
    pub fn rich(self, key: &str) -> Html {
        self.rich_args(key, &[])
    }

    pub fn rich_args(self, key: &str, args: &[(&'static str, Arg<'_>)]) -> Html {
        let shielded: Vec<(&'static str, String)> = args
            .iter()
            .filter_map(|(name, value)| match value {
                Arg::Text(text) => Some((*name, shield(text))),
                Arg::Count(_) => None,
            })
            .collect();
        let args: Vec<(&'static str, Arg<'_>)> = args
            .iter()
            .map(|(name, value)| {
                let text = shielded.iter().find(|(found, _)| found == name);
                (*name, text.map_or(*value, |(_, text)| Arg::Text(text)))
            })
            .collect();
        Html::from_trusted(marks_to_html(&self.finish(self.format(key, &args))))
    }

    /// The one of the three that is in this language. For texts that stand beside each other instead of in
    /// the message catalogues.
    pub fn pick(self, [en, sv, ja]: [&str; 3]) -> String {
        let text = match self.lang {
            Lang::En => en,
            Lang::Sv => sv,
            Lang::Ja => ja,
        };
        self.finish(text.to_owned())
    }

    fn format(self, key: &str, args: &[(&'static str, Arg<'_>)]) -> String {
        let Some(bundle) = BUNDLES.get(self.lang.tag()) else {
            return key.to_owned();
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            // The build proves that this cannot happen for a literal key.
            debug_assert!(false, "no text for `{key}`");
            return key.to_owned();
        };
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            match value {
                Arg::Text(text) => values.set(*name, *text),
                Arg::Count(count) => values.set(*name, *count),
            }
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors);
        debug_assert!(errors.is_empty(), "`{key}`: {errors:?}");
        text.into_owned()
    }

    fn finish(self, text: String) -> String {
        if !self.pseudo {
            return text;
        }
        let extra = text.chars().count().div_ceil(5) * 2;
        let mut longer = text;
        longer.push(' ');
        for at in 0..extra {
            longer.push(if at % 7 == 6 { ' ' } else { 'ö' });
        }
        longer
    }
}

const MARKS: [(char, char); 4] = [
    ('*', '\u{e000}'),
    ('[', '\u{e001}'),
    (']', '\u{e002}'),
    ('`', '\u{e003}'),
];

/// Replaces the characters that mean something to `marks_to_html` by private-use ones.
fn shield(text: &str) -> String {
    text.chars()
        .map(|c| {
            MARKS
                .iter()
                .find(|(mark, _)| *mark == c)
                .map_or(c, |(_, private)| *private)
        })
        .collect()
}

fn marks_to_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut chars = text.chars().peekable();
    let (mut strong, mut code) = (false, false);
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                out.push_str(if strong {
                    "</b>"
                } else {
                    "<b class=\"strong\">"
                });
                strong = !strong;
            }
            '[' if chars.next_if_eq(&'[').is_some() => out.push_str("<span class=\"ui-word\">"),
            ']' if chars.next_if_eq(&']').is_some() => out.push_str("</span>"),
            '`' => {
                out.push_str(if code { "</code>" } else { "<code>" });
                code = !code;
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => {
                let plain = MARKS.iter().find(|(_, private)| *private == c);
                let _ = out.write_char(plain.map_or(c, |(mark, _)| *mark));
            }
        }
    }
    out
}
