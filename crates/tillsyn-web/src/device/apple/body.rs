//! Taking a body in: bounded in memory and in time (security S21).

use std::ops::Deref;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tillsyn_apple::plist_guard::{ResultScanner, ScannedResult};
use tillsyn_core::platform::apple::StreamedBody;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// A body may be silent for so long before it has to make progress.
const GRACE: Duration = Duration::from_secs(10);
/// Then at least so many bytes a second, all in all.
const RATE: u64 = 1024;
/// What is looked at beyond the limit, at most. Nothing of it is kept.
const OVERSIZE_LIMIT: u64 = 512 * 1024 * 1024;

/// Of every body so much is kept without asking for room.
const FREE: usize = 1024 * 1024;
/// What all bodies together may hold beyond that, in KiB. Whoever has a certificate of ours, its key or not, can
/// begin a body.
static ROOM: Semaphore = Semaphore::const_new(512 * 1024);

/// A body that came in.
pub(super) enum Taken {
    Whole(Kept),
    /// Larger than the limit: what a bounded scan found, and the digest for its signature.
    Oversize {
        scanned: Option<Box<ScannedResult>>,
        hashed: Option<StreamedBody>,
        size: u64,
    },
}

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    TooLarge,
    TooSlow,
    /// The peer went away.
    Broken,
    /// Other bodies have the room.
    Full,
}

/// A body that is kept, with the room it takes until it is dropped.
pub(super) struct Kept {
    bytes: Vec<u8>,
    taken: Option<SemaphorePermit<'static>>,
}

impl Kept {
    fn new() -> Self {
        Self {
            bytes: Vec::new(),
            taken: None,
        }
    }

    fn push(&mut self, piece: &[u8], room: &'static Semaphore) -> Result<(), NotTaken> {
        let beyond = (self.bytes.len() + piece.len()).saturating_sub(FREE);
        let taken = self.taken.as_ref().map_or(0, SemaphorePermit::num_permits);
        let wanted = beyond.div_ceil(1024).saturating_sub(taken);
        if wanted > 0 {
            let wanted = u32::try_from(wanted).map_err(|_| NotTaken::Full)?;
            let more = room.try_acquire_many(wanted).map_err(|_| NotTaken::Full)?;
            match &mut self.taken {
                Some(taken) => taken.merge(more),
                None => self.taken = Some(more),
            }
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }
}

impl Deref for Kept {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What says by itself that it is too large is not waited for.
fn refuse_beyond(body: &Body, limit: u64) -> Result<(), NotTaken> {
    if body.size_hint().lower() > limit {
        return Err(NotTaken::TooLarge);
    }
    Ok(())
}

/// Reads a body of at most `limit` bytes; a larger one is an error.
pub(super) async fn whole(body: Body, limit: usize) -> Result<Kept, NotTaken> {
    refuse_beyond(&body, u64::try_from(limit).unwrap_or(u64::MAX))?;
    let mut reader = Reader::new(body);
    let mut kept = Kept::new();
    while let Some(piece) = reader.next().await? {
        if kept.len() + piece.len() > limit {
            return Err(NotTaken::TooLarge);
        }
        kept.push(&piece, &ROOM)?;
    }
    Ok(kept)
}

/// Reads a body; of one beyond `limit` only what a scan finds is kept, and its digest when `hashed` is there.
pub(super) async fn whole_or_scanned(
    body: Body,
    limit: usize,
    hashed: impl FnOnce() -> Option<StreamedBody>,
) -> Result<Taken, NotTaken> {
    refuse_beyond(&body, OVERSIZE_LIMIT)?;
    let mut reader = Reader::new(body);
    let mut kept = Kept::new();
    let mut over = loop {
        match reader.next().await? {
            None => return Ok(Taken::Whole(kept)),
            Some(piece) if kept.len() + piece.len() > limit => break piece,
            Some(piece) => kept.push(&piece, &ROOM)?,
        }
    };
    let (mut scanner, mut hashed) = (ResultScanner::new(), hashed());
    let mut look = |bytes: &[u8]| {
        scanner.feed(bytes);
        if let Some(hashed) = &mut hashed {
            hashed.update(bytes);
        }
    };
    look(&kept);
    drop(kept);
    loop {
        look(&over);
        match reader.next().await? {
            None => break,
            Some(_) if reader.size > OVERSIZE_LIMIT => return Err(NotTaken::TooLarge),
            Some(piece) => over = piece,
        }
    }
    Ok(Taken::Oversize {
        scanned: scanner.finish().map(Box::new),
        hashed,
        size: reader.size,
    })
}

/// How long after its begin a body may still be silent, with this much of it here.
fn patience(size: u64) -> Duration {
    GRACE + Duration::from_secs(size / RATE)
}

struct Reader {
    stream: BodyDataStream,
    begun: Instant,
    size: u64,
}

impl Reader {
    fn new(body: Body) -> Self {
        Self {
            stream: body.into_data_stream(),
            begun: Instant::now(),
            size: 0,
        }
    }

    async fn next(&mut self) -> Result<Option<Bytes>, NotTaken> {
        let until = self.begun + patience(self.size);
        match tokio::time::timeout_at(until, self.stream.next()).await {
            Err(_) => Err(NotTaken::TooSlow),
            Ok(None) => Ok(None),
            Ok(Some(Err(_))) => Err(NotTaken::Broken),
            Ok(Some(Ok(piece))) => {
                self.size = self
                    .size
                    .saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                Ok(Some(piece))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use super::*;

    fn pieces(count: usize) -> Body {
        let stream = futures_util::stream::unfold(0, move |n| async move {
            (n < count).then(|| {
                (
                    Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 100])),
                    n + 1,
                )
            })
        });
        Body::from_stream(stream)
    }

    #[test]
    fn a_body_has_to_make_progress() {
        assert_eq!(patience(0), Duration::from_secs(10));
        assert_eq!(patience(1_023), Duration::from_secs(10));
        assert_eq!(patience(60 * 1_024), Duration::from_secs(70));
    }

    #[tokio::test]
    async fn beyond_the_limit_nothing_is_kept() {
        let body = || pieces(100);
        assert_eq!(whole(body(), 9_999).await.err(), Some(NotTaken::TooLarge));
        assert!(whole(body(), 10_000).await.is_ok());
        let taken = whole_or_scanned(body(), 500, || None).await.expect("taken");
        assert!(matches!(taken, Taken::Oversize { size: 10_000, .. }));
        let taken = whole_or_scanned(body(), 10_000, || None)
            .await
            .expect("taken");
        assert!(matches!(taken, Taken::Whole(bytes) if bytes.len() == 10_000));
    }

    #[test]
    fn bodies_share_their_room_and_give_it_back() {
        static SMALL: Semaphore = Semaphore::const_new(4);
        let mut first = Kept::new();
        first.push(&vec![0; FREE], &SMALL).expect("free");
        assert_eq!(SMALL.available_permits(), 4);
        first.push(&[0; 1], &SMALL).expect("room");
        first.push(&[0; 1_023], &SMALL).expect("the same KiB");
        first.push(&[0; 1_025], &SMALL).expect("room");
        assert_eq!(SMALL.available_permits(), 1);
        let mut second = Kept::new();
        let beyond = vec![0; FREE + 1_025];
        assert_eq!(second.push(&beyond, &SMALL), Err(NotTaken::Full));
        second.push(&vec![0; FREE], &SMALL).expect("free");
        drop(first);
        assert_eq!(SMALL.available_permits(), 4);
        second
            .push(&beyond, &SMALL)
            .expect_err("more than there is");
        second.push(&[0; 4_096], &SMALL).expect("all of it");
        drop(second);
        assert_eq!(SMALL.available_permits(), 4);
    }
}
