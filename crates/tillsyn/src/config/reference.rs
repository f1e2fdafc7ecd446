//! The reference page, written from the texts beside the fields.

use std::fmt::Write as _;

use super::sections::ALL;

/// `docs/reference/configuration.md`.
pub(crate) fn reference_page() -> String {
    let mut out = format!("{HEAD}{INTRODUCTION}");
    for ((section, about), fields) in ALL {
        let about = paragraph(about);
        // Writing to a String cannot fail.
        let _ = write!(out, "\n## [{section}]\n\n{about}\n");
        for field in fields {
            let default = match field.default {
                "" => "none".to_owned(),
                text => format!("`{text}`"),
            };
            let _ = write!(
                out,
                "\n### `{}`\n\n{}\n\n- Environment: `{}`\n- Value: {}\n- Default: {default}\n",
                field.path(),
                paragraph(field.doc),
                field.env(),
                field.kind,
            );
        }
    }
    out
}

fn paragraph(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(str::trim).collect();
    lines.join(" ").trim().to_owned()
}

const HEAD: &str = "# Configuration

<!-- Written by `tillsyn config-reference` from the sources; do not edit. -->

";

/// What a reader has to know first.
pub(super) const INTRODUCTION: &str = "\
One TOML file: `--config FILE`, or `tillsyn.toml` in the working folder, or
`/etc/tillsyn/tillsyn.toml`. Each key is also read from the environment, which comes first. Relative
paths begin at the folder of the file. An unknown key or `TILLSYN_` variable is an error.
`tillsyn doctor` checks a configuration and says what to do.

`TILLSYN_MASTER_KEY` holds the master key itself; it has no key in the file.
";
