//! Finds status, command and sender of a result that is too large to keep, while it streams by.

use super::scan::{Found, MAX_VALUE, ScannedResult};

/// Longest tag that is read; what is longer is no tag of a property list.
const MAX_TAG: usize = 256;

/// Reads an XML result piece by piece with a few hundred bytes of memory, whatever its size and nesting.
/// Of a binary one nothing is learned: its keys cannot be found before its end.
#[derive(Default)]
pub struct ResultScanner {
    found: Found,
    state: State,
    depth: usize,
    key: Option<String>,
    /// The text of the leaf that is open at the top level, and whether it is a key.
    leaf: Option<(Vec<u8>, bool)>,
    over: bool,
}

#[derive(Default)]
enum State {
    #[default]
    Text,
    Tag(Vec<u8>),
    /// Until this ends it; the last bytes seen.
    Skip(&'static [u8], Vec<u8>),
}

impl ResultScanner {
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next piece.
    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.over {
                return;
            }
            self.step(*byte);
        }
    }

    /// What was found; `None` when no known `Status` is among it.
    pub fn finish(self) -> Option<ScannedResult> {
        self.found.finish()
    }

    fn step(&mut self, byte: u8) {
        match &mut self.state {
            State::Text if byte == b'<' => {
                self.end_leaf();
                self.state = State::Tag(Vec::new());
            }
            State::Text => {
                if let Some((text, _)) = &mut self.leaf
                    && text.len() <= MAX_VALUE
                {
                    text.push(byte);
                }
            }
            State::Tag(tag) if byte == b'>' && !tag.starts_with(b"?") => {
                let tag = std::mem::take(tag);
                self.state = State::Text;
                self.tag(&tag);
            }
            State::Tag(tag) => {
                tag.push(byte);
                let skip: Option<&'static [u8]> = match tag.as_slice() {
                    b"!--" => Some(b"-->"),
                    b"![CDATA[" => Some(b"]]>"),
                    b"?" => Some(b"?>"),
                    _ => None,
                };
                if let Some(end) = skip {
                    self.state = State::Skip(end, Vec::new());
                } else if tag.len() > MAX_TAG {
                    self.over = true;
                }
            }
            State::Skip(end, last) => {
                last.push(byte);
                if last.len() > end.len() {
                    last.remove(0);
                }
                if last.as_slice() == *end {
                    self.state = State::Text;
                }
            }
        }
    }

    /// `plist` is at depth 1, `dict` at 2, its keys and values at 3.
    fn tag(&mut self, tag: &[u8]) {
        match tag.first() {
            None | Some(b'!') => {}
            Some(b'/') => {
                self.depth = self.depth.saturating_sub(1);
                // The root dictionary is over; what follows is not ours.
                self.over = self.depth < 2;
            }
            _ if tag.last() == Some(&b'/') => {
                if self.depth == 2 {
                    self.key = None;
                }
            }
            _ => {
                self.depth = self.depth.saturating_add(1);
                if self.depth == 3 {
                    let name = tag.split(u8::is_ascii_whitespace).next();
                    match name {
                        Some(b"key") => self.leaf = Some((Vec::new(), true)),
                        Some(b"string") => self.leaf = Some((Vec::new(), false)),
                        _ => self.key = None,
                    }
                }
            }
        }
    }

    /// The values looked for hold no entities.
    fn end_leaf(&mut self) {
        let Some((text, is_key)) = self.leaf.take() else {
            return;
        };
        let text = String::from_utf8(text)
            .ok()
            .filter(|text| text.len() <= MAX_VALUE && !text.contains('&'));
        if is_key {
            self.key = text;
        } else if let (Some(key), Some(value)) = (self.key.take(), text) {
            self.found.take(&key, &value);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::super::scan_result;
    use super::ResultScanner;

    const RESULT: &str = "<?xml version=\"1.0\"?><!DOCTYPE plist><!-- <dict> --><plist><dict>\
        <key>CommandUUID</key><string>C-1</string><key>List</key><array><dict><key>Status</key>\
        <string>Error</string></dict></array><key>Empty</key><string/><key>Data</key>\
        <data>AAAA</data><key>Status</key><string>Acknowledged</string>\
        <key>UDID</key><string>U-1</string></dict></plist><key>Status</key><string>Idle</string>";

    #[test]
    fn a_result_is_found_whatever_its_pieces() {
        let whole = scan_result(RESULT.as_bytes()).unwrap();
        for size in [1, 2, 3, 7, 64, 10_000] {
            let mut scanner = ResultScanner::new();
            for piece in RESULT.as_bytes().chunks(size) {
                scanner.feed(piece);
            }
            assert_eq!(scanner.finish().unwrap(), whole, "{size}");
        }
    }

    #[test]
    fn hostile_bytes_find_nothing_and_take_no_memory() {
        let endless = [b"<".as_slice(), &b"a".repeat(100_000)].concat();
        for bytes in [
            endless.as_slice(),
            b"bplist00\xd1\x01\x02",
            b"<plist><dict><key>Status</key><string>&lt;</string></dict></plist>",
            b"</a></a><plist>",
            b"",
        ] {
            let mut scanner = ResultScanner::new();
            scanner.feed(bytes);
            assert_eq!(scanner.finish(), None);
        }
    }
}
