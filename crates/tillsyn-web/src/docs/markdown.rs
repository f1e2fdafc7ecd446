//! From Markdown to the HTML of a page: headings with ids below the page's own, links and pictures by our
//! addresses, markup as text.

use std::collections::BTreeMap;

use pulldown_cmark::{
    Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};

use super::files::picture_url;
use super::library::{slug, url};
use crate::ui::Html;

/// A line of the table of contents.
pub(crate) struct Heading {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) deep: bool,
}

/// What stands below one heading, as plain text; the first is what stands above them all.
pub(super) struct Section {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) text: String,
}

#[derive(Default)]
pub(super) struct Rendered {
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) html: String,
    pub(super) headings: Vec<Heading>,
    pub(super) sections: Vec<Section>,
    pub(super) links: Vec<(String, String)>,
}

/// Renders the document at this path below `docs`.
pub(super) fn render(path: &str, text: &str) -> Rendered {
    let mut writer = Writer {
        path,
        out: Vec::new(),
        links_kept: Vec::new(),
        tables: 0,
        ids: BTreeMap::new(),
        rendered: Rendered::default(),
    };
    writer.rendered.sections.push(Section {
        id: String::new(),
        heading: String::new(),
        text: String::new(),
    });
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES);
    while let Some(event) = events.next() {
        writer.take(event, &mut events);
    }
    let Writer {
        out, mut rendered, ..
    } = writer;
    html::push_html(&mut rendered.html, out.into_iter());
    // Where nothing stands above the first heading, what stands below it.
    let mut texts = rendered.sections.iter().map(|section| section.text.trim());
    let begins = texts.find(|text| !text.is_empty());
    rendered.summary = begins.map(first_sentence).unwrap_or_default();
    rendered
}

struct Writer<'a> {
    path: &'a str,
    out: Vec<Event<'a>>,
    /// Whether each open link is one; a link that leads nowhere here is its words.
    links_kept: Vec<bool>,
    tables: usize,
    ids: BTreeMap<String, usize>,
    rendered: Rendered,
}

impl<'a> Writer<'a> {
    fn take(&mut self, event: Event<'a>, rest: &mut Parser<'a>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => self.heading(level, rest),
            Event::Start(Tag::CodeBlock(kind)) => self.code(&kind, rest),
            Event::Start(Tag::Link { dest_url, .. }) => self.link(&dest_url),
            Event::End(TagEnd::Link) => {
                if self.links_kept.pop() == Some(true) {
                    self.markup("</a>");
                }
            }
            Event::Start(Tag::Table(columns)) => {
                self.tables += 1;
                let heading = self
                    .rendered
                    .sections
                    .last()
                    .map_or("", |last| &last.heading);
                let heading = match heading {
                    "" => &self.rendered.title,
                    heading => heading,
                };
                // Regions of one page have names of their own; columns are not aligned, that were a style.
                let label = format!("{heading} ({})", self.tables);
                let region = [
                    ("class", "table-wrap"),
                    ("tabindex", "0"),
                    ("role", "region"),
                    ("aria-label", &label),
                ];
                let open = Html::element("div", &region, "");
                self.markup(open.as_str().trim_end_matches("</div>"));
                let columns = vec![Alignment::None; columns.len()];
                self.out.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                self.out.push(Event::End(TagEnd::Table));
                self.markup("</div>");
            }
            Event::Start(Tag::HtmlBlock) => self.out.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => self.out.push(Event::End(TagEnd::Paragraph)),
            // Notes to those who edit the file.
            Event::Html(source) if source.trim_start().starts_with("<!--") => {}
            Event::Html(source) | Event::InlineHtml(source) => {
                match picture_part(self.path, &source) {
                    Some(part) => self.markup(part),
                    None => self.out.push(Event::Text(source)),
                }
            }
            event => {
                match &event {
                    Event::Text(text) | Event::Code(text) => self.note(text),
                    Event::SoftBreak | Event::HardBreak | Event::End(_) => self.note(" "),
                    _ => {}
                }
                self.out.push(event);
            }
        }
    }

    fn markup(&mut self, html: impl Into<String>) {
        self.out.push(Event::InlineHtml(CowStr::from(html.into())));
    }

    fn note(&mut self, text: &str) {
        if let Some(section) = self.rendered.sections.last_mut() {
            section.text.push_str(text);
        }
    }

    /// The first of the highest level is the title of the page and stands in its head.
    fn heading(&mut self, level: HeadingLevel, rest: &mut Parser<'a>) {
        let mut text = String::new();
        let mut inner = Vec::new();
        for event in rest.by_ref() {
            match &event {
                Event::End(TagEnd::Heading(_)) => break,
                Event::Text(part) | Event::Code(part) => text.push_str(part),
                _ => {}
            }
            inner.push(event);
        }
        if level == HeadingLevel::H1 && self.rendered.title.is_empty() {
            self.rendered.title = text;
            return;
        }
        let level = level.max(HeadingLevel::H2);
        let id = self.id(&text);
        let tag = Tag::Heading {
            level,
            id: Some(CowStr::from(id.clone())),
            classes: Vec::new(),
            attrs: Vec::new(),
        };
        self.out.push(Event::Start(tag));
        self.out.append(&mut inner);
        self.out.push(Event::End(TagEnd::Heading(level)));
        self.rendered.sections.push(Section {
            id: id.clone(),
            heading: text.clone(),
            text: String::new(),
        });
        if level <= HeadingLevel::H3 {
            let deep = level == HeadingLevel::H3;
            self.rendered.headings.push(Heading { id, text, deep });
        }
    }

    fn id(&mut self, text: &str) -> String {
        let id = id_of(text);
        let seen = self.ids.entry(id.clone()).or_default();
        *seen += 1;
        match *seen {
            1 => id,
            again => format!("{id}-{}", again - 1),
        }
    }

    /// Long lines scroll, so the keyboard must reach them.
    fn code(&mut self, kind: &CodeBlockKind<'_>, rest: &mut Parser<'a>) {
        let mut source = String::new();
        for event in rest.by_ref() {
            match event {
                Event::End(TagEnd::CodeBlock) => break,
                Event::Text(part) => source.push_str(&part),
                _ => {}
            }
        }
        self.note(&source);
        let name = match kind {
            CodeBlockKind::Fenced(info) => info.split(' ').next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        let code = Html::element("code", &[("data-kind", name)], &source);
        self.markup(format!("<pre class=\"raw\" tabindex=\"0\">{code}</pre>\n"));
    }

    fn link(&mut self, to: &str) {
        let href = match target(self.path, to) {
            Target::Page { slug, anchor } => {
                let page = url(&slug);
                self.rendered.links.push((slug, anchor.clone()));
                if anchor.is_empty() {
                    page
                } else {
                    format!("{page}#{anchor}")
                }
            }
            Target::Address(address) => address,
            Target::Nowhere => {
                self.links_kept.push(false);
                return;
            }
        };
        let open = Html::element("a", &[("href", &href)], "");
        self.markup(open.as_str().trim_end_matches("</a>"));
        self.links_kept.push(true);
    }
}

/// The id of a heading, as the forges make it of the words, so that a link works there and here.
pub(super) fn id_of(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let kept = text.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c),
        _ => None,
    });
    kept.collect()
}

enum Target {
    Page {
        slug: String,
        anchor: String,
    },
    Address(String),
    /// Not a part of what is served: a file of the source.
    Nowhere,
}

fn target(from: &str, to: &str) -> Target {
    if to.starts_with("https://") || to.starts_with("http://") || to.starts_with("mailto:") {
        return Target::Address(to.to_owned());
    }
    let (path, anchor) = to.split_once('#').unwrap_or((to, ""));
    let path = if path.is_empty() {
        Some(from.to_owned())
    } else {
        join(from, path)
    };
    match path {
        Some(path) if path == "reference/openapi.json" => {
            Target::Address("/api/openapi.json".to_owned())
        }
        Some(path) => slug(&path).map_or(Target::Nowhere, |slug| Target::Page {
            slug,
            anchor: anchor.to_owned(),
        }),
        None => Target::Nowhere,
    }
}

/// `to` as seen from the file `from`; `None` above `docs`.
fn join(from: &str, to: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The one use that the documents make of markup: a picture in two themes. Anything else stays text.
fn picture_part(path: &str, source: &str) -> Option<String> {
    let of = |name: &str| {
        let (_, rest) = source.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    match source.trim() {
        "<picture>" | "</picture>" => Some(source.to_owned()),
        tag if tag.starts_with("<source ") => {
            let file = picture_url(&join(path, of("srcset")?)?)?;
            (of("media")? == "(prefers-color-scheme: dark)").then(|| {
                let media = "(prefers-color-scheme: dark)";
                format!("<source media=\"{media}\" srcset=\"{file}\">")
            })
        }
        tag if tag.starts_with("<img ") => {
            let file = picture_url(&join(path, of("src")?)?)?;
            let attributes = [
                ("src", file.as_str()),
                ("alt", of("alt")?),
                ("width", of("width").unwrap_or_default()),
                ("loading", "lazy"),
            ];
            let tag = Html::element("img", &attributes, "");
            Some(tag.as_str().trim_end_matches("</img>").to_owned())
        }
        _ => None,
    }
}

fn first_sentence(text: &str) -> String {
    let text = text.trim();
    let mut ends = text.char_indices().filter(|(at, c)| {
        let rest = &text[at + c.len_utf8()..];
        *c == '。' || (matches!(c, '.' | ':') && (rest.is_empty() || rest.starts_with(' ')))
    });
    let end = ends.next().map_or(text.len(), |(at, c)| at + c.len_utf8());
    text[..end].trim_end_matches(':').to_owned()
}
