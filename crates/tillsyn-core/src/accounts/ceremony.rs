//! What is open between two requests. Only the hash of its token is stored, and it is used once.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::error::Error;
use crate::ids::AccountId;
use crate::keys::KeyStore;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The password was right; the second factor is missing.
    SecondFactor,
    PasskeyRegister,
    PasskeySignIn,
    PasskeyConfirm,
    /// The browser is at an identity provider.
    Oidc,
    /// A link made on the server for somebody who cannot come in.
    Rescue,
    /// A link with which a person opens their account.
    PortalWelcome,
    /// A link for a person who forgot their password.
    PortalForgotten,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::PasskeyRegister => "passkey_register",
            Self::PasskeySignIn => "passkey_sign_in",
            Self::PasskeyConfirm => "passkey_confirm",
            Self::Oidc => "oidc",
            Self::Rescue => "rescue",
            Self::PortalWelcome => "portal_welcome",
            Self::PortalForgotten => "portal_forgotten",
        }
    }

    fn lifetime_ms(self) -> i64 {
        match self {
            Self::SecondFactor | Self::Oidc => 10 * MINUTE_MS,
            Self::PasskeyRegister | Self::PasskeySignIn | Self::PasskeyConfirm => 5 * MINUTE_MS,
            Self::Rescue => 15 * MINUTE_MS,
            Self::PortalWelcome => 7 * DAY_MS,
            Self::PortalForgotten => HOUR_MS,
        }
    }
}

/// A ceremony about to begin.
#[derive(Clone)]
pub(super) struct Opening {
    kind: Kind,
    token_hash: String,
    sealed: Vec<u8>,
}

impl Opening {
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }
}

/// One that is open.
pub(super) struct Open {
    pub(super) account: Option<AccountId>,
    pub(super) state: Zeroizing<Vec<u8>>,
}

const TABLE: (&str, &str) = ("ceremony", "state_sealed");
const INSERT: &str = "INSERT INTO ceremony (token_hash, kind, account_id, state_sealed, created_at, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const FIND: &str = "SELECT account_id, state_sealed FROM ceremony \
    WHERE token_hash = $1 AND kind = $2 AND expires_at > $3";
const DELETE: &str = "DELETE FROM ceremony WHERE token_hash = $1";
const END: &str = "DELETE FROM ceremony WHERE account_id = $1";

/// The token, to be handed out once it is stored, and what to store.
pub(super) fn prepare(keys: &KeyStore, kind: Kind, state: &[u8]) -> (Zeroizing<String>, Opening) {
    let token = Zeroizing::new(hash::random_token(32));
    let token_hash = hash::sha256_hex(token.as_bytes());
    let sealed = keys.seal(state, TABLE.0, TABLE.1, &token_hash);
    let opening = Opening {
        kind,
        token_hash,
        sealed,
    };
    (token, opening)
}

pub(super) async fn open_in(
    tx: &Tx,
    opening: &Opening,
    account: Option<&AccountId>,
    now_ms: i64,
) -> Result<(), Error> {
    let ends = now_ms + opening.kind.lifetime_ms();
    tx.execute(
        INSERT,
        args![
            &opening.token_hash,
            opening.kind.as_str(),
            account.map(AccountId::as_str),
            opening.sealed.clone(),
            now_ms,
            ends
        ],
    )
    .await?;
    Ok(())
}

/// Finds one without ending it.
pub(super) async fn find_in(
    tx: &Tx,
    keys: &KeyStore,
    kind: Kind,
    token: &str,
    now_ms: i64,
) -> Result<Option<Open>, Error> {
    let token_hash = hash::sha256_hex(token.as_bytes());
    let Some(row) = tx
        .fetch_optional(FIND, args![&token_hash, kind.as_str(), now_ms])
        .await?
    else {
        return Ok(None);
    };
    Ok(Some(Open {
        account: row.opt_text(0)?.map(AccountId::from_store),
        state: keys.open(&row.blob(1)?, TABLE.0, TABLE.1, &token_hash)?,
    }))
}

/// Finds one and ends it: the second who comes with it finds nothing.
pub(super) async fn take_in(
    tx: &Tx,
    keys: &KeyStore,
    kind: Kind,
    token: &str,
    now_ms: i64,
) -> Result<Option<Open>, Error> {
    let Some(open) = find_in(tx, keys, kind, token, now_ms).await? else {
        return Ok(None);
    };
    let token_hash = hash::sha256_hex(token.as_bytes());
    let taken = tx.execute(DELETE, args![&token_hash]).await?;
    Ok((taken == 1).then_some(open))
}

/// Ends what is open of one kind for an account.
pub(super) async fn end_kind_in(tx: &Tx, account: &AccountId, kind: Kind) -> Result<(), Error> {
    const END_KIND: &str = "DELETE FROM ceremony WHERE account_id = $1 AND kind = $2";
    tx.execute(END_KIND, args![account, kind.as_str()]).await?;
    Ok(())
}

/// Ends all that is open for an account.
pub(super) async fn end_in(tx: &Tx, account: &AccountId) -> Result<(), Error> {
    tx.execute(END, args![account]).await?;
    Ok(())
}
