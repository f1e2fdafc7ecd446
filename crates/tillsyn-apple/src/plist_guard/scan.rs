//! Finds status, command and sender of a result that is beyond the limits.

use super::Limits;
use super::binary::{Layout, Object, binary_text};
use super::parse::BINARY_MAGIC;
use crate::checkin::Ids;
use crate::ids::{CommandUuid, EnrollmentIdApple, EnrollmentUserId, Udid, UserId};
use crate::result::Status;

/// What could be learned about an unreadable result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedResult {
    pub status: Status,
    pub command_uuid: Option<CommandUuid>,
    pub ids: Ids,
}

/// Longest value that is looked at.
pub(super) const MAX_VALUE: usize = 255;
/// Most top-level keys of a binary result that are looked at.
const MAX_KEYS: usize = 1_000;

/// Looks only at the top-level keys, in one pass, without a tree and without recursion, so
/// neither size nor nesting matters. `None` when no known `Status` is found: then the bytes are
/// not a result. The caller has bounded the size of `bytes`.
pub fn scan_result(bytes: &[u8]) -> Option<ScannedResult> {
    let mut found = Found::default();
    if bytes.starts_with(BINARY_MAGIC) {
        scan_binary(bytes, &mut found);
    } else {
        scan_xml(bytes, &mut found);
    }
    found.finish()
}

#[derive(Default)]
pub(super) struct Found {
    status: Option<Status>,
    command_uuid: Option<CommandUuid>,
    ids: Ids,
}

impl Found {
    pub(super) fn take(&mut self, key: &str, value: &str) {
        match key {
            "Status" => self.status = value.parse().ok(),
            "CommandUUID" => self.command_uuid = CommandUuid::new(value).ok(),
            "UDID" => self.ids.udid = Udid::new(value).ok(),
            "EnrollmentID" => self.ids.enrollment_id = EnrollmentIdApple::new(value).ok(),
            "UserID" => self.ids.user_id = UserId::new(value).ok(),
            "EnrollmentUserID" => {
                self.ids.enrollment_user_id = EnrollmentUserId::new(value).ok();
            }
            "UserShortName" => {
                self.ids.user_short_name = Some(value.to_owned()).filter(|name| !name.is_empty());
            }
            _ => {}
        }
    }

    pub(super) fn finish(self) -> Option<ScannedResult> {
        Some(ScannedResult {
            status: self.status?,
            command_uuid: self.command_uuid,
            ids: self.ids,
        })
    }
}

fn scan_binary(bytes: &[u8], found: &mut Found) {
    let limits = Limits {
        bytes: usize::MAX,
        // The offset table alone bounds the objects: each has at least one byte there.
        elements: bytes.len(),
        depth: 1,
    };
    let Ok(layout) = Layout::read(bytes, limits) else {
        return;
    };
    let Ok(Object::Children {
        refs,
        count,
        dict: true,
    }) = layout.object(layout.root)
    else {
        return;
    };
    let keys = count / 2;
    let text = |nth: usize| {
        let index = layout.reference(refs, nth).ok()?;
        binary_text(&layout.object(index).ok()?, MAX_VALUE)
    };
    for nth in 0..keys.min(MAX_KEYS) {
        if let (Some(key), Some(value)) = (text(nth), text(nth.saturating_add(keys))) {
            found.take(&key, &value);
        }
    }
}

/// Walks the tags with a depth counter. Malformed or cut-off text ends the walk; what was found
/// until then counts.
fn scan_xml(bytes: &[u8], found: &mut Found) {
    let mut rest = bytes;
    let mut depth = 0_usize;
    let mut key: Option<String> = None;
    while let Some((_, tag, after)) = next_tag(rest) {
        rest = after;
        match tag {
            Tag::Open(name) => {
                depth = depth.saturating_add(1);
                // `plist` is 1, `dict` 2, its keys and values 3.
                if depth == 3 {
                    let leaf = matches!(name, b"key" | b"string");
                    let value = leaf.then(|| leaf_text(rest)).flatten();
                    if name == b"key" {
                        key = value;
                    } else if let (Some(key), Some(value)) = (key.take(), value) {
                        found.take(&key, &value);
                    }
                }
            }
            Tag::Close => {
                depth = depth.saturating_sub(1);
                // The root dictionary is over; what follows is not ours.
                if depth < 2 {
                    return;
                }
            }
            Tag::Empty => {
                if depth == 2 {
                    key = None;
                }
            }
            Tag::Other => {}
        }
    }
}

enum Tag<'a> {
    Open(&'a [u8]),
    Close,
    Empty,
    Other,
}

/// The text before the next tag, the tag, and what follows it.
fn next_tag(bytes: &[u8]) -> Option<(&[u8], Tag<'_>, &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b'<')?;
    let (before, rest) = bytes.split_at_checked(at)?;
    for (open, close) in [
        (&b"<!--"[..], &b"-->"[..]),
        (b"<![CDATA[", b"]]>"),
        (b"<?", b"?>"),
    ] {
        if let Some(inner) = rest.strip_prefix(open) {
            let end = find(inner, close)?.checked_add(close.len())?;
            return Some((before, Tag::Other, inner.get(end..)?));
        }
    }
    let end = rest.iter().position(|byte| *byte == b'>')?;
    let inner = rest.get(1..end)?;
    let after = rest.get(end.checked_add(1)?..)?;
    let tag = match inner.first() {
        Some(b'!') => Tag::Other,
        Some(b'/') => Tag::Close,
        _ if inner.last() == Some(&b'/') => Tag::Empty,
        _ => Tag::Open(
            inner
                .split(u8::is_ascii_whitespace)
                .next()
                .unwrap_or_default(),
        ),
    };
    Some((before, tag, after))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

/// The text of a leaf whose start tag has just been read. The values looked for hold no entities.
fn leaf_text(rest: &[u8]) -> Option<String> {
    let text = rest.split(|byte| *byte == b'<').next()?;
    let text = text.get(..text.len().min(MAX_VALUE.saturating_add(1)))?;
    let text = std::str::from_utf8(text).ok()?;
    (text.len() <= MAX_VALUE && !text.contains('&')).then(|| text.to_owned())
}
