//! Samples of the pages that help the reader on: documentation.

use super::docs::{DocPage, DocsPage};
use super::frame::Place;
use super::samples::frame;
use crate::docs::by_slug;
use crate::i18n::Texts;
use crate::ui::{Sample, urls};

impl Sample for DocsPage {
    const NAME: &'static str = "docs";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |query: &str| Self::of(frame(l, Place::Docs, urls::DOCS), query);
        vec![
            ("shelves", page("")),
            ("found", page("second person")),
            ("nothing", page("zzzzqqq")),
        ]
    }
}

impl Sample for DocPage {
    const NAME: &'static str = "doc";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        ["first-steps", "guide/sv", "reference/errors"]
            .into_iter()
            .filter_map(|slug| {
                let found = by_slug(slug)?;
                let name = slug.rsplit('/').next().unwrap_or(slug);
                Some((name, Self::of(frame(l, Place::Docs, &found.url()), found)))
            })
            .collect()
    }
}
