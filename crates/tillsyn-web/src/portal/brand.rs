//! Mark, colours and contacts on pages for people, and the addresses they are served at.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header;
use tillsyn_core::branding::{self, Branding, Colour, Theme};
use tillsyn_core::{Core, Error};

use crate::error::AppError;
use crate::i18n::key;
use crate::state::AppState;
use crate::ui::urls;

/// A picture of the organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrandMark {
    pub src: String,
    pub width: i64,
    pub height: i64,
}

/// One way to reach somebody who helps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrandContact {
    pub icon: &'static str,
    /// Key of the word for it.
    pub label: &'static str,
    /// Empty where there is nothing to follow.
    pub href: String,
    pub text: String,
}

/// What a page for people shows of its unit, ready to print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    pub mark: Option<BrandMark>,
    /// Address of the style sheet with the accent; empty for ours.
    pub accent: String,
    pub contacts: Vec<BrandContact>,
    pub help_url: String,
}

impl Brand {
    /// What holds at a unit.
    pub fn of(branding: &Branding) -> Self {
        let accent = branding.accent();
        let contacts = &branding.contacts;
        let mut found = Vec::new();
        let mut add = |icon, label, href: String, text: &Option<String>| {
            if let Some(text) = text {
                let text = text.clone();
                found.push(BrandContact {
                    icon,
                    label,
                    href,
                    text,
                });
            }
        };
        let mail = contacts.mail.as_deref().unwrap_or_default();
        let phone = contacts.phone.as_deref().unwrap_or_default();
        add("info", key("brand-contact"), String::new(), &contacts.text);
        add("mail", key("brand-mail"), mail_to(mail), &contacts.mail);
        add("phone", key("brand-phone"), call(phone), &contacts.phone);
        add("clock", key("brand-hours"), String::new(), &contacts.hours);
        Self {
            mark: branding.mark.as_ref().map(|mark| BrandMark {
                src: urls::brand_mark(&mark.hash),
                width: mark.width,
                height: mark.height,
            }),
            accent: if accent.is_empty() {
                accent
            } else {
                urls::brand_accent(&accent)
            },
            contacts: found,
            help_url: branding.help_url.clone().unwrap_or_default(),
        }
    }

    /// What holds for the organisation as a whole, for pages that know no unit; ours when it cannot be read.
    pub async fn of_organisation(core: &Core) -> Self {
        match Self::read(core).await {
            Ok(brand) => brand,
            Err(error) => {
                AppError::from(error).log();
                Self::default()
            }
        }
    }

    async fn read(core: &Core) -> Result<Self, Error> {
        Ok(Self::of(&branding::of_organisation(core).await?))
    }

    pub(crate) fn has_contacts(&self) -> bool {
        !self.contacts.is_empty() || !self.help_url.is_empty()
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn sample() -> Self {
        let text = |text: &str| Some(text.to_owned());
        Self::of(&Branding {
            accent_light: Colour::parse("6b2fa0"),
            accent_dark: Colour::parse("d2a8f5"),
            contacts: branding::Contacts {
                mail: text("helpdesk@norrvik.example"),
                phone: text("046-555 01 00"),
                text: text("IT-support, Huvudbiblioteket plan 2"),
                hours: text("08–17"),
            },
            help_url: text("https://norrvik.example/it"),
            ..Branding::default()
        })
    }
}

fn mail_to(address: &str) -> String {
    let mut href = "mailto:".to_owned();
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"@.-_+".contains(&byte) {
            href.push(char::from(byte));
        } else {
            let _ = write!(href, "%{byte:02X}");
        }
    }
    href
}

fn call(number: &str) -> String {
    let digits = number.chars().filter(|c| c.is_ascii_digit() || *c == '+');
    format!("tel:{}", digits.collect::<String>())
}

/// Public, needed before anybody is known. Both listeners serve them: the console shows them too.
pub(crate) fn public_routes() -> Router<AppState> {
    Router::new()
        .route("/branding/mark/{hash}", get(mark))
        .route("/branding/accent/{name}", get(accent))
}

async fn mark(
    State(state): State<AppState>,
    Path(hash): Path<String>,
) -> Result<Response, AppError> {
    let file = branding::mark_file(&state.core, &hash).await?;
    Ok((
        [
            (header::CONTENT_TYPE, file.kind.as_str()),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::CONTENT_DISPOSITION, "inline"),
        ],
        file.bytes,
    )
        .into_response())
}

async fn accent(Path(name): Path<String>) -> Result<Response, AppError> {
    let style = style(&name).ok_or_else(|| Error::not_found("style sheet"))?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ],
        style,
    )
        .into_response())
}

/// The values of our own accent, for the theme that nobody chose one for: name, light, dark.
const OURS: [(&str, &str, &str); 6] = [
    ("accent", "oklch(0.475 0.105 232)", "oklch(0.790 0.105 222)"),
    (
        "accent-fill",
        "oklch(0.445 0.105 234)",
        "oklch(0.770 0.110 222)",
    ),
    (
        "accent-press",
        "oklch(0.385 0.095 235)",
        "oklch(0.840 0.090 220)",
    ),
    ("on-accent", "oklch(1 0 0)", "oklch(0.190 0.040 235)"),
    (
        "accent-soft",
        "oklch(0.955 0.024 225)",
        "oklch(0.285 0.050 230)",
    ),
    ("focus", "oklch(0.560 0.150 245)", "oklch(0.820 0.120 215)"),
];

/// The style sheet of a pair of colours, `light-dark.css`, each of six digits or empty. It is made of
/// nothing but its own name, and of no colour that could not be read.
fn style(name: &str) -> Option<String> {
    let (light, dark) = name.strip_suffix(".css")?.split_once('-')?;
    let one = |digits: &str, theme: Theme| {
        if digits.is_empty() {
            return Some(None);
        }
        let colour = Colour::parse(digits).filter(|colour| colour.digits() == digits)?;
        colour.is_readable(theme).then_some(Some(colour))
    };
    let (light, dark) = (one(light, Theme::Light)?, one(dark, Theme::Dark)?);
    if light.is_none() && dark.is_none() {
        return None;
    }
    let values = |colour: Colour, theme: Theme| {
        let letters = Colour::letters(theme);
        [
            colour,
            colour,
            colour.press(theme),
            letters,
            colour.soft(theme),
            colour,
        ]
        .map(Colour::hex)
    };
    let light = light.map(|colour| values(colour, Theme::Light));
    let dark = dark.map(|colour| values(colour, Theme::Dark));
    let mut style = ".branded{".to_owned();
    for (at, (name, own_light, own_dark)) in OURS.iter().enumerate() {
        let value = |chosen: &Option<[String; 6]>, own: &str| {
            let found = chosen.as_ref().and_then(|values| values.get(at));
            found.cloned().unwrap_or_else(|| own.to_owned())
        };
        let (light, dark) = (value(&light, own_light), value(&dark, own_dark));
        let _ = write!(style, "--{name}:light-dark({light},{dark});");
    }
    style.push_str("accent-color:var(--accent-fill)}\n");
    Some(style)
}

#[cfg(test)]
mod tests {
    use tillsyn_core::branding::SURFACES;

    use super::*;

    const TOKENS: &str = include_str!("../../assets/tokens.css");

    /// The rule in core and the style sheet cannot drift apart.
    #[test]
    fn surfaces_and_own_accent_are_those_of_the_style_sheet() {
        let squeezed: String = TOKENS.split_whitespace().collect();
        for surface in SURFACES {
            let line = TOKENS.lines().find(|line| {
                line.trim_start()
                    .starts_with(&format!("--{}:", surface.name))
            });
            let Some(line) = line else {
                panic!("{}", surface.name);
            };
            let found: Vec<f64> = line
                .split(['(', ')', ' ', ',', ';'])
                .filter_map(|part| part.parse().ok())
                .collect();
            let (light, dark) = (surface.light, surface.dark);
            let wanted = [light.0, light.1, light.2, dark.0, dark.1, dark.2];
            let same = found.len() == 6
                && found
                    .iter()
                    .zip(wanted)
                    .all(|(found, wanted)| (found - wanted).abs() < 1e-9);
            assert!(same, "{line}");
        }
        for (name, light, dark) in OURS {
            let wanted = format!("--{name}:light-dark({light},{dark})");
            let wanted: String = wanted.split_whitespace().collect();
            assert!(squeezed.contains(&wanted), "{wanted}");
        }
    }

    #[test]
    fn style_sheet_is_made_of_readable_colours_alone() {
        let both = style("6b2fa0-d2a8f5.css").unwrap_or_default();
        assert!(
            both.starts_with(".branded{--accent:light-dark(#6b2fa0,#d2a8f5);"),
            "{both}"
        );
        let light = style("6b2fa0-.css").unwrap_or_default();
        assert!(
            light.contains("--accent:light-dark(#6b2fa0,oklch(0.790 0.105 222))"),
            "{light}"
        );
        for odd in [
            "-.css",
            "6b2fa0.css",
            "6B2FA0-d2a8f5.css",
            "ffee00-.css",
            "-111111.css",
            "6b2fa0-d2a8f5",
            "red-blue.css",
            "6b2fa0-d2a8f5;}.css",
        ] {
            assert_eq!(style(odd), None, "{odd}");
        }
    }

    #[test]
    fn contacts_lead_to_mail_and_telephone_and_nowhere_else() {
        assert_eq!(mail_to("a?b&c@x.example"), "mailto:a%3Fb%26c@x.example");
        assert_eq!(call("+46 (0)46-555"), "tel:+46046555");
    }
}
