//! From the computer to the phone and back: a code that works once, for ten minutes, and carries the PIN's proof
//! only where the PIN was proven.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::proof::Proof;
use crate::accounts::{Guesses, blocked, failed, network_of, undo};
use crate::actor::Actor;
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AttemptId;
use crate::invitations::{How, StartedAttempt, find, launch, refuse_closed};

const LIFE_MS: i64 = 10 * MINUTE_MS;
/// Letters and digits that nobody confuses, 32 of them: eight make 40 bits, for ten minutes.
const ALPHABET: &str = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const LENGTH: usize = 8;

/// A code to go on elsewhere; known only now.
pub struct HandOver {
    /// As it is typed: two groups of four.
    pub code: Zeroizing<String>,
    pub expires_at: i64,
}

/// Where a code leads.
pub struct HandedOver {
    /// The code of the invitation's link.
    pub link_code: Zeroizing<String>,
    pub started: StartedAttempt,
}

struct Made {
    proof: Proof,
    code_hash: String,
    sealed: Vec<u8>,
    link_hash: String,
    expires_at: i64,
    address: Option<String>,
    now_ms: i64,
}

/// What somebody typed as a code.
fn normal(typed: &str) -> Zeroizing<String> {
    Zeroizing::new(
        typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect::<String>()
            .to_uppercase(),
    )
}

/// Whether it has the shape of such a code.
fn is_code(text: &str) -> bool {
    text.len() == LENGTH && text.chars().all(|c| ALPHABET.contains(c))
}

/// Makes a code for the attempt of this browser; the one before stops working.
///
/// # Errors
/// Not found when the proof or the link is not that attempt's; conflict when the invitation is over.
pub async fn make_hand_over(
    core: &Core,
    link_code: &str,
    proof: Proof,
    address: Option<String>,
) -> Result<HandOver, Error> {
    let now_ms = core.now_ms();
    let found = find(core, link_code).await?;
    refuse_closed(found.open.state)?;
    let code = Zeroizing::new(hash::random_code(ALPHABET, LENGTH));
    let code_hash = core
        .keys()
        .keyed_hash(code.as_bytes(), "hand_over", "code_hash", "");
    let made = Made {
        proof,
        sealed: core
            .keys()
            .seal(link_code.as_bytes(), "hand_over", "link_sealed", &code_hash),
        code_hash,
        link_hash: hash::sha256_hex(link_code.as_bytes()),
        expires_at: now_ms + LIFE_MS,
        address,
        now_ms,
    };
    let expires_at = made.expires_at;
    core.db()
        .write(made, |tx, made| Box::pin(async move { made.run(tx).await }))
        .await?;
    let (first, second) = code.split_at(LENGTH / 2);
    Ok(HandOver {
        code: Zeroizing::new(format!("{first}-{second}")),
        expires_at,
    })
}

impl Made {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const OF_LINK: &str = "SELECT id FROM invitation WHERE id = $1 AND code_hash = $2";
        const FORMER: &str = "DELETE FROM hand_over WHERE attempt_id = $1";
        const INSERT: &str = "INSERT INTO hand_over (code_hash, invitation_id, attempt_id, link_sealed, \
            pin_proven, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let found = self.proof.check_in(tx, self.now_ms).await?;
        let of_link = args![found.invitation.as_str(), self.link_hash.as_str()];
        if tx.fetch_optional(OF_LINK, of_link).await?.is_none() {
            return Err(Error::not_found("attempt"));
        }
        tx.execute(FORMER, args![&self.proof.attempt]).await?;
        let values = args![
            self.code_hash.as_str(),
            found.invitation.as_str(),
            &self.proof.attempt,
            self.sealed.clone(),
            i64::from(found.signed_in),
            self.now_ms,
            self.expires_at
        ];
        tx.execute(INSERT, values).await?;
        let actor = Actor::person(self.proof.attempt.as_str(), self.address.clone());
        let event = NewEvent::done(
            "attempt.hand_over",
            "attempt",
            self.proof.attempt.as_str(),
            &found.unit,
        );
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// Takes a code: it works once. The attempt that it came from ends, and a new one begins here.
///
/// # Errors
/// Not found for every code that is not good now, whatever the reason; too many when an address guesses.
pub async fn take_over(
    core: &Core,
    typed: &str,
    platform: Option<&str>,
    address: Option<String>,
) -> Result<HandedOver, Error> {
    let code = normal(typed);
    let subject = format!("go:{}", network_of(address.as_deref().unwrap_or("unknown")));
    // Forty bits are soon tried through by whoever has the table, so the hash has the master key in it.
    let hashes = if is_code(&code) {
        core.keys()
            .keyed_hashes(code.as_bytes(), "hand_over", "code_hash", "")
    } else {
        Vec::new()
    };
    let input = (subject, hashes, core.now_ms());
    let taken = core
        .db()
        .write(input, |tx, (subject, hashes, now)| {
            Box::pin(async move { take_in(tx, subject, hashes, *now).await })
        })
        .await?
        .ok_or_else(|| Error::not_found("code"))?;
    let link = core
        .keys()
        .open(&taken.sealed, "hand_over", "link_sealed", &taken.code_hash)?;
    let link_code = Zeroizing::new(String::from_utf8_lossy(&link).into_owned());
    let found = find(core, &link_code).await?;
    refuse_closed(found.open.state)?;
    let proven = taken.pin_proven || found.is_open_to_all();
    if !proven {
        // Made where no PIN was asked for; since then the invitation has got one.
        return Err(Error::not_found("code"));
    }
    let how = How {
        platform: platform.map(str::to_owned),
        address,
        replaces: Some(taken.attempt),
        signed_in: taken.pin_proven,
        asks_consent: true,
        keeps_consent: false,
    };
    let started = launch(core, found, how).await?;
    Ok(HandedOver { link_code, started })
}

/// The code that was refused here was one of an invitation: no guess.
///
/// # Errors
/// Only when the store fails.
pub async fn forgive(core: &Core, address: &str) -> Result<(), Error> {
    core.db()
        .write(format!("go:{}", network_of(address)), |tx, subject| {
            Box::pin(async move { undo(tx, subject, Guesses::ADDRESS).await })
        })
        .await
}

struct Taken {
    code_hash: String,
    sealed: Vec<u8>,
    attempt: AttemptId,
    pin_proven: bool,
}

/// Reads and removes the row in one; a miss counts against the address.
async fn take_in(
    tx: &Tx,
    subject: &str,
    hashes: &[String],
    now_ms: i64,
) -> Result<Option<Taken>, Error> {
    const TAKE: &str = "DELETE FROM hand_over WHERE expires_at > $1 AND code_hash {ids} \
        RETURNING link_sealed, attempt_id, pin_proven, invitation_id, code_hash";
    const UNIT: &str = "SELECT org_unit_id FROM invitation WHERE id = $1";
    blocked(tx, subject, now_ms).await?;
    let taken = if hashes.is_empty() {
        Vec::new()
    } else {
        tx.fetch_all_in(TAKE, hashes.to_vec(), args![now_ms])
            .await?
    };
    let Some(row) = taken.first() else {
        failed(tx, subject, Guesses::ADDRESS, now_ms).await?;
        return Ok(None);
    };
    let attempt = row.text(1)?;
    let unit = tx.fetch_one(UNIT, args![row.text(3)?]).await?.text(0)?;
    let actor = Actor::person(&attempt, None);
    let event = NewEvent::done("attempt.handed_over", "attempt", &attempt, &unit)
        .with(json!({ "pin_proven": row.i64(2)? != 0 }));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(Some(Taken {
        code_hash: row.text(4)?,
        sealed: row.blob(0)?,
        attempt: AttemptId::from_store(attempt),
        pin_proven: row.i64(2)? != 0,
    }))
}

#[cfg(test)]
mod tests {
    use super::{is_code, normal};

    #[test]
    fn a_code_is_taken_as_people_type_it() {
        assert_eq!(normal(" abcd-ef23 ").as_str(), "ABCDEF23");
        assert!(is_code(&normal("abcd ef23")));
        for odd in ["", "ABCDEF2", "ABCDEF234", "ABCDEF01", "ÅBCDEF2"] {
            assert!(!is_code(&normal(odd)), "{odd}");
        }
    }
}
