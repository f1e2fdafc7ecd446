use crate::asn1::reader::{Header, Rules};
use crate::asn1::{MAX_DEPTH, OCTET_STRING, Reader, SEQUENCE, SET, oid, writer};
use crate::error::{Error, Result};

/// Bounds for one message.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_depth: u8,
    pub max_len: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: MAX_DEPTH,
            max_len: 2 << 20,
        }
    }
}

/// The same message in DER. Certificates and other parts that are DER already keep their bytes.
/// Bytes after the first element are refused.
pub fn to_der(bytes: &[u8], limits: Limits) -> Result<Vec<u8>> {
    if bytes.len() > limits.max_len {
        return Err(Error::TooLarge {
            what: "ASN.1 message",
            limit: limits.max_len,
        });
    }
    let mut walk = Walk {
        rest: bytes,
        limits,
        enveloped: is_enveloped(bytes),
    };
    let Some(der) = walk.element(0, None)? else {
        return Err(Error::malformed(WHAT));
    };
    if walk.rest.is_empty() {
        Ok(der)
    } else {
        Err(Error::malformed("bytes after the message"))
    }
}

const WHAT: &str = "ASN.1 message";

/// Where the content of EncryptedContentInfo lies in a ContentInfo: SEQUENCE, `[0]`,
/// EnvelopedData, EncryptedContentInfo, `[0]`.
const ENCRYPTED_CONTENT_DEPTH: u8 = 4;

/// `[0]` is explicit in SignedData and an implicit octet string in EncryptedContentInfo, so the
/// content type decides.
fn is_enveloped(bytes: &[u8]) -> bool {
    let Some(header) = Header::read(bytes, Rules::Ber) else {
        return false;
    };
    let content = bytes.get(header.size..).unwrap_or_default();
    Reader::ber(content)
        .oid(WHAT)
        .is_ok_and(|t| t == oid::ENVELOPED_DATA)
}

struct Walk<'a> {
    rest: &'a [u8],
    limits: Limits,
    enveloped: bool,
}

impl<'a> Walk<'a> {
    /// The next element as DER; `None` for end-of-contents octets.
    fn element(&mut self, depth: u8, parent: Option<u8>) -> Result<Option<Vec<u8>>> {
        if depth > self.limits.max_depth {
            let limit = self.limits.max_depth.into();
            return Err(Error::TooLarge {
                what: "ASN.1 nesting",
                limit,
            });
        }
        let header = Header::read(self.rest, Rules::Ber).ok_or(Error::malformed(WHAT))?;
        self.take(header.size)?;
        if header.tag == 0 {
            return if header.len == Some(0) {
                Ok(None)
            } else {
                Err(Error::malformed(WHAT))
            };
        }
        if header.tag & 0x20 == 0 {
            let content = self.take(header.len.ok_or(Error::malformed(WHAT))?)?;
            return Ok(Some(writer::tlv(header.tag, content)));
        }
        let encrypted_content = self.enveloped
            && depth == ENCRYPTED_CONTENT_DEPTH
            && header.tag == 0xa0
            && parent == Some(SEQUENCE);
        let is_string = header.tag == OCTET_STRING | 0x20 || encrypted_content;
        let is_universal = header.tag & 0xc0 == 0;
        // EXTERNAL and EMBEDDED PDV, the other constructed universal types, do not occur.
        if is_universal && !is_string && header.tag != SEQUENCE && header.tag != SET {
            return Err(Error::unsupported("constructed string"));
        }
        let content = self.children(&header, depth, is_string)?;
        let tag = if is_string {
            header.tag & !0x20
        } else {
            header.tag
        };
        Ok(Some(writer::tlv(tag, &content)))
    }

    fn children(&mut self, header: &Header, depth: u8, is_string: bool) -> Result<Vec<u8>> {
        let depth = depth.saturating_add(1);
        let after = match header.len {
            Some(len) => {
                let (inner, after) = self
                    .rest
                    .split_at_checked(len)
                    .ok_or(Error::malformed(WHAT))?;
                self.rest = inner;
                Some(after)
            }
            None => None,
        };
        let mut content = Vec::new();
        loop {
            if after.is_some() && self.rest.is_empty() {
                break;
            }
            match self.element(depth, Some(header.tag))? {
                None if after.is_none() => break,
                None => return Err(Error::malformed(WHAT)),
                Some(child) if is_string => {
                    let mut reader = Reader::der(&child);
                    content.extend_from_slice(reader.read(OCTET_STRING, WHAT)?.content);
                }
                Some(child) => content.extend_from_slice(&child),
            }
        }
        if let Some(after) = after {
            self.rest = after;
        }
        Ok(content)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (head, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(Error::malformed(WHAT))?;
        self.rest = rest;
        Ok(head)
    }
}
