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
    let hash = hash.filter(|hash| hash != NONE);
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

/// What is stored for an account that has no password: no hash looks like it.
pub(crate) const NONE: &str = "!";

/// Checks and hashes a new password. `about` is what others know of its owner: name, address, organisation.
///
/// # Errors
/// Invalid `password` when it is short, long, common or mostly `about`.
pub(crate) async fn hash_new_password(
    password: Zeroizing<String>,
    about: Vec<String>,
) -> Result<String, Error> {
    check_length(&password)?;
    let checked = password.clone();
    bounded(move || check_guessable(&checked, &about)).await?;
    hash_secret(password).await
}

/// Twelve characters at least, no rules on their kind (S10); 1,024 bytes at most.
pub(super) fn check_length(password: &str) -> Result<(), Error> {
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

/// Refuses what attackers try first: common passwords, keyboard rows, repetitions, years, and the owner's own
/// words.
pub(super) fn check_guessable(password: &str, about: &[String]) -> Result<(), Error> {
    let words = own_words(about);
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    // 10^8 tries: what guessing over the network reaches.
    if zxcvbn::zxcvbn(password, &known).score() < zxcvbn::Score::Three
        || little_beside(password, &words)
    {
        return Err(Error::invalid(
            "password",
            "password_common",
            "This password is easy to guess. Three or four words make a good one.",
        ));
    }
    Ok(())
}

/// Whole texts and the words in them, in lower case.
fn own_words(about: &[String]) -> Vec<String> {
    let mut words = vec!["tillsyn".to_owned()];
    for text in about {
        let text = text.to_lowercase();
        let parts = text.split(|c: char| !c.is_alphanumeric());
        words.extend(parts.filter(|w| w.chars().count() > 3).map(str::to_owned));
        words.push(text);
    }
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// Whether almost nothing is left without the owner's words.
fn little_beside(password: &str, words: &[String]) -> bool {
    let mut rest = password.to_lowercase();
    for word in words.iter().filter(|word| !word.is_empty()) {
        rest = rest.replace(word, "");
    }
    rest.len() < password.to_lowercase().len()
        && rest.chars().filter(|c| c.is_alphanumeric()).count() < 6
}
