//! The secrets of an invitation, and its row. What is secret is made before the transaction begins.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::policy::{AccountRule, PinMode};
use super::typed;
use crate::accounts::hash_secret;
use crate::actor::Actor;
use crate::clock::HOUR_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{InvitationId, PersonId};
use crate::keys::KeyStore;
use crate::mail::withdraw_in;

/// Letters and digits that nobody confuses, 32 of them: eight make 40 bits (S31).
const PIN_ALPHABET: &str = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// No hyphen, nothing that two eyes read differently: 26 of these 32 make 130 bits.
pub(crate) const CODE_ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";
const PIN_LIFE_MS: i64 = 24 * HOUR_MS;

/// A PIN with its hash.
#[derive(Clone)]
pub(super) struct Pin {
    pub(super) pin: Zeroizing<String>,
    pub(super) hash: String,
    pub(super) until: i64,
}

impl Pin {
    pub(super) async fn new(now_ms: i64) -> Result<Self, Error> {
        let pin = Zeroizing::new(hash::random_code(PIN_ALPHABET, 8));
        Ok(Self {
            hash: hash_secret(pin.clone()).await?,
            pin,
            until: now_ms + PIN_LIFE_MS,
        })
    }
}

/// What opens an invitation.
#[derive(Clone)]
pub(super) struct Minted {
    pub(super) id: InvitationId,
    pub(super) secrets: Secrets,
    pub(super) pin: Option<Pin>,
    code_hash: String,
    typed_hash: String,
    sealed: Vec<u8>,
}

/// Link and typed code.
#[derive(Clone)]
pub(super) struct Secrets {
    pub(super) code: Zeroizing<String>,
    pub(super) typed: Zeroizing<String>,
}

impl Secrets {
    /// Both, with a space between them: neither holds one.
    fn seal(&self, keys: &KeyStore, id: &str) -> Vec<u8> {
        let plain = Zeroizing::new([self.code.as_str(), self.typed.as_str()].join(" "));
        keys.seal(plain.as_bytes(), "invitation", "secrets_sealed", id)
    }

    pub(super) fn open(keys: &KeyStore, sealed: &[u8], id: &str) -> Result<Self, Error> {
        let plain = keys.open(sealed, "invitation", "secrets_sealed", id)?;
        let text = std::str::from_utf8(&plain).ok();
        let (code, typed) = text
            .and_then(|text| text.split_once(' '))
            .ok_or_else(|| Error::internal("An invitation's link cannot be read."))?;
        Ok(Self {
            code: Zeroizing::new(code.to_owned()),
            typed: Zeroizing::new(typed.to_owned()),
        })
    }
}

/// Lets the code to type be found by the key that has sealed `sealed`, the invitation's link and code.
pub(crate) async fn follow_key_in(
    tx: &Tx,
    keys: &KeyStore,
    id: &str,
    sealed: &[u8],
) -> Result<(), Error> {
    const PUT: &str =
        "UPDATE invitation SET typed_hash = $2 WHERE id = $1 AND typed_hash IS NOT NULL";
    let secrets = Secrets::open(keys, sealed, id)?;
    tx.execute(PUT, args![id, typed::keyed_hash(keys, &secrets.typed)])
        .await?;
    Ok(())
}

impl Minted {
    pub(super) fn new(core: &Core, pin: Option<Pin>, now_ms: i64) -> Self {
        let id = InvitationId::new(now_ms);
        let secrets = Secrets {
            code: Zeroizing::new(hash::random_code(CODE_ALPHABET, 26)),
            typed: typed::random(),
        };
        let keys = core.keys();
        Self {
            code_hash: hash::sha256_hex(secrets.code.as_bytes()),
            typed_hash: typed::keyed_hash(keys, &secrets.typed),
            sealed: secrets.seal(keys, id.as_str()),
            id,
            secrets,
            pin,
        }
    }

    pub(super) fn url(&self, core: &Core) -> Zeroizing<String> {
        url(&core.config().public_url, &self.secrets.code)
    }
}

pub(super) fn url(public: &str, code: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{public}/e/{code}"))
}

/// Everything of an invitation that is no secret.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) unit_id: String,
    pub(super) label: String,
    pub(super) ownership: String,
    pub(super) language: Option<String>,
    pub(super) uses_allowed: i64,
    pub(super) may_replace: bool,
    pub(super) expires_at: i64,
    pub(super) pin_mode: PinMode,
    pub(super) account: AccountRule,
    pub(super) batch: Option<String>,
}

/// Keeps a new invitation.
pub(super) async fn insert_in(
    tx: &Tx,
    actor: &Actor,
    minted: &Minted,
    terms: &Terms,
    person: Option<&PersonId>,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO invitation (id, org_unit_id, person_id, label, code_hash, \
        pin_hash, pin_expires_at, ownership, enrollment_type, language, uses_allowed, may_replace, \
        status, created_by, created_at, expires_at, typed_hash, secrets_sealed, pin_mode, \
        account_rule, batch_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'profile', $9, $10, $11, \
        'open', $12, $13, $14, $15, $16, $17, $18, $19)";
    tx.execute(
        INSERT,
        args![
            &minted.id,
            terms.unit_id.as_str(),
            person.map(PersonId::as_str),
            terms.label.as_str(),
            minted.code_hash.as_str(),
            minted.pin.as_ref().map(|pin| pin.hash.as_str()),
            minted.pin.as_ref().map(|pin| pin.until),
            terms.ownership.as_str(),
            terms.language.as_deref(),
            terms.uses_allowed,
            i64::from(terms.may_replace),
            actor.id.as_str(),
            now_ms,
            terms.expires_at,
            minted.typed_hash.as_str(),
            minted.sealed.as_slice(),
            terms.pin_mode.as_str(),
            terms.account.as_str(),
            terms.batch.as_deref()
        ],
    )
    .await?;
    let id = minted.id.as_str();
    let event = NewEvent::done("invitation.create", "invitation", id, &terms.unit_id).with(json!({
        "person_id": person, "ownership": terms.ownership, "pin": minted.pin.is_some(),
        "uses_allowed": terms.uses_allowed, "may_replace": terms.may_replace,
        "expires_at": terms.expires_at, "batch_id": terms.batch,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Ends what opens an invitation: its secrets are gone, and every profile that was not used yet is void.
pub(super) async fn close_in(tx: &Tx, id: &str, now_ms: i64) -> Result<(), Error> {
    const MAIL: &str = "SELECT mail_id FROM invitation WHERE id = $1";
    const FORGET: &str = "UPDATE invitation SET secrets_sealed = NULL, typed_hash = NULL, \
        remind_at = NULL, remind_times = '[]' WHERE id = $1";
    const VOID: &str = "UPDATE scep_challenge SET voided_at = $2 WHERE consumed_at IS NULL \
        AND voided_at IS NULL AND attempt_id IN (SELECT id FROM attempt WHERE invitation_id = $1)";
    let row = tx.fetch_optional(MAIL, args![id]).await?;
    if let Some(mail) = row.map(|row| row.opt_text(0)).transpose()?.flatten() {
        withdraw_in(tx, &mail, now_ms).await?;
    }
    tx.execute(FORGET, args![id]).await?;
    tx.execute(VOID, args![id, now_ms]).await?;
    Ok(())
}
