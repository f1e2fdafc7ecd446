use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::MasterKey;
use crate::error::{Error, Result};
use crate::hash;

/// Bytes that sealing adds to a chunk.
pub const CHUNK_TAG_LEN: usize = 16;
/// Bytes of the salt that makes the key of one stream.
pub const CHUNK_SALT_LEN: usize = 32;

/// Seals or opens the chunks of one stream, in their order: AES-256-GCM under a key of this stream alone. The
/// number of a chunk and whether it is the last are part of the nonce, so that none can be left out, moved or
/// cut off.
pub struct Chunks {
    key: LessSafeKey,
    bound: Vec<u8>,
    next: u64,
    over: bool,
}

impl MasterKey {
    /// For a new stream, with a salt that no other has. `bound` is what lies before the chunks in the clear and
    /// must be as it was.
    pub fn chunks(&self, label: &str, salt: &[u8; CHUNK_SALT_LEN], bound: &[u8]) -> Result<Chunks> {
        let derived = Zeroizing::new(self.derive(label, salt));
        let key = UnboundKey::new(&AES_256_GCM, &derived).map_err(|_| Error::crypto("a key"))?;
        Ok(Chunks {
            key: LessSafeKey::new(key),
            bound: hash::sha256(bound).to_vec(),
            next: 0,
            over: false,
        })
    }
}

impl Chunks {
    /// Seals the next chunk in its place; nothing can follow the last one.
    pub fn seal(&mut self, chunk: &mut Vec<u8>, last: bool) -> Result<()> {
        let (nonce, aad) = self.step(last)?;
        self.key
            .seal_in_place_append_tag(nonce, aad, chunk)
            .map_err(|_| Error::crypto("sealing a chunk"))
    }

    /// Opens the next chunk in its place.
    pub fn open(&mut self, chunk: &mut Vec<u8>, last: bool) -> Result<()> {
        let (nonce, aad) = self.step(last)?;
        let length = self
            .key
            .open_in_place(nonce, aad, chunk)
            .map_err(|_| Error::BadSeal)?
            .len();
        chunk.truncate(length);
        Ok(())
    }

    fn step(&mut self, last: bool) -> Result<(Nonce, Aad<Vec<u8>>)> {
        if self.over {
            return Err(Error::BadSeal);
        }
        self.over = last;
        let mut nonce = [0; NONCE_LEN];
        let parts = [u8::from(last), 0, 0, 0];
        let bytes = parts.into_iter().chain(self.next.to_be_bytes());
        nonce
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = from);
        self.next = self.next.checked_add(1).ok_or(Error::BadSeal)?;
        Ok((
            Nonce::assume_unique_for_key(nonce),
            Aad::from(self.bound.clone()),
        ))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const SALT: [u8; CHUNK_SALT_LEN] = [7; CHUNK_SALT_LEN];

    fn sealed(key: &MasterKey) -> Vec<(Vec<u8>, bool)> {
        let mut chunks = key.chunks("test", &SALT, b"head").unwrap();
        let parts: [&[u8]; 3] = [b"first part", b"second part", b"the end"];
        let last = parts.len() - 1;
        let seal = |(at, part): (usize, &[u8])| {
            let mut chunk = part.to_vec();
            chunks.seal(&mut chunk, at == last).unwrap();
            (chunk, at == last)
        };
        parts.into_iter().enumerate().map(seal).collect()
    }

    fn opened(key: &MasterKey, head: &[u8], parts: &[(Vec<u8>, bool)]) -> Result<Vec<u8>> {
        let mut chunks = key.chunks("test", &SALT, head)?;
        let mut out = Vec::new();
        for (part, last) in parts {
            let mut chunk = part.clone();
            chunks.open(&mut chunk, *last)?;
            out.extend(chunk);
        }
        Ok(out)
    }

    #[test]
    fn chunks_open_in_their_order_only() {
        let key = MasterKey::generate(1);
        let parts = sealed(&key);
        let whole = opened(&key, b"head", &parts).unwrap();
        assert_eq!(whole, b"first partsecond partthe end");
        let swapped = [parts[1].clone(), parts[0].clone(), parts[2].clone()];
        let left_out = [parts[0].clone(), parts[2].clone()];
        let mut cut = parts[..2].to_vec();
        cut[1].1 = true;
        let mut longer = parts.clone();
        longer[2].1 = false;
        for wrong in [&swapped[..], &left_out, &cut, &longer] {
            assert_eq!(opened(&key, b"head", wrong), Err(Error::BadSeal));
        }
        assert_eq!(opened(&key, b"heap", &parts), Err(Error::BadSeal));
        let other = MasterKey::generate(1);
        assert_eq!(opened(&other, b"head", &parts), Err(Error::BadSeal));
    }

    #[test]
    fn nothing_follows_the_last_chunk() {
        let key = MasterKey::generate(1);
        let mut chunks = key.chunks("test", &SALT, b"").unwrap();
        chunks.seal(&mut b"end".to_vec(), true).unwrap();
        let more = chunks.seal(&mut b"more".to_vec(), false);
        assert_eq!(more, Err(Error::BadSeal));
    }

    #[test]
    fn streams_of_other_salts_and_labels_have_other_keys() {
        let key = MasterKey::generate(1);
        let one = |label: &str, salt: u8| {
            let mut chunk = b"the same".to_vec();
            let mut chunks = key.chunks(label, &[salt; CHUNK_SALT_LEN], b"").unwrap();
            chunks.seal(&mut chunk, true).unwrap();
            chunk
        };
        assert_ne!(one("a", 1), one("a", 2));
        assert_ne!(one("a", 1), one("b", 1));
        assert_eq!(one("a", 1), one("a", 1));
    }
}
