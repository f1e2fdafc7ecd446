//! Marks: pictures that strangers' browsers are shown. PNG and JPEG alone, walked piece by piece; what is
//! kept is what shows the picture, so that neither places and cameras nor a second file travel along.

use crate::error::Error;

/// The largest file.
pub const MARK_BYTES: usize = 256 * 1024;
/// Least and most pixels of a side.
pub const MARK_SIDE: (u32, u32) = (16, 1024);

/// How a mark is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkType {
    Png,
    Jpeg,
}

impl MarkType {
    /// For `Content-Type`, and as it is kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// A picture that was looked through.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) kind: MarkType,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Without what does not show.
    pub(super) bytes: Vec<u8>,
}

/// Looks an upload through.
pub(super) fn check(bytes: &[u8]) -> Result<Checked, Error> {
    if bytes.len() > MARK_BYTES {
        let text = format!("A mark has at most {} KiB.", MARK_BYTES / 1024);
        return Err(Error::invalid("mark", "mark_large", text));
    }
    let found = if bytes.starts_with(PNG) {
        png(bytes)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        jpeg(bytes)
    } else {
        None
    };
    let checked = found.ok_or_else(|| {
        let text = "A mark is a whole PNG or JPEG picture. SVG is not taken: it can carry script.";
        Error::invalid("mark", "mark_type", text)
    })?;
    let (least, most) = MARK_SIDE;
    let fits = |side: u32| (least..=most).contains(&side);
    if fits(checked.width) && fits(checked.height) {
        return Ok(checked);
    }
    let (width, height) = (checked.width, checked.height);
    let text = format!("It is {width} × {height} pixels; each side has {least} to {most}.");
    Err(Error::invalid("mark", "mark_side", text))
}

/// W3C PNG, third edition, 5.2.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What shows the picture. Texts, times and places are not among it.
const KEPT: [&[u8; 4]; 8] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB",
];

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}

fn png(bytes: &[u8]) -> Option<Checked> {
    let mut kept = PNG.to_vec();
    let mut rest = bytes.get(PNG.len()..)?;
    let (mut size, mut data) = (None, false);
    loop {
        let length = usize::try_from(number(rest)?).ok()?;
        let whole = length.checked_add(12)?;
        let chunk = rest.get(..whole)?;
        let name = chunk.get(4..8)?;
        let body = chunk.get(8..8 + length)?;
        if crc32(chunk.get(4..8 + length)?) != number(chunk.get(8 + length..)?)? {
            return None;
        }
        match name {
            b"IHDR" if size.is_none() && length == 13 => {
                size = Some((number(body)?, number(body.get(4..)?)?));
            }
            b"IHDR" => return None,
            _ if size.is_none() => return None,
            b"IDAT" => data = true,
            // A critical piece that no reader of today knows.
            _ if name.first()?.is_ascii_uppercase()
                && !KEPT.iter().any(|k| k.as_slice() == name) =>
            {
                return None;
            }
            _ => {}
        }
        if KEPT.iter().any(|known| known.as_slice() == name) {
            kept.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            let (width, height) = size?;
            // Whatever stands behind the picture stays behind.
            return (data && length == 0).then_some(Checked {
                kind: MarkType::Png,
                width,
                height,
                bytes: kept,
            });
        }
        rest = rest.get(whole..)?;
    }
}

/// ISO 3309, as PNG uses it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}

/// ITU-T T.81, annex B: segments until the scan, then coded data until the end.
fn jpeg(bytes: &[u8]) -> Option<Checked> {
    let mut kept = vec![0xff, 0xd8];
    let mut rest = bytes.get(2..)?;
    let mut size = None;
    loop {
        let (mark, behind) = rest.split_first()?;
        if *mark != 0xff {
            return None;
        }
        let (kind, behind) = behind.split_first()?;
        match kind {
            // Fill bytes.
            0xff => {
                rest = rest.get(1..)?;
                continue;
            }
            0xd9 => {
                let (width, height) = size?;
                kept.extend_from_slice(&[0xff, 0xd9]);
                return Some(Checked {
                    kind: MarkType::Jpeg,
                    width,
                    height,
                    bytes: kept,
                });
            }
            0x00 | 0x01 | 0xd0..=0xd8 => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(behind.get(..2)?.try_into().ok()?));
        let body = behind.get(2..length)?;
        // Frames of the three processes that browsers know.
        if (0xc0..=0xc2).contains(kind) {
            if size.is_some() {
                return None;
            }
            let side = |at: usize| {
                let bytes = body.get(at..at + 2)?.try_into().ok()?;
                Some(u32::from(u16::from_be_bytes(bytes)))
            };
            size = Some((side(3)?, side(1)?));
        }
        // Application data but for JFIF's and Adobe's, and comments, do not show.
        if !matches!(*kind, 0xe1..=0xed | 0xef | 0xfe) {
            kept.extend_from_slice(&[0xff, *kind]);
            kept.extend_from_slice(behind.get(..length)?);
        }
        rest = behind.get(length..)?;
        if *kind == 0xda {
            size?;
            let coded = scan(rest)?;
            kept.extend_from_slice(rest.get(..coded)?);
            rest = rest.get(coded..)?;
        }
    }
}

/// How long the coded data is: up to a marker that is neither a stuffed byte nor a restart.
fn scan(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(2)
        .position(|pair| matches!(pair, [0xff, kind] if !matches!(kind, 0x00 | 0xd0..=0xd7 | 0xff)))
}
