//! The one property list of this protocol: a dictionary of strings. Written and read here, so that
//! this crate needs no reader of property lists; everything else in such a file is refused.

use std::fmt::Write as _;

/// At most this many entries are looked at.
const MAX_ENTRIES: usize = 16;

pub(super) fn write(entries: &[(&str, &str)]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n",
    );
    for (key, value) in entries {
        // Base64 and PEM: nothing to escape.
        let _ = writeln!(out, "\t<key>{key}</key>\n\t<string>{value}</string>");
    }
    out.push_str("</dict>\n</plist>\n");
    out
}

/// The entries of the dictionary; `None` for anything else.
pub(super) fn read(text: &str) -> Option<Vec<(&str, &str)>> {
    let (prolog, rest) = text.split_once("<dict>")?;
    if !prolog.contains("<plist") {
        return None;
    }
    let (body, end) = rest.split_once("</dict>")?;
    if end.trim() != "</plist>" {
        return None;
    }
    let mut entries = Vec::new();
    let mut rest = body.trim_start();
    while !rest.is_empty() {
        let (key, after) = element(rest, "key")?;
        let (value, after) = element(after, "string").or_else(|| element(after, "data"))?;
        if entries.len() >= MAX_ENTRIES {
            return None;
        }
        entries.push((key, value));
        rest = after;
    }
    Some(entries)
}

/// The text of the element that comes next, and what follows it.
fn element<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let open = text
        .strip_prefix('<')?
        .strip_prefix(name)?
        .strip_prefix('>')?;
    let (content, after) = open.split_once("</")?;
    let after = after.strip_prefix(name)?.strip_prefix('>')?;
    let is_plain = !content.contains(['<', '&']);
    is_plain.then(|| (content, after.trim_start()))
}
