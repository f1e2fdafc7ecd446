//! Passkeys: registering, signing in with one alone or after the password, and confirming with one.
//!
//! A passkey verifies its user (PIN, finger, face), so alone it is two factors. Relying party and origin come
//! from the configured address of the console (S25); where that is no place for passkeys there are none.

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use tillsyn_pki::webauthn::{ALGORITHMS, Assertion, Credential, Party, Registration};
use zeroize::Zeroizing;

use super::ceremony;
use super::confirm::freshen_in;
use super::oidc::comes_by_provider_in;
use super::session::{Begin, Method, NewSession, Rotation, Session, has_shown_in};
use super::store::{self, AccountView};
use super::totp::AddedFactor;
use super::{Caller, Guesses, blocked, factor, failed, portal, recovery, sign_in};
use crate::actor::{Actor, require_fresh};
use crate::core::Core;
use crate::directory;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, PasskeyId};
use crate::keys::KeyStore;

/// More than anybody has; bounds what a sign-in lists.
const MOST: i64 = 20;
const NAME_LENGTH: usize = 60;

/// A passkey in its owner's list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PasskeyView {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
    /// Whether its keeper copies it to other devices.
    pub synced: bool,
}

/// What the browser is asked, and the token under which its answer is expected.
pub struct Asked {
    pub token: Zeroizing<String>,
    /// Members of `PublicKeyCredentialCreationOptions` or `…RequestOptions`, bytes as base64url.
    pub options: Json,
}

const LIST: &str = "SELECT id, name, created_at, last_used_at, credential FROM passkey \
    WHERE account_id = $1 ORDER BY created_at, id";
const IDS: &str = "SELECT credential_id FROM passkey WHERE account_id = $1 ORDER BY created_at, id";
const FIND: &str = "SELECT id, account_id, credential FROM passkey WHERE credential_id = $1";
const INSERT: &str = "INSERT INTO passkey (id, account_id, name, credential_id, credential, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const USED: &str = "UPDATE passkey SET credential = $2, last_used_at = $3 WHERE id = $1";
const RENAME: &str = "UPDATE passkey SET name = $3 WHERE id = $1 AND account_id = $2";
const DELETE: &str = "DELETE FROM passkey WHERE id = $1 AND account_id = $2";
const COUNT: &str = "SELECT count(*) FROM passkey WHERE account_id = $1";

/// Whom passkeys are made for; `None` where browsers make none.
pub fn passkey_party(core: &Core) -> Option<Party> {
    Party::of_url(&core.config().console_url)
}

fn party(core: &Core) -> Result<Party, Error> {
    passkey_party(core).ok_or_else(|| {
        Error::new(
            Kind::NotCapable,
            "no_passkeys",
            "Passkeys need the console under a host name with https.",
        )
    })
}

fn over() -> Error {
    Error::invalid(
        "passkey",
        "passkey_over",
        "This request for a passkey is over. Try again.",
    )
}

fn wrong() -> Error {
    Error::invalid("passkey", "passkey_wrong", "This passkey was not accepted.")
}

/// The passkeys of one's own account.
pub async fn own_passkeys(core: &Core, session: &Session) -> Result<Vec<PasskeyView>, Error> {
    let rows = core
        .db()
        .query_all(LIST, args![&session.account.id])
        .await?;
    let view = |row: &tillsyn_db::Row| {
        Ok(PasskeyView {
            id: PasskeyId::from_store(row.text(0)?),
            name: row.text(1)?,
            created_at: row.i64(2)?,
            last_used_at: row.opt_i64(3)?,
            synced: stored(row.str(4)?)?.backup_eligible,
        })
    };
    rows.iter().map(view).collect()
}

fn stored(text: &str) -> Result<Credential, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::internal("A stored passkey cannot be read.").caused_by(error))
}

fn text_of(credential: &Credential) -> Result<String, Error> {
    serde_json::to_string(credential)
        .map_err(|error| Error::internal("A passkey cannot be stored.").caused_by(error))
}

fn challenge() -> Zeroizing<String> {
    Zeroizing::new(hash::random_token(32))
}

fn user_handle(account: &AccountId) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(account.as_str())
}

async fn listed(core: &Core, account: &AccountId) -> Result<Vec<Json>, Error> {
    let rows = core.db().query_all(IDS, args![account]).await?;
    let id = |row: &tillsyn_db::Row| Ok(json!({ "type": "public-key", "id": row.text(0)? }));
    rows.iter().map(id).collect()
}

/// Asks the browser to make a passkey.
pub async fn begin_passkey(core: &Core, session: &Session) -> Result<Asked, Error> {
    let party = party(core)?;
    require_fresh(&session.actor, core.now_ms())?;
    let challenge = challenge();
    let account = &session.account;
    let algorithms = ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg }));
    let options = json!({
        "rp": { "id": party.id, "name": "Tillsyn" },
        "user": { "id": user_handle(&account.id), "name": account.email, "displayName": account.name },
        "challenge": challenge.as_str(),
        "pubKeyCredParams": algorithms,
        "timeout": 300_000,
        "excludeCredentials": listed(core, &account.id).await?,
        // To sign in without a name, and as two factors in one.
        "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" },
        "attestation": "none",
    });
    let kind = ceremony::Kind::PasskeyRegister;
    ask(core, kind, Some(&account.id), &challenge, options, None).await
}

async fn ask(
    core: &Core,
    kind: ceremony::Kind,
    account: Option<&AccountId>,
    challenge: &str,
    options: Json,
    limited: Option<String>,
) -> Result<Asked, Error> {
    let (token, opening) = ceremony::prepare(core.keys(), kind, challenge.as_bytes());
    let input = (opening, account.cloned(), limited, core.now_ms());
    core.db()
        .write(input, |tx, (opening, account, limited, now)| {
            Box::pin(async move {
                if let Some(subject) = limited {
                    blocked(tx, subject, *now).await?;
                    failed(tx, subject, Guesses::CERTIFICATES, *now).await?;
                }
                ceremony::open_in(tx, opening, account.as_ref(), *now).await
            })
        })
        .await?;
    Ok(Asked { token, options })
}

fn request_options(party: &Party, challenge: &str, allowed: &[Json]) -> Json {
    json!({
        "rpId": party.id,
        "challenge": challenge,
        "timeout": 300_000,
        "allowCredentials": allowed,
        "userVerification": "required",
    })
}

/// Asks for a passkey of anybody, or after the password for one of the account whose `step` this is. How often
/// is bounded per address, since anybody may ask.
pub async fn begin_passkey_sign_in(
    core: &Core,
    step: Option<&str>,
    caller: &Caller,
) -> Result<Asked, Error> {
    let party = party(core)?;
    let account = match step {
        Some(step) => {
            let found = sign_in::second_step(core, step).await?;
            Some(found.ok_or_else(sign_in::step_over)?.account.id)
        }
        None => None,
    };
    let allowed = match &account {
        Some(account) => listed(core, account).await?,
        None => Vec::new(),
    };
    let challenge = challenge();
    let options = request_options(&party, &challenge, &allowed);
    let limited = format!("passkey:{}", caller.address_subject());
    let kind = ceremony::Kind::PasskeySignIn;
    ask(
        core,
        kind,
        account.as_ref(),
        &challenge,
        options,
        Some(limited),
    )
    .await
}

/// Asks for a passkey of one's own, to confirm who is there.
pub async fn begin_passkey_confirm(core: &Core, session: &Session) -> Result<Asked, Error> {
    let party = party(core)?;
    let account = &session.account.id;
    let challenge = challenge();
    let options = request_options(&party, &challenge, &listed(core, account).await?);
    let kind = ceremony::Kind::PasskeyConfirm;
    ask(core, kind, Some(account), &challenge, options, None).await
}

/// A name for a passkey: what was typed, or `Passkey`.
fn name(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.chars().count() > NAME_LENGTH {
        return Err(Error::invalid(
            "name",
            "name_length",
            "The name has at most 60 characters.",
        ));
    }
    Ok(if text.is_empty() { "Passkey" } else { text }.to_owned())
}

/// Keeps a passkey that the browser made. The session gets a new token: it can do more from now on (S13).
///
/// # Errors
/// Invalid `passkey` when the answer is not right or too late, `name` when that is too long.
pub async fn add_passkey(
    core: &Core,
    session: &Session,
    asked: &str,
    answer: &str,
    label: &str,
) -> Result<AddedFactor, Error> {
    let now_ms = core.now_ms();
    require_fresh(&session.actor, now_ms)?;
    let answer: Registration = serde_json::from_str(answer).map_err(|_| wrong())?;
    let fresh_codes = recovery::make();
    let add = Add {
        keys: core.keys().clone(),
        party: party(core)?,
        actor: session.actor.clone(),
        account: session.account.id.clone(),
        asked: asked.to_owned(),
        answer,
        id: PasskeyId::new(now_ms),
        name: name(label)?,
        codes: fresh_codes.clone(),
        rotation: Rotation::new(core, session),
    };
    let rotation = add.rotation.clone();
    let codes = core
        .db()
        .write(add, |tx, add| Box::pin(async move { add.run(tx).await }))
        .await?;
    Ok(AddedFactor {
        session: rotation.done(session),
        recovery_codes: if codes { fresh_codes } else { Vec::new() },
    })
}

struct Add {
    keys: KeyStore,
    party: Party,
    actor: Actor,
    account: AccountId,
    asked: String,
    answer: Registration,
    id: PasskeyId,
    name: String,
    codes: Vec<Zeroizing<String>>,
    rotation: Rotation,
}

impl Add {
    async fn run(&self, tx: &Tx) -> Result<bool, Error> {
        let now = self.rotation.now_ms;
        has_shown_in(tx, self.rotation.old(), &self.account).await?;
        let kind = ceremony::Kind::PasskeyRegister;
        let open = ceremony::take_in(tx, &self.keys, kind, &self.asked, now).await?;
        let open = open.filter(|open| open.account.as_ref() == Some(&self.account));
        let challenge = open.ok_or_else(over)?.state;
        let challenge = std::str::from_utf8(&challenge).map_err(|_| over())?;
        let (credential_id, credential) = self
            .party
            .register(&self.answer, challenge)
            .map_err(|error| wrong().caused_by(error))?;
        // §7.1 step 26: an id is registered once, whoever's it is.
        if tx
            .fetch_optional(FIND, args![&credential_id])
            .await?
            .is_some()
        {
            return Err(Error::conflict(
                "passkey_known",
                "This passkey is registered already.",
            ));
        }
        if tx.fetch_one(COUNT, args![&self.account]).await?.i64(0)? >= MOST {
            return Err(Error::new(
                Kind::Overloaded,
                "passkey_limit",
                "An account has at most 20 passkeys.",
            ));
        }
        let values = args![
            &self.id,
            &self.account,
            &self.name,
            &credential_id,
            text_of(&credential)?,
            now
        ];
        tx.execute(INSERT, values).await?;
        let codes = recovery::keep_first_in(tx, &self.account, &self.codes, now).await?;
        self.rotation.run(tx, true).await?;
        record(tx, &self.actor, &self.account, "second_factor.add", now).await?;
        Ok(codes)
    }
}

async fn record(
    tx: &Tx,
    actor: &Actor,
    account: &AccountId,
    action: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    let unit = store::unit_of(tx, account).await?;
    let event = NewEvent::done(action, "account", account.as_str(), &unit)
        .with(json!({ "factor": "passkey" }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Gives a passkey of one's own another name.
pub async fn rename_passkey(
    core: &Core,
    session: &Session,
    id: &PasskeyId,
    label: &str,
) -> Result<(), Error> {
    let input = (
        session.actor.clone(),
        session.account.id.clone(),
        id.clone(),
        name(label)?,
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (actor, account, id, name, now)| {
            Box::pin(async move {
                let values = args![&*id, &*account, name.as_str()];
                if tx.execute(RENAME, values).await? == 0 {
                    return Err(Error::not_found("passkey"));
                }
                record(tx, actor, account, "second_factor.rename", *now).await
            })
        })
        .await
}

/// Takes a passkey off one's own account.
pub async fn remove_passkey(core: &Core, session: &Session, id: &PasskeyId) -> Result<(), Error> {
    let now_ms = core.now_ms();
    require_fresh(&session.actor, now_ms)?;
    let input = (session.clone(), id.clone(), now_ms);
    core.db()
        .write(input, |tx, (session, id, now)| {
            Box::pin(async move {
                let (actor, account) = (&session.actor, &session.account.id);
                has_shown_in(tx, &session.token_hash, account).await?;
                if tx.execute(DELETE, args![&*id, account]).await? == 0 {
                    return Err(Error::not_found("passkey"));
                }
                factor::after_removal_in(tx, account).await?;
                record(tx, actor, account, "second_factor.remove", *now).await
            })
        })
        .await
}

/// What an answer is checked with; the transaction finds the passkey.
#[derive(Clone)]
struct Show {
    keys: KeyStore,
    party: Party,
    kind: ceremony::Kind,
    asked: String,
    answer: Assertion,
    now_ms: i64,
}

impl Show {
    fn new(core: &Core, kind: ceremony::Kind, asked: &str, answer: &str) -> Result<Self, Error> {
        Ok(Self {
            keys: core.keys().clone(),
            party: party(core)?,
            kind,
            asked: asked.to_owned(),
            answer: serde_json::from_str(answer).map_err(|_| wrong())?,
            now_ms: core.now_ms(),
        })
    }

    /// Whose passkey was shown. `None` when the answer is not right: the request is used up all the same.
    async fn run(&self, tx: &Tx) -> Result<Option<AccountId>, Error> {
        let now = self.now_ms;
        let open = ceremony::take_in(tx, &self.keys, self.kind, &self.asked, now).await?;
        let open = open.ok_or_else(over)?;
        let Some(row) = tx.fetch_optional(FIND, args![&self.answer.id]).await? else {
            return Ok(None);
        };
        let owner = AccountId::from_store(row.text(1)?);
        // §7.2 step 6: the account that was asked, or the one that the passkey itself names.
        let handle = self.answer.user_handle.as_deref().filter(|h| !h.is_empty());
        let fits = handle.is_none_or(|handle| handle == user_handle(&owner))
            && match &open.account {
                Some(account) => *account == owner,
                None => handle.is_some(),
            };
        let mut credential = stored(row.str(2)?)?;
        let challenge = std::str::from_utf8(&open.state).map_err(|_| over())?;
        let shown = match self.party.verify(&self.answer, challenge, &credential) {
            Ok(shown) if fits => shown,
            Ok(_) => return Ok(None),
            Err(error) => {
                tracing::info!(%error, "a passkey was refused");
                return Ok(None);
            }
        };
        (credential.counter, credential.backed_up) = (shown.counter, shown.backed_up);
        tx.execute(USED, args![row.text(0)?, text_of(&credential)?, now])
            .await?;
        Ok(Some(owner))
    }
}

/// Signs in with a passkey alone, or ends the second step of a sign-in with one.
///
/// # Errors
/// Invalid `passkey` for an answer that is not right or too late; not signed in when the step is over.
pub async fn sign_in_with_passkey(
    core: &Core,
    step: Option<&str>,
    asked: &str,
    answer: &str,
    caller: Caller,
) -> Result<NewSession, Error> {
    let show = Show::new(core, ceremony::Kind::PasskeySignIn, asked, answer)?;
    let method = match step {
        Some(_) => Method::Password,
        None => Method::Passkey,
    };
    let begin = Begin::blank(core, method, caller).with_second_factor();
    let input = (show, step.map(str::to_owned), begin.clone());
    let done = core
        .db()
        .write(input, |tx, (show, step, begin)| {
            Box::pin(async move { come_in(tx, show, step.as_deref(), begin).await })
        })
        .await?;
    match done {
        Came::In(kept, account) => Ok(begin.done(kept, account)),
        Came::Wrong => Err(wrong()),
        Came::PastProvider => Err(Error::forbidden(
            "sso_first",
            "Sign in at your identity provider: your passkey counts after that.",
        )),
    }
}

/// What a passkey that was shown leads to.
enum Came {
    In(bool, AccountView),
    Wrong,
    PastProvider,
}

async fn come_in(tx: &Tx, show: &Show, step: Option<&str>, begin: &Begin) -> Result<Came, Error> {
    let now = begin.now_ms;
    let owner = show.run(tx).await?;
    let account = match &owner {
        Some(owner) => store::find(tx, owner)
            .await?
            .filter(|a| a.opens(begin.caller.door)),
        None => None,
    };
    let Some(account) = account else {
        let address = begin.caller.address.clone();
        sign_in::refuse_in(tx, address, "unknown", now).await?;
        return Ok(Came::Wrong);
    };
    if let Some(person) = &account.person
        && directory::refuses_in(tx, person, step.is_none()).await?
    {
        let address = begin.caller.address.clone();
        sign_in::refuse_in(tx, address, account.view.id.as_str(), now).await?;
        return Ok(Came::Wrong);
    }
    if step.is_none()
        && (comes_by_provider_in(tx, &account).await? || portal::vouched_in(tx, &account).await?)
    {
        let address = begin.caller.address.clone();
        sign_in::refuse_in(tx, address, account.view.id.as_str(), now).await?;
        return Ok(Came::PastProvider);
    }
    let mut begin = begin.clone().of(&account);
    if let Some(step) = step {
        let kind = ceremony::Kind::SecondFactor;
        let open = ceremony::take_in(tx, &show.keys, kind, step, now).await?;
        let fits = |open: &ceremony::Open| open.account.as_ref() == Some(&account.view.id);
        let open = open.filter(fits).ok_or_else(sign_in::step_over)?;
        begin = begin.continuing(&open.state);
    }
    let kept = begin.run(tx).await?;
    Ok(Came::In(kept, account.view))
}

/// Makes a session fresh for ten minutes with a passkey of its account.
///
/// # Errors
/// Invalid `passkey` for an answer that is not right or too late.
pub async fn confirm_with_passkey(
    core: &Core,
    session: &Session,
    asked: &str,
    answer: &str,
) -> Result<(), Error> {
    let show = Show::new(core, ceremony::Kind::PasskeyConfirm, asked, answer)?;
    let input = (show, session.clone());
    let right = core
        .db()
        .write(input, |tx, (show, session)| {
            Box::pin(async move {
                let id = &session.account.id;
                let right = show.run(tx).await?.as_ref() == Some(id);
                let unit = store::unit_of(tx, id).await?;
                let event = NewEvent::done("session.confirm", "account", id.as_str(), &unit)
                    .with(json!({ "factor": "passkey" }));
                let event = if right { event } else { event.refused() };
                events::record(tx, &session.actor, show.now_ms, event).await?;
                if right {
                    freshen_in(tx, &session.token_hash, true, show.now_ms).await?;
                }
                Ok::<_, Error>(right)
            })
        })
        .await?;
    if right { Ok(()) } else { Err(wrong()) }
}
