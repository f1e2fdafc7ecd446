//! The short code that is typed at `/go` where a link cannot be tapped: eight characters, kept as a keyed hash,
//! with wrong ones limited per address and per network. It stands for the link and for nothing else: what the
//! invitation demands beside the link, it demands here too.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::mint::Secrets;
use super::open::{InvitationState, OpenInvitation, look_up};
use crate::accounts::{Caller, Guesses, blocked, failed, network_of, prefix_of};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::keys::KeyStore;

/// Crockford's alphabet: 32 characters, eight make 40 bits.
const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

pub(super) fn random() -> Zeroizing<String> {
    Zeroizing::new(hash::random_code(ALPHABET, LENGTH))
}

pub(super) fn keyed_hash(keys: &KeyStore, typed: &str) -> String {
    keys.keyed_hash(typed.as_bytes(), "invitation", "typed_hash", "")
}

/// As people read it: two groups of four.
pub fn grouped(typed: &str) -> String {
    match typed.split_at_checked(LENGTH / 2) {
        Some((first, second)) => format!("{first}-{second}"),
        None => typed.to_owned(),
    }
}

/// As people write it: in small letters, in groups, with an O for a zero; `None` when it cannot be one.
fn normal(text: &str) -> Option<Zeroizing<String>> {
    let mut typed = Zeroizing::new(String::with_capacity(LENGTH));
    for c in text.chars().take(64) {
        if c.is_whitespace() || matches!(c, '-' | '–' | '.') {
            continue;
        }
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        if !ALPHABET.contains(c) || typed.len() == LENGTH {
            return None;
        }
        typed.push(c);
    }
    (typed.len() == LENGTH).then_some(typed)
}

/// An invitation that was found by its typed code.
pub struct TypedInvitation {
    /// The code of its link: the person goes on at `/e/{code}`.
    pub code: Zeroizing<String>,
    pub invitation: OpenInvitation,
}

/// Finds the open invitation behind a typed code. The person goes on at its page, which asks for the PIN or the
/// sign-in that the invitation demands.
///
/// # Errors
/// Invalid `typed_code` for what cannot be one; not found for one that is nobody's, or whose invitation is over;
/// too many after many wrong ones.
pub async fn by_typed_code(
    core: &Core,
    text: &str,
    caller: &Caller,
) -> Result<TypedInvitation, Error> {
    let typed = normal(text).ok_or_else(|| {
        let text = "The code has eight letters and digits, such as 7K2M-9QXD.";
        Error::invalid("code", "typed_code", text)
    })?;
    let keys = core.keys().clone();
    let hashes = keys.keyed_hashes(typed.as_bytes(), "invitation", "typed_hash", "");
    let input = (keys, hashes, Guesser::of(caller), core.now_ms());
    let found = core
        .db()
        .write(input, |tx, (keys, hashes, guesser, now)| {
            Box::pin(async move {
                const FIND: &str = "SELECT id, secrets_sealed FROM invitation WHERE status = 'open' \
                    AND uses < uses_allowed AND expires_at > $1 AND secrets_sealed IS NOT NULL \
                    AND typed_hash {ids}";
                const OPENED: &str =
                    "UPDATE invitation SET opened_at = COALESCE(opened_at, $2) WHERE id = $1";
                guesser.refuse_in(tx, *now).await?;
                let rows = tx.fetch_all_in(FIND, hashes.clone(), args![*now]).await?;
                let Some(row) = rows.first() else {
                    guesser.count_in(tx, *now).await?;
                    return Ok::<_, Error>(None);
                };
                let id = row.text(0)?;
                tx.execute(OPENED, args![id.as_str(), *now]).await?;
                Ok(Some(Secrets::open(keys, &row.blob(1)?, &id)?))
            })
        })
        .await?;
    let not_found = || Error::not_found("invitation");
    let code = found.ok_or_else(not_found)?.code;
    let invitation = look_up(core, &code).await?;
    if invitation.state != InvitationState::Open {
        return Err(not_found());
    }
    Ok(TypedInvitation { code, invitation })
}

/// Everybody's wrong codes together.
const ALL: &str = "typed";

/// Whose wrong codes count as one. Looking and counting are one transaction, which none of a hundred at once
/// overtakes, so only wrong codes are ever counted.
///
/// What all guess together closes the door to nobody: else whoever sends six hundred wrong codes keeps a school
/// from enrolling, and that is worth more to them than a code, which is a link that still wants its PIN or sign-in.
/// It makes each address and each network pay sooner instead: while wrong codes come in such a flood, three are free
/// rather than twenty, then the delay doubles. Whoever has mistyped fewer goes through with a right one; an address
/// that waits, waits with a right one too, for at most ten minutes. Forty bits bear that: a
/// thousand addresses, each with a dozen guesses in ten minutes, hit one of a thousand open invitations in more than
/// a year.
struct Guesser {
    address: String,
    network: String,
}

impl Guesser {
    fn of(caller: &Caller) -> Self {
        let address = caller.address.as_deref().unwrap_or("unknown");
        Self {
            address: format!("typed:{}", network_of(address)),
            network: format!("typed-net:{}", prefix_of(address)),
        }
    }

    async fn refuse_in(&self, tx: &Tx, now_ms: i64) -> Result<(), Error> {
        blocked(tx, &self.address, now_ms).await?;
        blocked(tx, &self.network, now_ms).await
    }

    async fn count_in(&self, tx: &Tx, now_ms: i64) -> Result<(), Error> {
        let flood = match blocked(tx, ALL, now_ms).await {
            Ok(()) => false,
            Err(error) if matches!(error.kind, Kind::TooMany { .. }) => true,
            Err(error) => return Err(error),
        };
        let (address, network) = if flood {
            (Guesses::TYPED_FLOOD, Guesses::TYPED_NETWORK_FLOOD)
        } else {
            (Guesses::TYPED, Guesses::TYPED_NETWORK)
        };
        failed(tx, ALL, Guesses::TYPED_ALL, now_ms).await?;
        failed(tx, &self.address, address, now_ms).await?;
        failed(tx, &self.network, network, now_ms).await
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, normal, random};

    #[test]
    fn a_code_is_understood_as_people_write_it() {
        let read = |text: &str| normal(text).map(|typed| typed.to_string());
        let right = Some("7K0M1QXD".to_owned());
        for text in [
            "7K0M1QXD",
            " 7k0m-1qxd ",
            "7KoM 1QXD",
            "7kOm–lqxd",
            "7K.0MiQXD",
        ] {
            assert_eq!(read(text), right, "{text}");
        }
        for text in [
            "",
            "7K0M1QX",
            "7K0M1QXDD",
            "7K0M1QXU",
            "7K0M1QX?",
            "ああああああああ",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let made = random();
        assert_eq!(read(&grouped(&made)).as_deref(), Some(made.as_str()));
    }
}
