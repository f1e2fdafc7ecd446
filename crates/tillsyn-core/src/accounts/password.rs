//! Argon2id with bounded work, so that guessing cannot exhaust CPU or memory (security S10).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::{Error, Kind};

/// 19 MiB, two passes, one lane: the least that S10 allows; each verification takes about 20 ms.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// At most two hashes at once, some more in line; further ones are turned away.
static WORKERS: Semaphore = Semaphore::const_new(2);
static IN_LINE: Semaphore = Semaphore::const_new(32);

fn hasher() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .map_err(|_| Error::internal("The password hash parameters are refused."))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn bounded<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let busy = || {
        Error::new(
            Kind::TooMany {
                retry_after_secs: 5,
            },
            "busy",
            "Too many passwords are being checked; try again in a few seconds.",
        )
    };
    let line = IN_LINE.try_acquire().map_err(|_| busy())?;
    let worker = WORKERS.acquire().await.map_err(|_| busy())?;
    // The permits stay with the work: whoever hangs up does not make room for the next.
    tokio::task::spawn_blocking(move || {
        let _held = (line, worker);
        work()
    })
    .await
    .map_err(|error| Error::internal("A password check was interrupted.").caused_by(error))?
}

/// Hashes a password or PIN for storage.
pub(crate) async fn hash_secret(secret: Zeroizing<String>) -> Result<String, Error> {
    bounded(move || {
        let salt = tillsyn_pki::hash::random_bytes::<16>();
        hasher()?
            .hash_password_with_salt(secret.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|_| Error::internal("A password could not be hashed."))
    })
    .await
}

/// Whether `secret` is the one behind `hash`. Without a hash the same work is done, so that known and
/// unknown accounts answer alike (S12).
pub(crate) async fn verify_secret(
    secret: Zeroizing<String>,
    hash: Option<String>,
) -> Result<bool, Error> {
    bounded(move || {
        let Some(hash) = hash else {
            let _ = hasher()?.hash_password_with_salt(secret.as_bytes(), &[0; 16]);
            return Ok(false);
        };
        let parsed = PasswordHash::new(&hash)
            .map_err(|_| Error::internal("A stored password hash cannot be read."))?;
        Ok(hasher()?
            .verify_password(secret.as_bytes(), &parsed)
            .is_ok())
    })
    .await
}

/// Twelve characters at least, no rules on their kind (S10); 1,024 bytes at most.
pub(crate) fn check_new_password(password: &str) -> Result<(), Error> {
    if password.chars().count() < 12 {
        return Err(Error::invalid(
            "password",
            "password_short",
            "The password needs at least 12 characters. Three or four words make a good one.",
        ));
    }
    if password.len() > 1_024 {
        return Err(Error::invalid(
            "password",
            "password_long",
            "The password has at most 1,024 bytes.",
        ));
    }
    Ok(())
}
