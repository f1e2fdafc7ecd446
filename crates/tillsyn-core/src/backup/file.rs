//! The envelope: header, sealed chunks with their lengths, a length of zero, and the SHA-256 of all before it.

use std::io::{self, Read, Write};

use tillsyn_pki::hash::Sha256;
use tillsyn_pki::seal::{CHUNK_TAG_LEN, Chunks};

use super::fault::{damage, of_io};
use super::header::Header;
use crate::error::Error;
use crate::keys::KeyStore;

/// What the key of a file is derived for.
const LABEL: &str = "backup";
/// Plain bytes of one chunk.
pub(super) const CHUNK: usize = 64 * 1024;
/// The last line up to the digits.
const SUM: &str = "sha256 ";
const SUM_LEN: usize = SUM.len() + 64 + 1;

/// Seals what is written into it.
pub(super) struct Sealing<W> {
    out: W,
    hash: Sha256,
    chunks: Chunks,
    waiting: Vec<u8>,
    bytes: u64,
}

impl<W: Write> Sealing<W> {
    pub(super) fn begin(out: W, header: &Header, keys: &KeyStore) -> Result<Self, Error> {
        let lines = header.lines()?;
        let chunks = keys.current().chunks(LABEL, &header.salt()?, &lines)?;
        let mut sealing = Self {
            out,
            hash: Sha256::default(),
            chunks,
            waiting: Vec::with_capacity(CHUNK + CHUNK_TAG_LEN),
            bytes: 0,
        };
        sealing.emit(&lines).map_err(of_io)?;
        Ok(sealing)
    }

    fn emit(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        self.out.write_all(bytes)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let mut chunk = std::mem::take(&mut self.waiting);
        self.chunks
            .seal(&mut chunk, last)
            .map_err(io::Error::other)?;
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        self.emit(&length.to_be_bytes())?;
        self.emit(&chunk)?;
        chunk.clear();
        self.waiting = chunk;
        Ok(())
    }

    /// Writes the end; the size of the file and its SHA-256 up to its last line.
    pub(super) fn finish(mut self) -> io::Result<(W, u64, String)> {
        self.seal(true)?;
        self.emit(&[0; 4])?;
        let sum = self.hash.clone().finish_hex();
        self.emit(format!("{SUM}{sum}\n").as_bytes())?;
        self.out.flush()?;
        Ok((self.out, self.bytes, sum))
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only with more behind it is a full chunk known not to be the last.
        if self.waiting.len() == CHUNK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.waiting.len());
        let (now, _) = bytes.split_at(taken);
        self.waiting.extend_from_slice(now);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens what is read from it.
pub(super) struct Opening<R> {
    from: R,
    hash: Sha256,
    chunks: Chunks,
    plain: Vec<u8>,
    at: usize,
    /// Length of the next chunk; zero at the end.
    next: usize,
    bytes: u64,
    sum: Option<String>,
}

impl<R: Read> Opening<R> {
    /// Reads the header, and refuses a file for which no key is there.
    pub(super) fn begin(mut from: R, keys: &KeyStore) -> Result<(Self, Header), Error> {
        let (header, lines) = Header::read(&mut from)?;
        let (id, fingerprint) = (header.master_key_id, &header.master_key_fingerprint);
        let key = keys.of_fingerprint(id, fingerprint).ok_or_else(|| {
            Error::conflict(
                "backup_master_key",
                format!(
                    "The backup was made under another master key (id {id}, fingerprint {fingerprint}). Put the \
                     master key of that installation where keys.master_key_file or keys.master_key_command of \
                     this configuration takes it from."
                ),
            )
        })?;
        let chunks = key.chunks(LABEL, &header.salt()?, &lines)?;
        let mut hash = Sha256::default();
        hash.update(&lines);
        let mut opening = Self {
            from,
            hash,
            chunks,
            plain: Vec::new(),
            at: 0,
            next: 0,
            bytes: u64::try_from(lines.len()).unwrap_or_default(),
            sum: None,
        };
        opening.next = opening.length().map_err(of_io)?;
        Ok((opening, header))
    }

    fn take(&mut self, into: &mut [u8]) -> io::Result<()> {
        self.from.read_exact(into)?;
        self.hash.update(into);
        self.bytes += u64::try_from(into.len()).unwrap_or_default();
        Ok(())
    }

    fn length(&mut self) -> io::Result<usize> {
        let mut four = [0; 4];
        self.take(&mut four)?;
        usize::try_from(u32::from_be_bytes(four)).map_err(|_| damage())
    }

    fn chunk(&mut self) -> io::Result<()> {
        if self.next < CHUNK_TAG_LEN || self.next > CHUNK + CHUNK_TAG_LEN {
            return Err(damage());
        }
        let mut chunk = std::mem::take(&mut self.plain);
        chunk.resize(self.next, 0);
        self.take(&mut chunk)?;
        self.next = self.length()?;
        let last = self.next == 0;
        self.chunks.open(&mut chunk, last).map_err(|_| damage())?;
        self.plain = chunk;
        self.at = 0;
        if last {
            self.end()?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let sum = self.hash.clone().finish_hex();
        let mut line = [0; SUM_LEN];
        self.take(&mut line)?;
        let as_written = line.as_slice() == format!("{SUM}{sum}\n").as_bytes();
        if !as_written || self.from.read(&mut [0])? != 0 {
            return Err(damage());
        }
        self.sum = Some(sum);
        Ok(())
    }

    /// Reads what is left, which must be nothing; the size of the file and its SHA-256.
    pub(super) fn finish(mut self) -> io::Result<(u64, String)> {
        if io::copy(&mut self, &mut io::sink())? != 0 {
            return Err(damage());
        }
        let sum = self.sum.ok_or_else(damage)?;
        Ok((self.bytes, sum))
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() {
            if self.sum.is_some() {
                return Ok(0);
            }
            self.chunk()?;
        }
        let left = self.plain.get(self.at..).unwrap_or_default();
        let given = left.len().min(into.len());
        let (to, _) = into.split_at_mut(given);
        to.copy_from_slice(left.split_at(given).0);
        self.at += given;
        Ok(given)
    }
}
