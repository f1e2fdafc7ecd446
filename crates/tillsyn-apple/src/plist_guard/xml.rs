//! Limits of XML plists, by one pass over the events.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use super::Limits;
use crate::WireError;

/// Both names that Apple has used for the same document type.
const PUBLIC_IDS: [&str; 2] = [
    "-//Apple//DTD PLIST 1.0//EN",
    "-//Apple Computer//DTD PLIST 1.0//EN",
];

/// Returns the text without its byte order mark.
pub(super) fn check(bytes: &[u8], limits: Limits) -> Result<&str, WireError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| WireError::malformed("neither a binary plist nor UTF-8 text"))?;
    let text = text.trim_start_matches('\u{feff}');

    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut depth = 0_usize;
    let mut elements = 0_usize;
    let mut doctypes = 0_usize;
    loop {
        let event = reader
            .read_event()
            .map_err(|_| WireError::malformed("XML syntax"))?;
        match event {
            Event::Start(start) => {
                check_root(elements, start.local_name().as_ref())?;
                count(&mut elements, limits)?;
                // `plist` itself and leaves such as `string` are two levels that do not nest.
                depth = depth.saturating_add(1);
                if depth > limits.depth.saturating_add(2) {
                    return Err(WireError::TooLarge {
                        what: "nesting",
                        limit: limits.depth,
                    });
                }
            }
            Event::Empty(empty) => {
                check_root(elements, empty.local_name().as_ref())?;
                count(&mut elements, limits)?;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(doctype) => {
                doctypes = doctypes.saturating_add(1);
                if doctypes > 1 || elements > 0 {
                    return Err(WireError::malformed("misplaced document type"));
                }
                check_doctype(doctype.as_ref())?;
            }
            Event::GeneralRef(reference) => {
                let known = match reference.resolve_char_ref() {
                    Ok(Some(_)) => true,
                    Ok(None) => resolve_xml_entity(reference.as_ref()).is_some(),
                    Err(_) => false,
                };
                if !known {
                    return Err(WireError::unsupported("entities other than XML's five"));
                }
            }
            // The reader below would silently leave its text out.
            Event::CData(_) => return Err(WireError::unsupported("CDATA sections")),
            Event::Eof => break,
            Event::Text(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if elements == 0 {
        return Err(WireError::malformed("no plist element"));
    }
    if depth > 0 {
        return Err(WireError::malformed("the XML ends early"));
    }
    Ok(text)
}

fn check_root(elements: usize, name: &str) -> Result<(), WireError> {
    if elements == 0 && name != "plist" {
        return Err(WireError::malformed("the root element is not `plist`"));
    }
    Ok(())
}

fn count(elements: &mut usize, limits: Limits) -> Result<(), WireError> {
    *elements = elements.saturating_add(1);
    if *elements > limits.elements {
        return Err(WireError::TooLarge {
            what: "plist elements",
            limit: limits.elements,
        });
    }
    Ok(())
}

/// Takes `plist PUBLIC "<Apple's identifier>" "<any URL>"` and no internal subset.
fn check_doctype(text: &str) -> Result<(), WireError> {
    let refused = || WireError::unsupported("document types other than Apple's plist");
    if text.contains(['[', '<', '>']) {
        return Err(refused());
    }
    let rest = text.trim().strip_prefix("plist").ok_or_else(refused)?;
    let rest = rest
        .trim_start()
        .strip_prefix("PUBLIC")
        .ok_or_else(refused)?;
    let rest = rest.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))
        .ok_or_else(refused)?;
    let id = rest.split(quote).nth(1).ok_or_else(refused)?;
    if PUBLIC_IDS.contains(&id) {
        Ok(())
    } else {
        Err(refused())
    }
}
