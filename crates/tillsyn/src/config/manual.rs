//! The manual page of the configuration, written from the texts beside the fields.

use clap_mangen::roff::{Inline, Roff, bold, roman};

use super::reference::INTRODUCTION;
use super::sections::ALL;

/// `tillsyn.toml(5)`.
pub(crate) fn manual_page() -> String {
    let mut page = Roff::new();
    page.control("TH", ["tillsyn.toml", "5", "", "", "Tillsyn"]);
    page.control("SH", ["NAME"]);
    page.text([roman("tillsyn.toml - configuration of the Tillsyn server")]);
    page.control("SH", ["DESCRIPTION"]);
    for paragraph in INTRODUCTION.split("\n\n") {
        page.control("PP", []);
        page.text(marked(paragraph));
    }
    for ((section, about), fields) in ALL {
        page.control("SH", [format!("[{section}]").as_str()]);
        page.text(marked(about));
        for field in fields {
            page.control("TP", []);
            page.text([bold(field.path())]);
            page.text(marked(field.doc));
            page.control("RS", []);
            page.control("PP", []);
            let default = match field.default {
                "" => roman("none"),
                text => bold(text),
            };
            page.text([
                roman(format!("Value: {}. Default: ", field.kind)),
                default,
                roman(". Environment: "),
                bold(field.env()),
            ]);
            page.control("RE", []);
        }
    }
    page.control("SH", ["SEE ALSO"]);
    page.text([bold("tillsyn"), roman("(1)")]);
    page.to_roff()
}

/// What stands between backticks is bold.
fn marked(text: &str) -> Vec<Inline> {
    let joined: Vec<&str> = text.split_whitespace().collect();
    joined
        .join(" ")
        .split('`')
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(at, part)| match at % 2 {
            0 => roman(part),
            _ => bold(part),
        })
        .collect()
}
