//! PEM as RFC 7468 §2 describes it, read with tolerance for text around the blocks.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;

use crate::error::{Error, Result};

/// Certificates and keys are small; a chain file too.
const MAX_LEN: usize = 1 << 20;
const MAX_BLOCKS: usize = 64;

pub(crate) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// One block: its label and its bytes.
pub(crate) struct Block<'a> {
    pub(crate) label: &'a str,
    pub(crate) der: Vec<u8>,
}

/// All blocks of a text, in order.
pub(crate) fn decode_all(text: &str) -> Result<Vec<Block<'_>>> {
    if text.len() > MAX_LEN {
        return Err(Error::TooLarge {
            what: "PEM text",
            limit: MAX_LEN,
        });
    }
    let malformed = Error::malformed("PEM text");
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----").ok_or(malformed)?;
        let (body, after) = after.split_once("-----END ").ok_or(malformed)?;
        let after = after.strip_prefix(label).ok_or(malformed)?;
        rest = after.strip_prefix("-----").ok_or(malformed)?;
        // Encrypted keys of the old form carry header lines.
        if body.contains(':') {
            return Err(Error::unsupported("PEM block with headers"));
        }
        let base64: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        let der = LENIENT.decode(base64).map_err(|_| malformed)?;
        if blocks.len() >= MAX_BLOCKS {
            return Err(Error::TooLarge {
                what: "number of PEM blocks",
                limit: MAX_BLOCKS,
            });
        }
        blocks.push(Block { label, der });
    }
    Ok(blocks)
}

pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}

/// Percent decoding; `None` for a cut-off or wrong escape.
pub(crate) fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            out.push(u8::try_from(high << 4 | low).ok()?);
        } else {
            out.push(byte);
        }
    }
    Some(out)
}
