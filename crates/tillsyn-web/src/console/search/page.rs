//! The page and the part of it that the palette shows.

use std::ops::Deref;

use askama::Template;

use crate::console::frame::Frame;
use crate::i18n::Texts;

/// `GET /console/search`.
#[derive(Template)]
#[template(path = "console/search.html")]
pub struct SearchPage {
    pub f: Frame,
    pub find: String,
    /// Too little was typed to look for.
    pub short: bool,
    pub groups: Vec<Hits>,
}

/// `GET /console/search?part=1`: the list without a page around it.
#[derive(Template)]
#[template(path = "console/search_hits.html")]
pub struct HitsPart {
    pub texts: Texts,
    pub groups: Vec<Hits>,
}

impl SearchPage {
    fn count(&self) -> usize {
        count(&self.groups)
    }
}

impl HitsPart {
    fn count(&self) -> usize {
        count(&self.groups)
    }
}

fn count(groups: &[Hits]) -> usize {
    groups.iter().map(|group| group.rows.len()).sum()
}

impl Deref for HitsPart {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.texts
    }
}

/// What was found of one kind.
#[derive(Clone, Debug)]
pub struct Hits {
    pub head: String,
    pub rows: Vec<HitsRow>,
    /// The list with the others.
    pub more: Option<String>,
}

/// One thing to open.
#[derive(Clone, Debug)]
pub struct HitsRow {
    pub icon: &'static str,
    pub href: String,
    pub name: String,
    pub detail: String,
}
