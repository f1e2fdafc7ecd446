//! Filters as trees (RFC 4511 §4.5.1.7), read from the texts that administrators write (RFC 4515).
//!
//! A name that somebody typed is never part of a text: `{login}` in a text is a place in the tree where the value
//! goes, byte by byte, after the text was read.

use super::ber::{OCTETS, SEQUENCE, Writer};

const MAX_TEXT: usize = 4096;
const MAX_DEPTH: usize = 16;
const MAX_TERMS: usize = 256;
const PLACE: &str = "{login}";

/// What an entry has to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Equal(String, Vec<u8>),
    AtLeast(String, Vec<u8>),
    AtMost(String, Vec<u8>),
    Approximately(String, Vec<u8>),
    Present(String),
    Substrings {
        attribute: String,
        first: Option<Vec<u8>>,
        any: Vec<Vec<u8>>,
        last: Option<Vec<u8>>,
    },
    Extensible {
        rule: Option<String>,
        attribute: Option<String>,
        value: Vec<u8>,
        in_dn: bool,
    },
}

/// Why a text is no filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("the filter is longer than 4,096 characters, too deep or has too many terms")]
    TooLarge,
    #[error("a bracket is missing or too many")]
    Brackets,
    #[error("a term is not (attribute=value)")]
    Term,
    #[error("an attribute has a name that is none")]
    Attribute,
    #[error("a backslash is followed by two hexadecimal digits")]
    Escape,
    #[error("the place {{login}} has no value here")]
    Place,
}

impl Filter {
    /// Both of two.
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::And(mut terms) => {
                terms.push(other);
                Self::And(terms)
            }
            first => Self::And(vec![first, other]),
        }
    }

    /// Reads a text; `{login}` becomes the value that is given, whatever bytes that has.
    pub fn parse(text: &str, login: Option<&str>) -> Result<Self, FilterError> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return Err(FilterError::TooLarge);
        }
        let mut parser = Parser {
            text,
            login,
            terms: 0,
        };
        let filter = if text.starts_with('(') {
            parser.filter(0)?
        } else {
            // Many write the outermost brackets only where there are several terms.
            let term = parser.text;
            parser.text = "";
            parser.term(term)?
        };
        if parser.text.is_empty() {
            Ok(filter)
        } else {
            Err(FilterError::Brackets)
        }
    }

    /// Whether a text has a place for the name that somebody types.
    pub fn has_place(text: &str) -> bool {
        text.contains(PLACE)
    }

    pub(super) fn write(&self, out: &mut Writer) {
        match self {
            Self::And(terms) => write_all(out, 0xa0, terms),
            Self::Or(terms) => write_all(out, 0xa1, terms),
            Self::Not(term) => {
                out.nested(0xa2, |out| term.write(out));
            }
            Self::Equal(attribute, value) => write_pair(out, 0xa3, attribute, value),
            Self::Substrings {
                attribute,
                first,
                any,
                last,
            } => {
                out.nested(0xa4, |out| {
                    out.bytes(OCTETS, attribute.as_bytes());
                    out.nested(SEQUENCE, |out| {
                        if let Some(first) = first {
                            out.bytes(0x80, first);
                        }
                        for part in any {
                            out.bytes(0x81, part);
                        }
                        if let Some(last) = last {
                            out.bytes(0x82, last);
                        }
                    });
                });
            }
            Self::AtLeast(attribute, value) => write_pair(out, 0xa5, attribute, value),
            Self::AtMost(attribute, value) => write_pair(out, 0xa6, attribute, value),
            Self::Present(attribute) => {
                out.bytes(0x87, attribute.as_bytes());
            }
            Self::Approximately(attribute, value) => write_pair(out, 0xa8, attribute, value),
            Self::Extensible {
                rule,
                attribute,
                value,
                in_dn,
            } => {
                out.nested(0xa9, |out| {
                    if let Some(rule) = rule {
                        out.bytes(0x81, rule.as_bytes());
                    }
                    if let Some(attribute) = attribute {
                        out.bytes(0x82, attribute.as_bytes());
                    }
                    out.bytes(0x83, value);
                    if *in_dn {
                        out.boolean(0x84, true);
                    }
                });
            }
        }
    }
}

fn write_all(out: &mut Writer, tag: u8, terms: &[Filter]) {
    out.nested(tag, |out| {
        for term in terms {
            term.write(out);
        }
    });
}

fn write_pair(out: &mut Writer, tag: u8, attribute: &str, value: &[u8]) {
    out.nested(tag, |out| {
        out.bytes(OCTETS, attribute.as_bytes());
        out.bytes(OCTETS, value);
    });
}

struct Parser<'a> {
    text: &'a str,
    login: Option<&'a str>,
    terms: usize,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, sign: char) -> bool {
        match self.text.strip_prefix(sign) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn filter(&mut self, depth: usize) -> Result<Filter, FilterError> {
        self.terms += 1;
        if depth > MAX_DEPTH || self.terms > MAX_TERMS {
            return Err(FilterError::TooLarge);
        }
        if !self.eat('(') {
            return Err(FilterError::Brackets);
        }
        let filter = if self.eat('&') {
            Filter::And(self.list(depth)?)
        } else if self.eat('|') {
            Filter::Or(self.list(depth)?)
        } else if self.eat('!') {
            Filter::Not(Box::new(self.filter(depth + 1)?))
        } else {
            // Brackets inside of a value are written as \28 and \29, so the next one ends it.
            let end = self.text.find(')').ok_or(FilterError::Brackets)?;
            let (term, rest) = self.text.split_at(end);
            self.text = rest;
            self.term(term)?
        };
        if self.eat(')') {
            Ok(filter)
        } else {
            Err(FilterError::Brackets)
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Filter>, FilterError> {
        let mut terms = Vec::new();
        while self.text.starts_with('(') {
            terms.push(self.filter(depth + 1)?);
        }
        // `(&)` is "everything" (RFC 4526): nobody means that here.
        if terms.is_empty() {
            return Err(FilterError::Term);
        }
        Ok(terms)
    }

    fn term(&self, term: &'a str) -> Result<Filter, FilterError> {
        let (left, value) = term.split_once('=').ok_or(FilterError::Term)?;
        if value.contains(['(', ')']) {
            return Err(FilterError::Brackets);
        }
        if let Some(name) = left.strip_suffix(':') {
            return self.extensible(name, value);
        }
        let plain = |text: &str| self.value(text);
        if let Some(name) = left.strip_suffix('>') {
            return Ok(Filter::AtLeast(attribute(name)?, plain(value)?));
        }
        if let Some(name) = left.strip_suffix('<') {
            return Ok(Filter::AtMost(attribute(name)?, plain(value)?));
        }
        if let Some(name) = left.strip_suffix('~') {
            return Ok(Filter::Approximately(attribute(name)?, plain(value)?));
        }
        let name = attribute(left)?;
        if value == "*" {
            return Ok(Filter::Present(name));
        }
        let parts: Vec<&str> = value.split('*').collect();
        let [first, any @ .., last] = parts.as_slice() else {
            return Ok(Filter::Equal(name, plain(value)?));
        };
        let edge = |text: &str| -> Result<Option<Vec<u8>>, FilterError> {
            (!text.is_empty()).then(|| plain(text)).transpose()
        };
        let any = any.iter().filter(|part| !part.is_empty());
        let filter = Filter::Substrings {
            attribute: name,
            first: edge(first)?,
            any: any.map(|part| plain(part)).collect::<Result<_, _>>()?,
            last: edge(last)?,
        };
        match &filter {
            Filter::Substrings {
                first: None,
                any,
                last: None,
                ..
            } if any.is_empty() => Err(FilterError::Term),
            _ => Ok(filter),
        }
    }

    /// `attribute:dn:rule:=value`, of which some may be missing (RFC 4515 §3).
    fn extensible(&self, left: &str, value: &str) -> Result<Filter, FilterError> {
        let mut parts = left.split(':');
        let name = parts.next().unwrap_or_default();
        let mut rest: Vec<&str> = parts.collect();
        let in_dn = rest.first().is_some_and(|w| w.eq_ignore_ascii_case("dn"));
        if in_dn {
            rest.remove(0);
        }
        let rule = match rest.as_slice() {
            [] => None,
            [rule] => Some(attribute(rule)?),
            _ => return Err(FilterError::Term),
        };
        let name = (!name.is_empty()).then(|| attribute(name)).transpose()?;
        if name.is_none() && rule.is_none() {
            return Err(FilterError::Attribute);
        }
        Ok(Filter::Extensible {
            rule,
            attribute: name,
            value: self.value(value)?,
            in_dn,
        })
    }

    /// A value: `\xx` is a byte, `{login}` what was typed; the rest is itself.
    fn value(&self, text: &str) -> Result<Vec<u8>, FilterError> {
        let mut out = Vec::new();
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix(PLACE) {
                let login = self.login.ok_or(FilterError::Place)?;
                out.extend_from_slice(login.as_bytes());
                rest = after;
            } else if sign == '\\' {
                let digits = rest.get(1..3).ok_or(FilterError::Escape)?;
                if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(FilterError::Escape);
                }
                out.push(u8::from_str_radix(digits, 16).map_err(|_| FilterError::Escape)?);
                rest = &rest[3..];
            } else if sign == '\0' {
                return Err(FilterError::Term);
            } else {
                let end = sign.len_utf8();
                out.extend_from_slice(&rest.as_bytes()[..end]);
                rest = &rest[end..];
            }
        }
        Ok(out)
    }
}

/// Whether a text can be the name of an attribute, with options, or an object identifier (RFC 4512 §2.5).
pub fn is_attribute(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 128
        && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b';' | b'.' | b'_'))
}

fn attribute(text: &str) -> Result<String, FilterError> {
    let text = text.trim();
    if is_attribute(text) {
        Ok(text.to_owned())
    } else {
        Err(FilterError::Attribute)
    }
}
