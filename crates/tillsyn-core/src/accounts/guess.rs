//! Limits on guessing: per account and per address, exponential delay (security S12, S31).

use tillsyn_db::{Tx, args};

use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::error::{Error, Kind};

/// How many failures are free, and in which window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guesses {
    pub(crate) free: i64,
    pub(crate) window_ms: i64,
}

impl Guesses {
    /// One account: the delay begins after 5 failures and is complete at 10 in 10 minutes.
    pub(crate) const ACCOUNT: Self = Self {
        free: 5,
        window_ms: 10 * MINUTE_MS,
    };
    /// One address: a school may sit behind it, so its limit is wide and never closes an account.
    pub(crate) const ADDRESS: Self = Self {
        free: 60,
        window_ms: 10 * MINUTE_MS,
    };
    /// Codes that stand for an invitation's link, from one address.
    pub(crate) const TYPED: Self = Self {
        free: 20,
        window_ms: 10 * MINUTE_MS,
    };
    /// The same from one network, for whoever has many addresses.
    pub(crate) const TYPED_NETWORK: Self = Self {
        free: 200,
        window_ms: 10 * MINUTE_MS,
    };
    /// The same from everywhere together: more than this is a flood, in which the next two hold.
    pub(crate) const TYPED_ALL: Self = Self {
        free: 600,
        window_ms: 10 * MINUTE_MS,
    };
    pub(crate) const TYPED_FLOOD: Self = Self {
        free: 3,
        window_ms: 10 * MINUTE_MS,
    };
    pub(crate) const TYPED_NETWORK_FLOOD: Self = Self {
        free: 30,
        window_ms: 10 * MINUTE_MS,
    };
    /// New PINs that people have sent to themselves, from one address: a whole school sits behind it, and each
    /// invitation has limits of its own.
    pub(crate) const PIN_MAILS: Self = Self {
        free: 300,
        window_ms: 10 * MINUTE_MS,
    };
    /// Certificates from one address: a whole school installs profiles behind it.
    pub(crate) const CERTIFICATES: Self = Self {
        free: 300,
        window_ms: 10 * MINUTE_MS,
    };
    /// One credential of a profile: a device repeats itself a few times, not more.
    pub(crate) const CREDENTIAL: Self = Self {
        free: 10,
        window_ms: 10 * MINUTE_MS,
    };
}

const FIND: &str =
    "SELECT window_start, failures, blocked_until FROM guess_limit WHERE subject = $1";
const PUT: &str = "INSERT INTO guess_limit (subject, window_start, failures, blocked_until) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (subject) DO UPDATE SET window_start = excluded.window_start, \
    failures = excluded.failures, blocked_until = excluded.blocked_until";
const UNDO: &str = "UPDATE guess_limit SET failures = failures - 1, \
    blocked_until = CASE WHEN failures <= $2 THEN 0 ELSE blocked_until END \
    WHERE subject = $1 AND failures > 0";
const CLEAR: &str = "DELETE FROM guess_limit WHERE subject = $1";

/// Refuses while the subject is closed.
pub(crate) async fn blocked(tx: &Tx, subject: &str, now_ms: i64) -> Result<(), Error> {
    let Some(row) = tx.fetch_optional(FIND, args![subject]).await? else {
        return Ok(());
    };
    let until = row.i64(2)?;
    if until <= now_ms {
        return Ok(());
    }
    let secs = (until - now_ms + SECOND_MS - 1) / SECOND_MS;
    Err(Error::new(
        Kind::TooMany {
            retry_after_secs: secs,
        },
        "too_many_failures",
        format!("Too many failed tries. Try again in {secs} seconds."),
    ))
}

/// Counts a failure: from the free ones on, each doubles the delay, from 2 s to 10 minutes.
pub(crate) async fn failed(
    tx: &Tx,
    subject: &str,
    guesses: Guesses,
    now_ms: i64,
) -> Result<(), Error> {
    let (start, failures) = match tx.fetch_optional(FIND, args![subject]).await? {
        Some(row) if (now_ms - row.i64(0)?).abs() < guesses.window_ms => {
            (row.i64(0)?, row.i64(1)? + 1)
        }
        _ => (now_ms, 1),
    };
    let over = failures - guesses.free;
    let blocked_until = if over < 0 {
        0
    } else {
        let shift = u32::try_from(over.min(9)).unwrap_or(9);
        now_ms + ((2 * SECOND_MS) << shift).min(10 * MINUTE_MS)
    };
    tx.execute(PUT, args![subject, start, failures, blocked_until])
        .await?;
    Ok(())
}

/// Counts a try before it is looked at: of many at once only so many get as far as a hash. A right one is
/// taken back by [`succeeded`] or [`undo`].
pub(crate) async fn reserve(
    tx: &Tx,
    subject: &str,
    guesses: Guesses,
    now_ms: i64,
) -> Result<(), Error> {
    blocked(tx, subject, now_ms).await?;
    failed(tx, subject, guesses, now_ms).await
}

/// Takes one counted try back and leaves those of others; a delay that it caused ends with it.
pub(crate) async fn undo(tx: &Tx, subject: &str, guesses: Guesses) -> Result<(), Error> {
    tx.execute(UNDO, args![subject, guesses.free]).await?;
    Ok(())
}

/// Forgets the failures of an account that proved itself.
pub(crate) async fn succeeded(tx: &Tx, subject: &str) -> Result<(), Error> {
    tx.execute(CLEAR, args![subject]).await?;
    Ok(())
}
