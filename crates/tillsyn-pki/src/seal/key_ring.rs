use zeroize::Zeroizing;

use super::{MasterKey, key_id};
use crate::error::{Error, Result};

/// All versions of the master key that are loaded; the one with the highest id seals.
#[derive(Debug, Clone)]
pub struct KeyRing {
    newest: MasterKey,
    older: Vec<MasterKey>,
}

impl KeyRing {
    pub fn new(key: MasterKey) -> Self {
        Self {
            newest: key,
            older: Vec::new(),
        }
    }

    /// From a text with one key a line; empty lines and lines that begin with `#` are passed
    /// over.
    pub fn from_text(text: &str) -> Result<Self> {
        let mut ring: Option<Self> = None;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = MasterKey::from_text(line)?;
            match &mut ring {
                None => ring = Some(Self::new(key)),
                Some(ring) => ring.add(key)?,
            }
        }
        ring.ok_or(Error::malformed("master key"))
    }

    /// Adds a version; two versions cannot have one id.
    pub fn add(&mut self, key: MasterKey) -> Result<()> {
        if self.key(key.id()).is_some() {
            return Err(Error::malformed("master keys: one id twice"));
        }
        if self.older.len() >= MAX_KEYS {
            return Err(Error::TooLarge {
                what: "number of master keys",
                limit: MAX_KEYS,
            });
        }
        if key.id() > self.newest.id() {
            self.older.push(std::mem::replace(&mut self.newest, key));
        } else {
            self.older.push(key);
        }
        Ok(())
    }

    /// The version that seals.
    pub fn newest(&self) -> &MasterKey {
        &self.newest
    }

    pub fn key(&self, id: u32) -> Option<&MasterKey> {
        std::iter::once(&self.newest)
            .chain(&self.older)
            .find(|key| key.id() == id)
    }

    /// All versions, newest first.
    pub fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    pub fn seal(&self, plain: &[u8], table: &str, column: &str, row: &str) -> Vec<u8> {
        self.newest.seal(plain, table, column, row)
    }

    pub fn open(
        &self,
        sealed: &[u8],
        table: &str,
        column: &str,
        row: &str,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let id = key_id(sealed).ok_or(Error::BadSeal)?;
        self.key(id)
            .ok_or(Error::UnknownMasterKey { id })?
            .open(sealed, table, column, row)
    }
}

/// Enough for every rotation in the life of a server.
const MAX_KEYS: usize = 64;
