use std::fmt;
use std::fmt::Write as _;

use askama::filters::HtmlSafe;

use crate::assets;
use crate::i18n::Texts;

/// Markup that is already safe to print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Only for text built by our own code with every value escaped.
    pub(crate) fn from_trusted(html: String) -> Self {
        Self(html)
    }

    pub fn text(text: &str) -> Self {
        Self(escape(text))
    }

    pub(crate) fn element(name: &str, attributes: &[(&str, &str)], text: &str) -> Self {
        let mut out = format!("<{name}");
        for (attribute, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(out, " {attribute}=\"{}\"", escape(value));
        }
        let _ = write!(out, ">{}</{name}>", escape(text));
        Self(out)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A link, ready to print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub text: String,
}

/// One entry of a list to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub chosen: bool,
}

/// A notice on top of a page: `tone` is `ok`, `info`, `warn` or `bad`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub tone: &'static str,
    pub title: String,
    pub text: String,
    /// Takes back what it tells of, where that can be.
    pub undo: Option<UndoForm>,
}

/// A form of one button.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndoForm {
    pub action: String,
    pub fields: Vec<(&'static str, String)>,
    /// What it takes back, for whoever finds it in a list of acts.
    pub label: String,
}

impl Message {
    pub fn icon(&self) -> &'static str {
        match self.tone {
            "ok" => "check",
            "info" => "info",
            "warn" => "clock",
            _ => "alert",
        }
    }
}

/// Markup used on many pages; `Texts` is at hand in every template.
impl Texts {
    pub fn icon(self, name: &str) -> Html {
        icon("i", name)
    }

    pub fn icon_lg(self, name: &str) -> Html {
        icon("i i-lg", name)
    }

    pub fn icon_xl(self, name: &str) -> Html {
        icon("i i-xl", name)
    }

    /// An identifier in mono with its copy button; `what` names it for the button's label.
    pub fn copy(self, what: impl AsRef<str>, value: impl AsRef<str>) -> Html {
        let (what, value) = (what.as_ref(), value.as_ref());
        let label = self.t_args(
            "copy-label",
            &[("what", what.into()), ("value", value.into())],
        );
        Html(format!(
            "<span class=\"copy\"><code>{value}</code><button type=\"button\" data-copy=\"{value}\" \
             aria-label=\"{label}\">{icon}</button></span>",
            value = escape(value),
            label = escape(&label),
            icon = self.icon("copy"),
        ))
    }

    /// What a personal device does not tell us: words and an icon, never a blank.
    pub fn not_shared(self) -> Html {
        Html(format!(
            "<span class=\"st\">{}{}</span>",
            self.icon("eyeoff"),
            escape(&self.t("not-shared"))
        ))
    }

    /// The first letters of a person's name, for the round mark.
    pub fn initials(self, name: &str) -> String {
        name.split_whitespace()
            .filter_map(|word| word.chars().next())
            .take(2)
            .flat_map(char::to_uppercase)
            .collect()
    }
}

fn icon(class: &str, name: &str) -> Html {
    Html(format!(
        "<svg class=\"{class}\" aria-hidden=\"true\"><use href=\"{}#i-{}\"/></svg>",
        assets::url("icons.svg"),
        escape(name)
    ))
}
