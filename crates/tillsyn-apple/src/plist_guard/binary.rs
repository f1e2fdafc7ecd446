//! Limits of binary plists: trailer, offsets, cycles, sharing and depth, by following the
//! references without building anything.

use super::Limits;
use super::parse::BINARY_MAGIC;
use crate::WireError;

const TRAILER_LEN: usize = 32;

/// The parts of a binary plist whose trailer has been checked.
pub(super) struct Layout<'a> {
    bytes: &'a [u8],
    offset_size: usize,
    ref_size: usize,
    pub(super) objects: usize,
    pub(super) root: usize,
    /// Objects live in `8..table`.
    table: usize,
}

/// What stands at one offset.
pub(super) enum Object<'a> {
    /// A number, boolean or date.
    Scalar,
    /// Data or ASCII text.
    Bytes { bytes: &'a [u8], text: bool },
    /// UTF-16BE text.
    Utf16(&'a [u8]),
    /// References of an array, or keys followed by values of a dictionary.
    Children {
        refs: usize,
        count: usize,
        dict: bool,
    },
}

fn malformed(what: &'static str) -> WireError {
    WireError::malformed(what)
}

fn uint(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    let end = at.checked_add(size)?;
    let slice = bytes.get(at..end)?;
    Some(slice.iter().fold(0, |n, byte| (n << 8) | u64::from(*byte)))
}

impl<'a> Layout<'a> {
    pub(super) fn read(bytes: &'a [u8], limits: Limits) -> Result<Self, WireError> {
        let trailer = bytes
            .len()
            .checked_sub(TRAILER_LEN)
            .filter(|at| *at > BINARY_MAGIC.len())
            .ok_or_else(|| malformed("binary plist is too short"))?;
        let byte = |at: usize| uint(bytes, trailer.saturating_add(at), 1);
        let word = |at: usize| {
            uint(bytes, trailer.saturating_add(at), 8).and_then(|n| usize::try_from(n).ok())
        };
        let size = |at: usize| {
            byte(at)
                .and_then(|n| usize::try_from(n).ok())
                .filter(|n| matches!(n, 1 | 2 | 3 | 4 | 8))
        };
        let (Some(offset_size), Some(ref_size), Some(objects), Some(root), Some(table)) =
            (size(6), size(7), word(8), word(16), word(24))
        else {
            return Err(malformed("binary plist trailer"));
        };
        if objects > limits.elements {
            return Err(WireError::TooLarge {
                what: "plist objects",
                limit: limits.elements,
            });
        }
        let table_end = objects
            .checked_mul(offset_size)
            .and_then(|len| table.checked_add(len));
        if root >= objects
            || table <= BINARY_MAGIC.len()
            || table_end.is_none_or(|end| end > trailer)
        {
            return Err(malformed("binary plist trailer"));
        }
        let layout = Self {
            bytes,
            offset_size,
            ref_size,
            objects,
            root,
            table,
        };
        for index in 0..objects {
            layout.offset(index)?;
        }
        Ok(layout)
    }

    fn offset(&self, index: usize) -> Result<usize, WireError> {
        index
            .checked_mul(self.offset_size)
            .and_then(|at| at.checked_add(self.table))
            .and_then(|at| uint(self.bytes, at, self.offset_size))
            .and_then(|n| usize::try_from(n).ok())
            .filter(|at| (BINARY_MAGIC.len()..self.table).contains(at))
            .ok_or_else(|| malformed("binary plist offset"))
    }

    pub(super) fn reference(&self, refs: usize, nth: usize) -> Result<usize, WireError> {
        nth.checked_mul(self.ref_size)
            .and_then(|at| at.checked_add(refs))
            .and_then(|at| uint(self.bytes, at, self.ref_size))
            .and_then(|n| usize::try_from(n).ok())
            .filter(|index| *index < self.objects)
            .ok_or_else(|| malformed("binary plist reference"))
    }

    pub(super) fn object(&self, index: usize) -> Result<Object<'a>, WireError> {
        let at = self.offset(index)?;
        let marker = uint(self.bytes, at, 1).unwrap_or(0);
        let low = marker & 0x0f;
        let start = at.saturating_add(1);
        match marker >> 4 {
            0x0 if matches!(low, 8 | 9) => Ok(Object::Scalar),
            0x1 if low <= 4 => self.span(start, 1 << low).map(|_| Object::Scalar),
            0x2 if matches!(low, 2 | 3) => self.span(start, 1 << low).map(|_| Object::Scalar),
            0x3 if low == 3 => self.span(start, 8).map(|_| Object::Scalar),
            kind @ (0x4 | 0x5 | 0x6 | 0xa | 0xd) => {
                let (start, count) = self.count(start, low)?;
                match kind {
                    0x6 => {
                        let len = count.saturating_mul(2);
                        Ok(Object::Utf16(self.span(start, len)?))
                    }
                    0xa | 0xd => {
                        let dict = kind == 0xd;
                        let count = if dict { count.saturating_mul(2) } else { count };
                        self.span(start, count.saturating_mul(self.ref_size))?;
                        Ok(Object::Children {
                            refs: start,
                            count,
                            dict,
                        })
                    }
                    _ => Ok(Object::Bytes {
                        bytes: self.span(start, count)?,
                        text: kind == 0x5,
                    }),
                }
            }
            _ => Err(WireError::unsupported("binary plist object type")),
        }
    }

    /// The bytes of an object, which must end before the offset table.
    fn span(&self, start: usize, len: usize) -> Result<&'a [u8], WireError> {
        start
            .checked_add(len)
            .filter(|end| *end <= self.table)
            .and_then(|end| self.bytes.get(start..end))
            .ok_or_else(|| malformed("binary plist object is cut off"))
    }

    /// Where the content starts and how many items it has.
    fn count(&self, start: usize, low: u64) -> Result<(usize, usize), WireError> {
        let cut = || malformed("binary plist count");
        if low < 0x0f {
            return Ok((start, usize::try_from(low).map_err(|_| cut())?));
        }
        let marker = uint(self.bytes, start, 1).ok_or_else(cut)?;
        if !(0x10..=0x13).contains(&marker) {
            return Err(cut());
        }
        let size = 1_usize << (marker & 0x03);
        let digits = start.saturating_add(1);
        self.span(digits, size)?;
        let count = uint(self.bytes, digits, size)
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(cut)?;
        Ok((digits.saturating_add(size), count))
    }
}

struct Frame {
    index: usize,
    refs: usize,
    count: usize,
    next: usize,
}

pub(super) fn check(bytes: &[u8], limits: Limits) -> Result<(), WireError> {
    let layout = Layout::read(bytes, limits)?;
    let mut on_path = vec![false; layout.objects];
    let mut path: Vec<Frame> = Vec::new();
    let mut visited = 0_usize;
    let mut expanded = 0_usize;
    let mut next = Some(layout.root);
    loop {
        let index = if let Some(index) = next.take() {
            index
        } else {
            let Some(frame) = path.last_mut() else {
                return Ok(());
            };
            if frame.next == frame.count {
                if let Some(flag) = on_path.get_mut(frame.index) {
                    *flag = false;
                }
                path.pop();
                continue;
            }
            let child = layout.reference(frame.refs, frame.next)?;
            frame.next = frame.next.saturating_add(1);
            child
        };
        visited = visited.saturating_add(1);
        if visited > limits.elements {
            return Err(WireError::TooLarge {
                what: "plist objects",
                limit: limits.elements,
            });
        }
        match layout.object(index)? {
            Object::Scalar => {}
            Object::Bytes { bytes, .. } | Object::Utf16(bytes) => {
                expanded = expanded.saturating_add(bytes.len());
                if expanded > limits.bytes {
                    return Err(WireError::TooLarge {
                        what: "plist bytes",
                        limit: limits.bytes,
                    });
                }
            }
            Object::Children { refs, count, .. } => {
                let flag = on_path
                    .get_mut(index)
                    .ok_or_else(|| malformed("binary plist reference"))?;
                if *flag {
                    return Err(malformed("binary plist contains itself"));
                }
                *flag = true;
                if path.len() >= limits.depth {
                    return Err(WireError::TooLarge {
                        what: "nesting",
                        limit: limits.depth,
                    });
                }
                // Every child is visited later, so a huge count fails before it is allocated.
                if count > limits.elements.saturating_sub(visited) {
                    return Err(WireError::TooLarge {
                        what: "plist objects",
                        limit: limits.elements,
                    });
                }
                path.push(Frame {
                    index,
                    refs,
                    count,
                    next: 0,
                });
            }
        }
    }
}

/// A short text object as a string.
pub(super) fn binary_text(object: &Object<'_>, max_len: usize) -> Option<String> {
    match object {
        Object::Bytes { bytes, text: true } if bytes.len() <= max_len => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        Object::Utf16(bytes) if bytes.len() <= max_len => {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .filter_map(|pair| uint(pair, 0, 2).and_then(|n| u16::try_from(n).ok()))
                .collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}
