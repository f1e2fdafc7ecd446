//! From one transaction that reads into another that writes, without a file between them.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

const BLOCK: usize = 64 * 1024;
/// Blocks between the two: whoever is quicker waits.
const BLOCKS: usize = 16;

pub(super) struct Sender {
    to: SyncSender<Vec<u8>>,
    waiting: Vec<u8>,
}

pub(super) struct Taker {
    from: Receiver<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
}

pub(super) fn pipe() -> (Sender, Taker) {
    let (to, from) = sync_channel(BLOCKS);
    let sender = Sender {
        to,
        waiting: Vec::with_capacity(BLOCK),
    };
    let taker = Taker {
        from,
        block: Vec::new(),
        at: 0,
    };
    (sender, taker)
}

impl Write for Sender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= BLOCK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let block = std::mem::take(&mut self.waiting);
        // The other end may need this very thread to go on.
        tokio::task::block_in_place(|| self.to.send(block))
            .map_err(|_| ErrorKind::BrokenPipe.into())
    }
}

impl Read for Taker {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.block.len() {
            let Ok(block) = tokio::task::block_in_place(|| self.from.recv()) else {
                return Ok(0);
            };
            self.block = block;
            self.at = 0;
        }
        let left = self.block.get(self.at..).unwrap_or_default();
        let given = left.len().min(into.len());
        let (to, _) = into.split_at_mut(given);
        to.copy_from_slice(left.split_at(given).0);
        self.at += given;
        Ok(given)
    }
}
