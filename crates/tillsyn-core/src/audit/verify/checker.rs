//! Follows a chain from entry to entry and names what does not fit. Knows no database and no clock.

use tillsyn_pki::hash;
use tillsyn_pki::key::PublicKey;

use super::finding::Finding;
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

/// What a verification found.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Verdict {
    /// The position before the first entry.
    pub after: i64,
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

/// A hash that is known of a position from elsewhere.
struct Head {
    position: i64,
    hash: String,
    /// By whoever asks; else the server remembers that it signed it.
    given: bool,
}

impl Head {
    fn differs(&self) -> Finding {
        let position = self.position;
        if self.given {
            Finding::Head { position }
        } else {
            Finding::Rewritten { position }
        }
    }
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
    /// What is known of positions that have not come yet.
    heads: Vec<Head>,
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
            heads: Vec::new(),
            verdict: Verdict {
                after: start.position,
                ..Verdict::default()
            },
        }
    }

    /// A head that somebody kept elsewhere: the entry at that position is to have that hash. Before the
    /// first entry.
    pub fn expect_given(&mut self, head: &(i64, String)) {
        self.expect(head, true);
    }

    /// The same of a head that the server remembers to have signed.
    pub(crate) fn expect_signed(&mut self, head: &(i64, String)) {
        self.expect(head, false);
    }

    fn expect(&mut self, (position, hash): &(i64, String), given: bool) {
        let head = Head {
            position: *position,
            hash: hash.clone(),
            given,
        };
        let begins = self.position;
        if head.position > begins {
            self.heads.push(head);
        } else if head.position < begins && given {
            let position = head.position;
            self.note(Finding::HeadBefore { position, begins });
        } else if head.position < begins || head.hash != self.hash {
            self.note(head.differs());
        }
    }

    /// What is known of positions up to this one, which has this hash.
    fn compare(&mut self, position: i64, hash: &str) {
        if self.heads.iter().all(|head| head.position > position) {
            return;
        }
        for head in std::mem::take(&mut self.heads) {
            if head.position > position {
                self.heads.push(head);
            } else if head.position < position || head.hash != hash {
                self.note(head.differs());
            }
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
        self.compare(position, &entry.hash);
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

    /// A good checkpoint is to stand at the end.
    pub(crate) fn expect_signed_end(&mut self) {
        let signed = self.verdict.checkpoint;
        if signed != Some(self.position) {
            let from = signed.unwrap_or(self.verdict.after) + 1;
            let to = self.position;
            self.note(Finding::Unsigned { from, to });
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

    /// Everything was seen.
    pub fn finish(mut self, unsealed: i64) -> Verdict {
        let ends = self.position;
        let known = self.heads.iter().map(|head| head.position);
        if let Some(head) = known.chain(self.ahead.iter().copied()).max() {
            self.note(Finding::Truncated { ends, head });
        }
        self.verdict.position = self.position;
        self.verdict.hash = self.hash;
        self.verdict.unsealed = unsealed;
        self.verdict
    }
}
