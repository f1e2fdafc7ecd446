//! `GET /console/docs` and `/console/docs/{page}`.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use tillsyn_core::Error;

use super::page::{DocPage, DocRow, DocShelf, DocsPage, HeadingRow, HitRow};
use crate::console::failure::Failure;
use crate::console::frame::{Frame, Place};
use crate::console::visitor::Visitor;
use crate::docs::{self, Document, Hit, Shelf};
use crate::i18n::{Lang, Texts};
use crate::ui::{Html, Link, page};

/// Most lines of a table of contents; a longer one leaves out what is deeper.
const CONTENTS: usize = 40;
/// The longest query.
const QUERY: usize = 200;

/// All documents by what they are for, or those that hold the words.
pub(crate) async fn shelves(visitor: Visitor) -> Result<Response, Failure> {
    let query = visitor.query.get("q").unwrap_or_default();
    let query: String = query.trim().chars().take(QUERY).collect();
    let f = visitor.frame(Place::Docs, "").await?;
    Ok(page(StatusCode::OK, &DocsPage::of(f, &query)))
}

impl DocsPage {
    pub(in crate::console) fn of(f: Frame, query: &str) -> Self {
        let l = f.texts;
        let found = docs::search(query, l.lang());
        Self {
            shelves: [Shelf::Guide, Shelf::Concepts, Shelf::Reference]
                .into_iter()
                .map(|shelf| shelf_of(l, shelf))
                .collect(),
            hits: found.into_iter().map(hit).collect(),
            query: query.to_owned(),
            f,
        }
    }
}

fn shelf_of(l: Texts, shelf: Shelf) -> DocShelf {
    let (id, head, about) = words(l, shelf);
    DocShelf {
        id,
        head,
        about,
        rows: rows(shelf, l.lang()),
    }
}

fn words(l: Texts, shelf: Shelf) -> (&'static str, String, String) {
    match shelf {
        Shelf::Guide => ("guide", l.t("docs-guide"), l.t("docs-guide-about")),
        Shelf::Concepts => ("concepts", l.t("docs-concepts"), l.t("docs-concepts-about")),
        Shelf::Reference => (
            "reference",
            l.t("docs-reference"),
            l.t("docs-reference-about"),
        ),
    }
}

fn rows(shelf: Shelf, lang: Lang) -> Vec<DocRow> {
    let here = docs::documents().iter();
    here.filter(|found| found.shelf == shelf && found.is_for(lang))
        .map(|found| DocRow {
            link: Link {
                href: found.url(),
                text: found.title.clone(),
            },
            summary: found.summary.clone(),
            lang: found.lang.tag(),
        })
        .collect()
}

fn hit(found: Hit) -> HitRow {
    HitRow {
        link: Link {
            href: found.href,
            text: found.title.to_owned(),
        },
        heading: found.heading.to_owned(),
        excerpt: found.excerpt,
        lang: found.lang.tag(),
    }
}

/// One document, or a picture of one.
pub(crate) async fn document(
    visitor: Visitor,
    Path(path): Path<String>,
) -> Result<Response, Failure> {
    if let Some(bytes) = docs::picture(&path) {
        let kept = if visitor.query.get("v").is_some() {
            "private, max-age=31536000, immutable"
        } else {
            "private, max-age=3600"
        };
        let headers = [
            (header::CONTENT_TYPE, "image/png"),
            (header::CACHE_CONTROL, kept),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        return Ok((headers, bytes).into_response());
    }
    let found =
        docs::by_slug(path.trim_end_matches('/')).ok_or_else(|| Error::not_found("document"))?;
    let f = visitor.frame(Place::Docs, "").await?;
    Ok(page(StatusCode::OK, &DocPage::of(f, found)))
}

impl DocPage {
    pub(in crate::console) fn of(f: Frame, found: &'static Document) -> Self {
        let l = f.texts;
        let (_, shelf, _) = words(l, found.shelf);
        let all = found.headings.len() <= CONTENTS;
        let headings = found.headings.iter().filter(|heading| all || !heading.deep);
        let others = docs::documents().iter();
        let others =
            others.filter(|other| found.translated && other.translated && other.lang != found.lang);
        let beside = rows(found.shelf, l.lang()).into_iter();
        Self {
            lang: found.lang.tag(),
            title: found.title.clone(),
            body: Html::from_trusted(found.html.clone()),
            headings: headings
                .map(|heading| HeadingRow {
                    link: Link {
                        href: format!("#{}", heading.id),
                        text: heading.text.clone(),
                    },
                    deep: heading.deep,
                })
                .collect(),
            others: others
                .map(|other| {
                    let link = Link {
                        href: other.url(),
                        text: other.lang.own_name().to_owned(),
                    };
                    (other.lang.tag(), link)
                })
                .collect(),
            shelf,
            beside: beside.filter(|row| row.link.href != found.url()).collect(),
            foreign: found.lang != l.lang(),
            f,
        }
    }
}
