//! BER as LDAP restricts it (RFC 4511 §5.1): definite lengths, primitive strings, low tag numbers.

use super::error::LdapError;

/// The longest content of one element.
pub(super) const MAX_LENGTH: usize = 5_000_000;
/// How deep elements may lie in one another.
const MAX_DEPTH: u8 = 32;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

const BROKEN: LdapError = LdapError::Protocol("an element cannot be read");

/// Writes elements; what is inside of another is written first.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn bytes(&mut self, tag: u8, content: &[u8]) -> &mut Self {
        self.0.push(tag);
        push_length(&mut self.0, content.len());
        self.0.extend_from_slice(content);
        self
    }

    pub(super) fn boolean(&mut self, tag: u8, value: bool) -> &mut Self {
        self.bytes(tag, &[if value { 0xff } else { 0 }])
    }

    pub(super) fn integer(&mut self, tag: u8, value: i64) -> &mut Self {
        let all = value.to_be_bytes();
        let mut skip = 0;
        // The first nine bits are never all the same (X.690 §8.3.2).
        while skip < 7
            && ((all[skip] == 0 && all[skip + 1] < 0x80)
                || (all[skip] == 0xff && all[skip + 1] >= 0x80))
        {
            skip += 1;
        }
        self.bytes(tag, &all[skip..])
    }

    pub(super) fn nested(&mut self, tag: u8, write: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::default();
        write(&mut inner);
        self.bytes(tag, &inner.0)
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

fn push_length(out: &mut Vec<u8>, length: usize) {
    if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
        out.push(short);
        return;
    }
    let bytes = length.to_be_bytes();
    let first = bytes.iter().position(|b| *b != 0).unwrap_or(0);
    let count = u8::try_from(bytes.len() - first).unwrap_or(8);
    out.push(0x80 | count);
    out.extend_from_slice(&bytes[first..]);
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    depth: u8,
}

/// One element: its tag and what it holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    depth: u8,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            depth: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn next(&mut self) -> Result<Element<'a>, LdapError> {
        let (tag, rest) = self.rest.split_first().ok_or(BROKEN)?;
        // Tags from 31 on take several bytes; LDAP has none.
        if tag & 0x1f == 0x1f {
            return Err(BROKEN);
        }
        let (length, used) = length(rest)?.ok_or(BROKEN)?;
        let rest = &rest[used..];
        if rest.len() < length {
            return Err(BROKEN);
        }
        let (content, rest) = rest.split_at(length);
        self.rest = rest;
        Ok(Element {
            tag: *tag,
            content,
            depth: self.depth,
        })
    }

    /// The next element, which has to have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Result<Element<'a>, LdapError> {
        let element = self.next()?;
        if element.tag == tag {
            Ok(element)
        } else {
            Err(BROKEN)
        }
    }

    /// The next element if it has this tag; otherwise it stays.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, LdapError> {
        if self.rest.first() == Some(&tag) {
            self.next().map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<'a> Element<'a> {
    /// What is inside.
    pub(super) fn inside(&self) -> Result<Reader<'a>, LdapError> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(LdapError::TooLarge("nested too deeply"));
        }
        Ok(Reader {
            rest: self.content,
            depth,
        })
    }

    pub(super) fn integer(&self) -> Result<i64, LdapError> {
        let (first, more) = self.content.split_first().ok_or(BROKEN)?;
        if more.len() > 7 {
            return Err(BROKEN);
        }
        let start: i64 = if *first >= 0x80 { -1 } else { 0 };
        let value = self
            .content
            .iter()
            .fold(start, |sum, byte| (sum << 8) | i64::from(*byte));
        Ok(value)
    }

    pub(super) fn text(&self) -> Result<String, LdapError> {
        std::str::from_utf8(self.content)
            .map(str::to_owned)
            .map_err(|_| LdapError::Protocol("a text is not UTF-8"))
    }
}

/// A length and how many bytes it takes, or `None` while there are too few of them.
pub(super) fn length(bytes: &[u8]) -> Result<Option<(usize, usize)>, LdapError> {
    let Some((first, rest)) = bytes.split_first() else {
        return Ok(None);
    };
    if *first < 0x80 {
        return Ok(Some((usize::from(*first), 1)));
    }
    let count = usize::from(*first & 0x7f);
    // 0x80 is the indefinite form, which RFC 4511 §5.1 forbids; servers pad to four bytes, hardly more.
    if count == 0 || count > 8 {
        return Err(BROKEN);
    }
    if rest.len() < count {
        return Ok(None);
    }
    let mut length = 0_usize;
    for byte in &rest[..count] {
        length = length
            .checked_mul(256)
            .ok_or(LdapError::TooLarge("an element"))?
            | usize::from(*byte);
        if length > MAX_LENGTH {
            return Err(LdapError::TooLarge("an element"));
        }
    }
    Ok(Some((length, count + 1)))
}
