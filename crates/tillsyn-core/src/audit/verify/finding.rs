//! What a verification names.

use std::fmt;

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
    /// The hash at this position is not that of the given head.
    Head { position: i64 },
    /// The given head lies before the beginning of what was read.
    HeadBefore { position: i64, begins: i64 },
    /// The hash at this position is not the one that the server signed.
    Rewritten { position: i64 },
    /// What the server remembers of its last signed head is gone or was not sealed by its master key.
    Forgotten,
    /// The trail does not begin at a cut of the server's own: this is missing of it.
    Cut { position: i64, lacks: &'static str },
    /// A key that this server's master key did not seal.
    ForeignKey { authority_id: String },
    /// No good checkpoint covers these entries: the end of a file.
    Unsigned { from: i64, to: i64 },
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
            Self::HeadBefore { position, begins } => write!(
                f,
                "position {position}: the head that was given lies before the beginning ({begins}); it was \
                 not compared"
            ),
            Self::Rewritten { position } => write!(
                f,
                "position {position}: the server signed another hash here; the trail was rewritten"
            ),
            Self::Forgotten => write!(
                f,
                "what the server keeps of its last signed head is missing or not its own"
            ),
            Self::Cut { position, lacks } => write!(
                f,
                "position {position}: the trail begins here, but not by a cut of this server: {lacks}"
            ),
            Self::ForeignKey { authority_id } => write!(
                f,
                "authority {authority_id}: this key is none of the server's; what it signed does not count"
            ),
            Self::Unsigned { from, to } if from > to => write!(
                f,
                "unsigned: there is no entry here, and no checkpoint that says so"
            ),
            Self::Unsigned { from, to } => write!(
                f,
                "unsigned from position {from} to {to}: no good checkpoint covers these entries"
            ),
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
