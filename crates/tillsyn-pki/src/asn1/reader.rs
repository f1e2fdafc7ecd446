use std::borrow::Cow;

use super::{BIT_STRING, INTEGER, MAX_DEPTH, OBJECT_IDENTIFIER, OCTET_STRING, Oid, SEQUENCE};
use crate::error::{Error, Result};

/// Which encodings are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Definite, minimal lengths only.
    Der,
    /// Also indefinite lengths and constructed octet strings.
    Ber,
}

/// One tag-length-value; `full` is header and content as they were sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) full: &'a [u8],
    pub(crate) content: &'a [u8],
    rules: Rules,
    depth: u8,
}

/// A cursor over sibling elements.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    rules: Rules,
    depth: u8,
}

impl<'a> Reader<'a> {
    pub(crate) const fn der(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            rules: Rules::Der,
            depth: 0,
        }
    }

    pub(crate) const fn ber(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            rules: Rules::Ber,
            depth: 0,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek_tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element of any tag.
    pub(crate) fn any(&mut self, what: &'static str) -> Result<Element<'a>> {
        let malformed = Error::malformed(what);
        let header = Header::read(self.rest, self.rules).ok_or(malformed)?;
        let body = self.rest.get(header.size..).ok_or(malformed)?;
        let (content, end) = if let Some(len) = header.len {
            (
                body.get(..len).ok_or(malformed)?,
                header.size.checked_add(len).ok_or(malformed)?,
            )
        } else {
            let len = indefinite_content_len(body, self.depth).ok_or(malformed)?;
            let end = header.size.checked_add(len).and_then(|n| n.checked_add(2));
            (body.get(..len).ok_or(malformed)?, end.ok_or(malformed)?)
        };
        let (full, rest) = self.rest.split_at_checked(end).ok_or(malformed)?;
        self.rest = rest;
        Ok(Element {
            tag: header.tag,
            full,
            content,
            rules: self.rules,
            depth: self.depth,
        })
    }

    /// The next element, which must have this tag.
    pub(crate) fn read(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>> {
        if self.peek_tag() == Some(tag) {
            self.any(what)
        } else {
            Err(Error::malformed(what))
        }
    }

    /// The next element if it has this tag.
    pub(crate) fn read_optional(
        &mut self,
        tag: u8,
        what: &'static str,
    ) -> Result<Option<Element<'a>>> {
        if self.peek_tag() == Some(tag) {
            self.any(what).map(Some)
        } else {
            Ok(None)
        }
    }

    pub(crate) fn sequence(&mut self, what: &'static str) -> Result<Self> {
        self.read(SEQUENCE, what)?.children(what)
    }

    pub(crate) fn oid(&mut self, what: &'static str) -> Result<Oid> {
        Ok(Oid::from_content(
            self.read(OBJECT_IDENTIFIER, what)?.content,
        ))
    }

    pub(crate) fn octets(&mut self, what: &'static str) -> Result<Cow<'a, [u8]>> {
        let element = self.any(what)?;
        if element.tag & !0x20 == OCTET_STRING {
            element.string_bytes(what)
        } else {
            Err(Error::malformed(what))
        }
    }

    /// The bytes of a bit string without unused bits.
    pub(crate) fn bit_string(&mut self, what: &'static str) -> Result<&'a [u8]> {
        match self.read(BIT_STRING, what)?.content.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(Error::malformed(what)),
        }
    }

    /// Content of an integer: two's complement, big endian, never empty.
    pub(crate) fn integer(&mut self, what: &'static str) -> Result<&'a [u8]> {
        let content = self.read(INTEGER, what)?.content;
        if content.is_empty() {
            Err(Error::malformed(what))
        } else {
            Ok(content)
        }
    }

    pub(crate) fn finish(&self, what: &'static str) -> Result<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Error::malformed(what))
        }
    }
}

impl<'a> Element<'a> {
    pub(crate) const fn rules(&self) -> Rules {
        self.rules
    }

    /// A cursor over the children of a constructed element.
    pub(crate) fn children(&self, what: &'static str) -> Result<Reader<'a>> {
        if self.tag & 0x20 == 0 {
            return Err(Error::malformed(what));
        }
        if self.depth >= MAX_DEPTH {
            return Err(Error::TooLarge {
                what: "ASN.1 nesting",
                limit: MAX_DEPTH.into(),
            });
        }
        Ok(Reader {
            rest: self.content,
            rules: self.rules,
            depth: self.depth.saturating_add(1),
        })
    }

    /// The bytes of an octet string (or implicitly tagged one), joined when it came in pieces.
    pub(crate) fn string_bytes(&self, what: &'static str) -> Result<Cow<'a, [u8]>> {
        if self.tag & 0x20 == 0 {
            return Ok(Cow::Borrowed(self.content));
        }
        if self.rules == Rules::Der {
            return Err(Error::malformed(what));
        }
        let mut children = self.children(what)?;
        let mut joined = Vec::with_capacity(self.content.len());
        while !children.is_empty() {
            let piece = children.any(what)?;
            if piece.tag & !0x20 != OCTET_STRING {
                return Err(Error::malformed(what));
            }
            joined.extend_from_slice(&piece.string_bytes(what)?);
        }
        Ok(Cow::Owned(joined))
    }
}

/// Identifier and length octets; `len` is `None` for the indefinite form.
pub(crate) struct Header {
    pub(crate) tag: u8,
    pub(crate) size: usize,
    pub(crate) len: Option<usize>,
}

impl Header {
    /// `None` for anything that is not a header these rules allow. Tag numbers above 30 do not
    /// occur in the messages that we read.
    pub(crate) fn read(bytes: &[u8], rules: Rules) -> Option<Self> {
        let (&tag, rest) = bytes.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        if first < 0x80 {
            return Some(Self {
                tag,
                size: 2,
                len: Some(first.into()),
            });
        }
        if first == 0x80 {
            let allowed = rules == Rules::Ber && tag & 0x20 != 0;
            return allowed.then_some(Self {
                tag,
                size: 2,
                len: None,
            });
        }
        let count = usize::from(first & 0x7f);
        if count > 4 {
            return None;
        }
        let digits = rest.get(..count)?;
        let len = digits
            .iter()
            .fold(0usize, |n, d| (n << 8) | usize::from(*d));
        // X.690 §10.1: DER takes the shortest form.
        if rules == Rules::Der && (len < 0x80 || digits.first() == Some(&0)) {
            return None;
        }
        Some(Self {
            tag,
            size: count.checked_add(2)?,
            len: Some(len),
        })
    }
}

/// Length of the content before the matching end-of-contents octets.
fn indefinite_content_len(bytes: &[u8], depth: u8) -> Option<usize> {
    if depth >= MAX_DEPTH {
        return None;
    }
    let mut at = 0usize;
    loop {
        let rest = bytes.get(at..)?;
        let header = Header::read(rest, Rules::Ber)?;
        if header.tag == 0 {
            return (header.len == Some(0)).then_some(at);
        }
        let body_at = at.checked_add(header.size)?;
        at = if let Some(len) = header.len {
            body_at.checked_add(len)?
        } else {
            let len = indefinite_content_len(bytes.get(body_at..)?, depth.checked_add(1)?)?;
            body_at.checked_add(len)?.checked_add(2)?
        };
    }
}
