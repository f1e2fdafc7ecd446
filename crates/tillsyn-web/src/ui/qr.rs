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
