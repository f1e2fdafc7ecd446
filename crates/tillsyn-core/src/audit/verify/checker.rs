//! Follows a chain from entry to entry and names what does not fit. Knows no database and no clock.

use std::fmt;

use tillsyn_pki::hash;
use tillsyn_pki::key::PublicKey;

use crate::audit::chain::{Checkpoint, GENESIS, Record, link};
use crate::audit::identity;

/// What an entry stands for.
#[derive(Clone, Debug)]
pub enum Body {
    Event(Box<Record>),
    /// Only the digest, in hex: the event is not for the reader.
    Digest(String),
    /// The event is gone.
    Gone,
}

/// One entry as found.
#[derive(Clone, Debug)]
pub struct Entry {
    pub position: i64,
    pub hash: String,
    pub body: Body,
    /// Salt and address beside the event, where they are still held.
    pub identity: Option<(String, String)>,
}

/// Where the chain begins: at its beginning, at a cut of retention, or in the middle of an export.
#[derive(Clone, Debug)]
pub struct Start {
    pub position: i64,
    pub hash: String,
    /// Position of the checkpoint before the next one, if it is known.
    pub checkpoint: Option<i64>,
}

impl Start {
    pub fn beginning() -> Self {
        Self::cut(0, GENESIS.to_owned())
    }

    /// Retention cuts at checkpoints.
    pub fn cut(position: i64, hash: String) -> Self {
        Self {
            position,
            hash,
            checkpoint: Some(position),
        }
    }
}

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// The content is not what was sealed at this position: changed, moved or put in.
    Changed { position: i64, event_id: String },
    /// These positions are not there.
    Missing { from: i64, to: i64 },
    /// The position comes again or too late.
    OutOfOrder { position: i64, event_id: String },
    /// The entry is there, its event is not.
    EventGone { position: i64 },
    /// The address beside the event is not the one that was recorded.
    Address { position: i64, event_id: String },
    /// No key that is trusted signed this checkpoint as it is.
    Signature { position: i64 },
    /// A good signature says another hash of this position.
    Forked { position: i64 },
    /// There was a checkpoint between these two.
    CheckpointMissing { after: i64, before: i64 },
    /// A checkpoint stands where its position is not.
    CheckpointMoved { position: i64 },
    /// The chain ends before a signed or given head.
    Truncated { ends: i64, head: i64 },
    /// The end is not the given head.
    Head { position: i64 },
    /// Never sealed, although later ones are.
    NotSealed { event_id: String },
    /// A line that is none of the format.
    Unreadable { line: i64 },
    /// The file has another certificate than those that are trusted.
    Certificate { line: i64 },
    /// The file has no end.
    NoEnd { ends: i64 },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { position, event_id } => write!(
                f,
                "position {position}: event {event_id} is not what was sealed here (changed, moved or put in)"
            ),
            Self::Missing { from, to } if from == to => {
                write!(f, "position {from}: the entry is missing")
            }
            Self::Missing { from, to } => {
                write!(f, "positions {from} to {to}: the entries are missing")
            }
            Self::OutOfOrder { position, event_id } => write!(
                f,
                "position {position}: event {event_id} comes again or out of order"
            ),
            Self::EventGone { position } => {
                write!(f, "position {position}: the event was removed")
            }
            Self::Address { position, event_id } => write!(
                f,
                "position {position}: the address of event {event_id} is not the recorded one"
            ),
            Self::Signature { position } => write!(
                f,
                "position {position}: the checkpoint is not signed by a trusted key"
            ),
            Self::Forked { position } => write!(
                f,
                "position {position}: the checkpoint signs another hash; the entries up to it were rewritten"
            ),
            Self::CheckpointMissing { after, before } => write!(
                f,
                "position {before}: a checkpoint between {after} and {before} is missing"
            ),
            Self::CheckpointMoved { position } => write!(
                f,
                "position {position}: the checkpoint does not stand at its entry"
            ),
            Self::Truncated { ends, head } => write!(
                f,
                "position {ends}: the trail ends here, but its head was {head}"
            ),
            Self::Head { position } => {
                write!(
                    f,
                    "position {position}: this is not the head that was given"
                )
            }
            Self::NotSealed { event_id } => {
                write!(
                    f,
                    "event {event_id} was never sealed, although later ones are"
                )
            }
            Self::Unreadable { line } => write!(f, "line {line} cannot be read"),
            Self::Certificate { line } => {
                write!(f, "line {line}: this certificate is not one of the trusted")
            }
            Self::NoEnd { ends } => {
                write!(
                    f,
                    "position {ends}: the file ends here without its last line"
                )
            }
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Verdict {
    /// Entries looked at.
    pub entries: i64,
    /// The last of them.
    pub position: i64,
    pub hash: String,
    /// Position and time of the last good checkpoint.
    pub checkpoint: Option<i64>,
    pub checkpoint_at: Option<i64>,
    /// Events that are not in the chain yet.
    pub unsealed: i64,
    pub findings: Vec<Finding>,
    /// Findings beyond those listed.
    pub more: usize,
}

impl Verdict {
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Findings that are listed; a trail that is broken from the beginning would have millions.
const LISTED: usize = 1_000;

/// Lower-case hex of 32 bytes.
fn digest_of(text: &str) -> Option<[u8; 32]> {
    let bytes: [u8; 32] = hash::from_hex(text)?.try_into().ok()?;
    (hash::hex(&bytes) == text).then_some(bytes)
}

/// Follows one chain.
pub struct Checker {
    keys: Vec<(Option<String>, PublicKey)>,
    position: i64,
    hash: String,
    /// Position of the last checkpoint, if one was met or the start knew it.
    last: Option<i64>,
    /// Checkpoints of positions that have not come yet.
    ahead: Vec<i64>,
    verdict: Verdict,
}

impl Checker {
    /// Trusts these keys; a key with an id signs only under it.
    pub fn new(start: Start, keys: Vec<(Option<String>, PublicKey)>) -> Self {
        Self {
            keys,
            position: start.position,
            hash: start.hash,
            last: start.checkpoint,
            ahead: Vec::new(),
            verdict: Verdict::default(),
        }
    }

    /// Notes something that the reader of the chain found.
    pub fn note(&mut self, finding: Finding) {
        if self.verdict.findings.len() < LISTED {
            self.verdict.findings.push(finding);
        } else {
            self.verdict.more += 1;
        }
    }

    /// The next entry. What does not fit is named once; what follows is measured against what stands there.
    pub fn entry(&mut self, entry: Entry) {
        self.verdict.entries += 1;
        for position in std::mem::take(&mut self.ahead) {
            self.note(Finding::CheckpointMoved { position });
        }
        let position = entry.position;
        let event_id = match &entry.body {
            Body::Event(record) => record.id.clone(),
            Body::Digest(_) | Body::Gone => String::new(),
        };
        if position <= self.position {
            self.note(Finding::OutOfOrder { position, event_id });
            return;
        }
        let expected = self.position + 1;
        if position > expected {
            let to = position - 1;
            self.note(Finding::Missing { from: expected, to });
        }
        let digest = match &entry.body {
            Body::Event(record) => Some(record.digest()),
            Body::Digest(text) => digest_of(text),
            Body::Gone => None,
        };
        if matches!(entry.body, Body::Gone) {
            self.note(Finding::EventGone { position });
        } else if position == expected {
            let right = digest.and_then(|digest| link(&self.hash, &digest));
            if right.as_deref() != Some(entry.hash.as_str()) {
                let event_id = event_id.clone();
                self.note(Finding::Changed { position, event_id });
            }
        }
        if let Body::Event(record) = &entry.body
            && let Some((salt, address)) = &entry.identity
            && record.address_hash.as_deref() != Some(identity::hash(salt, address).as_str())
        {
            self.note(Finding::Address { position, event_id });
        }
        self.position = position;
        self.hash = entry.hash;
    }

    /// A checkpoint, behind the entry that it signs.
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        let position = checkpoint.position;
        let signed = self.keys.iter().any(|(id, key)| {
            id.as_ref().is_none_or(|id| *id == checkpoint.authority_id)
                && checkpoint.is_signed_by(key)
        });
        if !signed {
            self.note(Finding::Signature { position });
            // Nothing that it says counts, except that there was one.
            self.last = None;
            return;
        }
        if position < self.position {
            self.note(Finding::CheckpointMoved { position });
            return;
        }
        if let Some(last) = self.last
            && last != checkpoint.previous
        {
            self.note(Finding::CheckpointMissing {
                after: last,
                before: position,
            });
        }
        self.last = Some(position);
        if position > self.position {
            self.ahead.push(position);
            return;
        }
        if checkpoint.hash != self.hash {
            self.note(Finding::Forked { position });
            return;
        }
        self.verdict.checkpoint = Some(position);
        self.verdict.checkpoint_at = Some(checkpoint.created_at);
    }

    /// The last checkpoint is to be at `position` (0 for none).
    pub(crate) fn expect_checkpoint(&mut self, position: i64) {
        let after = self.verdict.checkpoint.unwrap_or(0);
        if after != position {
            let before = position;
            self.note(Finding::CheckpointMissing { after, before });
        }
    }

    /// There is to be a checkpoint at `position` or behind it.
    pub(crate) fn expect_checkpoint_at_least(&mut self, position: i64) {
        if self.verdict.checkpoint.unwrap_or(0) < position {
            self.expect_checkpoint(position);
        }
    }

    /// The chain is to reach `head` at least.
    pub(crate) fn expect_head(&mut self, head: i64) {
        let ends = self.position;
        if ends < head {
            self.note(Finding::Truncated { ends, head });
        }
    }

    /// The last position and hash so far.
    pub fn head(&self) -> (i64, &str) {
        (self.position, &self.hash)
    }

    /// Everything was seen. `head` is what somebody kept elsewhere: position and hash.
    pub fn finish(mut self, head: Option<&(i64, String)>, unsealed: i64) -> Verdict {
        let ends = self.position;
        if let Some(head) = self.ahead.iter().copied().max() {
            self.note(Finding::Truncated { ends, head });
        }
        if let Some((position, hash)) = head {
            self.expect_head(*position);
            if *position == ends && *hash != self.hash {
                self.note(Finding::Head { position: ends });
            }
        }
        self.verdict.position = self.position;
        self.verdict.hash = self.hash;
        self.verdict.unsealed = unsealed;
        self.verdict
    }
}
