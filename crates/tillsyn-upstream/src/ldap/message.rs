//! Messages (RFC 4511 §4.1.1): answers are read, requests are written by what sends them.

use super::ber::{ENUMERATED, INTEGER, OCTETS, Reader, SEQUENCE, SET, Writer};
use super::control::{self, Control};
use super::error::{LdapError, ResultCode};

const MAX_ATTRIBUTES: usize = 10_000;
const MAX_DIAGNOSTIC: usize = 300;

/// One attribute of an entry, with the name as the server writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    pub values: Vec<Vec<u8>>,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub dn: String,
    pub attributes: Vec<Attribute>,
}

impl Entry {
    /// The values of an attribute. `None`: the server did not send it, which is not the same as an empty one.
    pub fn values(&self, name: &str) -> Option<&[Vec<u8>]> {
        self.attributes
            .iter()
            .find(|found| found.name.eq_ignore_ascii_case(name))
            .map(|found| found.values.as_slice())
    }

    /// The first value, as bytes.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.values(name)?.first().map(Vec::as_slice)
    }

    /// The first value, as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }

    /// All values that are text.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let values = self.values(name).unwrap_or_default();
        values
            .iter()
            .filter_map(|value| std::str::from_utf8(value).ok())
            .collect()
    }

    /// A part of many values, as Active Directory sends them: `member;range=0-1499`, the last one with `*`.
    /// Gives the values and where the next part begins.
    pub fn range(&self, name: &str) -> Option<(&[Vec<u8>], Option<u32>)> {
        self.attributes.iter().find_map(|found| {
            let (base, range) = found.name.split_once(';')?;
            if !base.eq_ignore_ascii_case(name) {
                return None;
            }
            let range = range.get(..6).filter(|w| w.eq_ignore_ascii_case("range="));
            range?;
            let (_, end) = found.name.split_once('=')?.1.split_once('-')?;
            let next = if end == "*" {
                None
            } else {
                Some(end.parse::<u32>().ok()?.checked_add(1)?)
            };
            Some((found.values.as_slice(), next))
        })
    }
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) code: ResultCode,
    pub(super) diagnostic: String,
}

impl Outcome {
    pub(super) fn ok(self) -> Result<(), LdapError> {
        if self.code == ResultCode::SUCCESS {
            return Ok(());
        }
        Err(LdapError::Refused {
            code: self.code,
            diagnostic: self.diagnostic,
        })
    }
}

/// What an answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    Bound(Answer),
    Entry(Entry),
    Reference,
    SearchDone(Answer),
    Extended {
        answer: Answer,
        name: Option<String>,
        value: Option<Vec<u8>>,
    },
    /// Anything that we never ask for.
    Other(u8),
}

/// A result, for whoever only looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer(pub(super) Outcome);

impl Answer {
    pub fn code(&self) -> ResultCode {
        self.0.code
    }
}

/// An answer and its controls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: i64,
    pub op: Op,
    pub(super) controls: Vec<Control>,
}

impl Message {
    pub(super) fn control(&self, oid: &str) -> Option<&[u8]> {
        self.controls
            .iter()
            .find(|control| control.oid == oid)
            .map(|control| control.value.as_slice())
    }
}

/// Reads one whole message.
pub fn decode(bytes: &[u8]) -> Result<Message, LdapError> {
    let mut outer = Reader::new(bytes);
    let mut inside = outer.expect(SEQUENCE)?.inside()?;
    if !outer.is_empty() {
        return Err(LdapError::Protocol("bytes after a message"));
    }
    let id = inside.expect(INTEGER)?.integer()?;
    if !(0..=i64::from(i32::MAX)).contains(&id) {
        return Err(LdapError::Protocol("a number of a message"));
    }
    let op = inside.next()?;
    let mut content = op.inside()?;
    let op = match op.tag {
        0x61 => Op::Bound(Answer(outcome(&mut content)?)),
        0x64 => Op::Entry(entry(&mut content)?),
        0x65 => Op::SearchDone(Answer(outcome(&mut content)?)),
        0x73 => Op::Reference,
        0x78 => {
            let answer = Answer(outcome(&mut content)?);
            let (mut name, mut value) = (None, None);
            while !content.is_empty() {
                let part = content.next()?;
                match part.tag {
                    0x8a => name = Some(part.text()?),
                    0x8b => value = Some(part.content.to_vec()),
                    _ => {}
                }
            }
            Op::Extended {
                answer,
                name,
                value,
            }
        }
        other => Op::Other(other),
    };
    let controls = match inside.optional(0xa0)? {
        Some(list) => control::read_all(&mut list.inside()?)?,
        None => Vec::new(),
    };
    Ok(Message { id, op, controls })
}

fn outcome(reader: &mut Reader<'_>) -> Result<Outcome, LdapError> {
    let code = ResultCode(reader.expect(ENUMERATED)?.integer()?);
    // The matched name is of no use to us.
    reader.expect(OCTETS)?;
    let text = String::from_utf8_lossy(reader.expect(OCTETS)?.content).into_owned();
    // Referrals, with the tag of the context: named by the code alone, never followed.
    reader.optional(0xa3)?;
    let diagnostic = text
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_DIAGNOSTIC)
        .collect();
    Ok(Outcome { code, diagnostic })
}

fn entry(reader: &mut Reader<'_>) -> Result<Entry, LdapError> {
    let dn = reader.expect(OCTETS)?.text()?;
    let mut list = reader.expect(SEQUENCE)?.inside()?;
    let mut attributes = Vec::new();
    while !list.is_empty() {
        if attributes.len() >= MAX_ATTRIBUTES {
            return Err(LdapError::TooLarge("attributes"));
        }
        let mut part = list.expect(SEQUENCE)?.inside()?;
        let name = part.expect(OCTETS)?.text()?;
        let mut set = part.expect(SET)?.inside()?;
        let mut values = Vec::new();
        while !set.is_empty() {
            values.push(set.expect(OCTETS)?.content.to_vec());
        }
        attributes.push(Attribute { name, values });
    }
    Ok(Entry { dn, attributes })
}

/// A request as bytes.
pub(super) fn request(
    id: i32,
    write_op: impl FnOnce(&mut Writer),
    write_controls: Option<&dyn Fn(&mut Writer)>,
) -> Vec<u8> {
    let mut out = Writer::default();
    out.nested(SEQUENCE, |out| {
        out.integer(INTEGER, i64::from(id));
        write_op(out);
        if let Some(write) = write_controls {
            out.nested(0xa0, |out| write(out));
        }
    });
    out.finish()
}
