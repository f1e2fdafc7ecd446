//! Which document stands where. One that is on no shelf is on no page; a test finds it.

use std::sync::LazyLock;

use super::files;
use super::markdown::{self, Heading, Section};
use crate::i18n::Lang;
use crate::ui::urls::DOCS;

/// What a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// How something is done.
    Guide,
    /// Why it is so.
    Concepts,
    /// What there is.
    Reference,
}

const SHELVES: &[(Shelf, &[&str])] = &[
    (
        Shelf::Guide,
        &[
            "first-steps.md",
            "console.md",
            "lists.md",
            "invitations.md",
            "enroll.md",
            "guide/README.md",
            "guide/en.md",
            "guide/sv.md",
            "guide/ja.md",
            "my-devices.md",
            "help-desk.md",
            "profiles.md",
            "administrators.md",
            "guard.md",
            "people-sign-in.md",
            "directories.md",
            "ldap.md",
            "mail.md",
            "branding.md",
            "webhooks.md",
            "audit.md",
            "reports.md",
            "install.md",
            "backup.md",
            "moving.md",
            "break-glass.md",
        ],
    ),
    (
        Shelf::Concepts,
        &[
            "concepts/desired-and-observed.md",
            "concepts/scope-and-roles.md",
            "concepts/guard-and-second-person.md",
            "concepts/freshness.md",
            "concepts/status-words.md",
        ],
    ),
    (
        Shelf::Reference,
        &[
            "reference/errors.md",
            "reference/configuration.md",
            "reference/api.md",
            "reference/request-log.md",
            "reference/simulator.md",
            "compat-nanomdm.md",
            "performance.md",
            "capacity.md",
            "dependencies.md",
        ],
    ),
];

/// A document, ready to show.
pub(crate) struct Document {
    pub(crate) shelf: Shelf,
    /// Below `docs`.
    #[cfg_attr(not(test), expect(dead_code, reason = "names it in tests"))]
    pub(super) path: &'static str,
    /// In addresses.
    pub(crate) slug: String,
    pub(crate) lang: Lang,
    /// Whether it is there in every language, of which a reader is offered their own.
    pub(crate) translated: bool,
    pub(crate) title: String,
    /// What it begins with.
    pub(crate) summary: String,
    pub(crate) html: String,
    pub(crate) headings: Vec<Heading>,
    pub(super) sections: Vec<Section>,
    /// What it links to within the documentation: slug and anchor.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test follows them"))]
    pub(super) links: Vec<(String, String)>,
}

impl Document {
    pub(crate) fn url(&self) -> String {
        url(&self.slug)
    }

    /// Whether it is offered to whoever reads this language.
    pub(crate) fn is_for(&self, lang: Lang) -> bool {
        !self.translated || self.lang == lang
    }

    /// Whether an anchor is there.
    #[cfg(test)]
    pub(super) fn has(&self, anchor: &str) -> bool {
        anchor.is_empty() || self.sections.iter().any(|section| section.id == anchor)
    }
}

static LIBRARY: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let shelves = SHELVES.iter();
    let all = shelves.flat_map(|(shelf, paths)| paths.iter().map(|path| (*shelf, *path)));
    all.filter_map(|(shelf, path)| document(shelf, path))
        .collect()
});

fn document(shelf: Shelf, path: &'static str) -> Option<Document> {
    let slug = slug(path)?;
    let own = path.strip_prefix("guide/").and_then(|name| {
        let tag = name.strip_suffix(".md")?;
        Lang::ALL.into_iter().find(|lang| lang.tag() == tag)
    });
    let rendered = markdown::render(path, files::text(path)?);
    Some(Document {
        shelf,
        path,
        slug,
        lang: own.unwrap_or_default(),
        translated: own.is_some(),
        title: rendered.title,
        summary: rendered.summary,
        html: rendered.html,
        headings: rendered.headings,
        sections: rendered.sections,
        links: rendered.links,
    })
}

/// All, in the order of the shelves.
pub(crate) fn documents() -> &'static [Document] {
    &LIBRARY
}

pub(crate) fn by_slug(slug: &str) -> Option<&'static Document> {
    LIBRARY.iter().find(|document| document.slug == slug)
}

/// The address of a document or picture.
pub(crate) fn url(slug: &str) -> String {
    format!("{DOCS}/{slug}")
}

/// `None` for a path that is on no shelf.
pub(super) fn slug(path: &str) -> Option<String> {
    let known = SHELVES.iter().any(|(_, paths)| paths.contains(&path));
    let slug = path.strip_suffix(".md")?;
    known.then(|| slug.strip_suffix("/README").unwrap_or(slug).to_owned())
}
