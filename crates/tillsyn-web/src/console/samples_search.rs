//! Samples of the search.

use super::frame::Place;
use super::samples::frame;
use super::scope::ScopePage;
use super::search::{Hits, HitsRow, SearchPage};
use crate::i18n::Texts;
use crate::ui::{Link, Sample, urls};

impl Sample for SearchPage {
    const NAME: &'static str = "search";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |find: &str, groups: Vec<Hits>| Self {
            f: frame(l, Place::Search, urls::SEARCH),
            find: find.to_owned(),
            short: find.chars().count() == 1,
            groups,
        };
        let row = |icon, name: &str, detail: &str| HitsRow {
            icon,
            href: urls::DEVICES.to_owned(),
            name: name.to_owned(),
            detail: detail.to_owned(),
        };
        let many = vec![
            Hits {
                head: l.t("nav-devices"),
                rows: vec![
                    row("devices", "ENG-IPH-0417", "DMPX9K3F1 · Elin Hedström"),
                    row(
                        "devices",
                        "Enhetsregistreringsprofilutvärderingstelefonen i stora läsesalen 7",
                        "",
                    ),
                ],
                more: Some(urls::DEVICES.to_owned()),
            },
            Hits {
                head: l.t("nav-people"),
                rows: vec![row("user", "Elin Hedström", "elin@norrvik.example")],
                more: None,
            },
            Hits {
                head: l.t("search-places"),
                rows: vec![row("shield", &l.t("nav-push"), &l.t("nav-settings"))],
                more: None,
            },
        ];
        vec![
            ("empty", page("", Vec::new())),
            ("short", page("e", Vec::new())),
            ("none", page("zzz", Vec::new())),
            ("many", page("el", many)),
        ]
    }
}

impl Sample for ScopePage {
    const NAME: &'static str = "scope";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |units: &[&str]| Self {
            f: frame(l, Place::Scope, urls::SCOPE),
            all: Link {
                href: urls::CONSOLE.to_owned(),
                text: l.t("scope-all"),
            },
            units: units
                .iter()
                .map(|name| Link {
                    href: urls::DEVICES.to_owned(),
                    text: (*name).to_owned(),
                })
                .collect(),
        };
        vec![
            ("one", page(&[])),
            (
                "many",
                page(&["Physics", "Physics / Particle physics", "Library"]),
            ),
        ]
    }
}
