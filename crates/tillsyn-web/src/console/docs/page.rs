//! The pages of the documentation.

use askama::Template;

use crate::console::frame::Frame;
use crate::ui::{Html, Link};

/// The shelves, or what was found.
#[derive(Template)]
#[template(path = "console/docs.html")]
pub struct DocsPage {
    pub f: Frame,
    pub query: String,
    pub shelves: Vec<DocShelf>,
    pub hits: Vec<HitRow>,
}

pub struct DocShelf {
    pub id: &'static str,
    pub head: String,
    pub about: String,
    pub rows: Vec<DocRow>,
}

/// A document, in the language it is written in.
pub struct DocRow {
    pub link: Link,
    pub summary: String,
    pub lang: &'static str,
}

pub struct HitRow {
    pub link: Link,
    pub heading: String,
    pub excerpt: String,
    pub lang: &'static str,
}

/// One document.
#[derive(Template)]
#[template(path = "console/doc.html")]
pub struct DocPage {
    pub f: Frame,
    pub lang: &'static str,
    pub title: String,
    pub body: Html,
    pub headings: Vec<HeadingRow>,
    /// The same in other languages.
    pub others: Vec<(&'static str, Link)>,
    pub shelf: String,
    /// What stands beside it.
    pub beside: Vec<DocRow>,
    /// Whether it is written in another language than the page around it.
    pub foreign: bool,
}

pub struct HeadingRow {
    pub link: Link,
    pub deep: bool,
}
