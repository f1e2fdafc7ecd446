use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// A QR code as one SVG path on a grid of `size` by `size` units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    pub size: usize,
    pub path: String,
}

impl Qr {
    /// `None` when the text is too long for a code.
    pub fn new(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text.as_bytes()).ecl(ECL::M).build().ok()?;
        let mut path = String::new();
        for row in 0..code.size {
            for column in 0..code.size {
                if code[row][column].value() {
                    // Runs would be shorter, but a path compresses well and this is easy to read.
                    let _ = write!(path, "M{column} {row}h1v1h-1z");
                }
            }
        }
        Some(Self {
            size: code.size,
            path,
        })
    }
}

/// Squares of the picture beside one of the code's, and the white frame around it (ISO/IEC 18004 §6.3.8: four).
const SCALE: usize = 6;
const FRAME: usize = 4;

/// A QR code as a PNG in black and white, for mail: programs that show mail show no SVG.
pub(crate) fn png(text: &str) -> Option<Vec<u8>> {
    let code = QRBuilder::new(text.as_bytes()).ecl(ECL::M).build().ok()?;
    let side = (code.size + 2 * FRAME) * SCALE;
    let dark = |row: usize, column: usize| {
        let at = |place: usize| {
            (place / SCALE)
                .checked_sub(FRAME)
                .filter(|at| *at < code.size)
        };
        matches!((at(row), at(column)), (Some(row), Some(column)) if code[row][column].value())
    };
    let mut rows = Vec::with_capacity(side * (side / 8 + 2));
    for row in 0..side {
        // No filter; then a bit for each square, white is 1 (PNG §7.2).
        rows.push(0);
        for first in (0..side).step_by(8) {
            let bits = (0..8).fold(0_u8, |bits, bit| {
                let white = !dark(row, first + bit) || first + bit >= side;
                bits << 1 | u8::from(white)
            });
            rows.push(bits);
        }
    }
    let length = u32::try_from(side).ok()?.to_be_bytes();
    let mut header = Vec::with_capacity(13);
    header.extend(length);
    header.extend(length);
    // One bit, greyscale, the only compression and filter, not interlaced.
    header.extend([1, 0, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header)?;
    chunk(&mut png, *b"IDAT", &stored(&rows)?)?;
    chunk(&mut png, *b"IEND", &[])?;
    Some(png)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Option<()> {
    png.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let crc = crc32(png.get(start..)?);
    png.extend(crc.to_be_bytes());
    Some(())
}

/// PNG §D: the polynomial of Ethernet, bit by bit. The pictures are a few thousand bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    });
    !crc
}

/// A zlib stream without compression (RFC 1950, RFC 1951 §3.2.4): transfer encodings dwarf what it would save.
fn stored(data: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0x78, 0x01];
    let mut parts = data.chunks(0xffff).peekable();
    while let Some(part) = parts.next() {
        let length = u16::try_from(part.len()).ok()?;
        out.push(u8::from(parts.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(part);
    }
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend((b << 16 | a).to_be_bytes());
    Some(out)
}
