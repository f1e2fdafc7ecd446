//! Whose signatures count: keys that this server's master key sealed, never what a row alone says.

use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::{KeyPair, PublicKey};

use crate::core::Core;
use crate::error::Error;
use crate::keys::KeyStore;

/// The keys that sign or signed checkpoints here.
pub(crate) struct Keys {
    /// With their ids.
    pub(crate) own: Vec<(String, Certificate)>,
    /// Ids of rows whose key is not ours.
    pub(crate) foreign: Vec<String>,
}

impl Keys {
    /// For a checker: a key signs only under its id.
    pub(crate) fn trusted(&self) -> Vec<(Option<String>, PublicKey)> {
        let key = |(id, certificate): &(String, Certificate)| {
            (Some(id.clone()), certificate.public_key().clone())
        };
        self.own.iter().map(key).collect()
    }
}

pub(crate) async fn keys(core: &Core) -> Result<Keys, Error> {
    const KEYS: &str =
        "SELECT id, certificate, key_sealed FROM authority WHERE kind = 'audit' ORDER BY id";
    let mut keys = Keys {
        own: Vec::new(),
        foreign: Vec::new(),
    };
    for row in core.db().query_all(KEYS, args![]).await? {
        let id = row.text(0)?;
        match own(core.keys(), &id, &row.blob(1)?, &row.blob(2)?) {
            Some(certificate) => keys.own.push((id, certificate)),
            None => keys.foreign.push(id),
        }
    }
    Ok(keys)
}

/// The certificate, if it is that of a private key which the master key sealed in this row.
fn own(keys: &KeyStore, id: &str, certificate: &[u8], sealed: &[u8]) -> Option<Certificate> {
    let key = keys.open(sealed, "authority", "key_sealed", id).ok()?;
    let key = KeyPair::from_pkcs8_der(&key).ok()?;
    let certificate = Certificate::from_der(certificate).ok()?;
    let public = certificate.public_key().spki_der();
    (public == key.public_key().spki_der()).then_some(certificate)
}
