//! The browser comes back from the provider.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use tillsyn_pki::id_token::{self, TokenError};
use tillsyn_upstream::oidc::{Discovery, Exchange};
use zeroize::Zeroizing;

use super::arrive::{self, Coming};
use super::begin::{Kept, back_to};
use super::claims::{Claims, Expected};
use super::clients::Upstream;
use super::fault::Fault;
use super::people;
use super::provider::{self, Provider};
use super::save::SECRET;
use crate::accounts::session::{Begin, Method, Session, org_root_id};
use crate::accounts::sign_in::SignedIn;
use crate::accounts::{Caller, Door, Guesses, blocked, ceremony, failed, network_of};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::IdentityProviderId;
use crate::keys::KeyStore;

/// What the provider sent along with the browser. RFC 6749 §4.1.2, RFC 9207.
#[derive(Clone)]
pub struct ProviderAnswer {
    /// Whose address the browser came back to.
    pub provider: IdentityProviderId,
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
    pub iss: Option<String>,
}

/// What came of it.
pub enum Arrival {
    SignedIn(Box<SignedIn>),
    /// The session is fresh again.
    Confirmed,
}

/// Where the browser goes on.
pub struct Arrived {
    pub how: Arrival,
    pub next: String,
}

/// Ends what the browser's ceremony began. It is used up, whatever comes of it.
///
/// # Errors
/// Not signed in when it is over or another browser's; forbidden with the reason in `data` when the provider's answer
/// or the person does not count; unavailable when the provider is away. Each is an event.
pub async fn finish_at_provider(
    core: &Core,
    browser: Option<&str>,
    answer: ProviderAnswer,
    session: Option<&Session>,
    caller: Caller,
) -> Result<Arrived, Error> {
    let address = caller.address.clone();
    let mut trace = Trace::default();
    match finish(core, browser, &answer, session, caller, &mut trace).await {
        Ok(arrived) => Ok(arrived),
        Err(Failed::Fault(fault)) => {
            refuse(core, &fault, trace, session, address).await?;
            Err(fault.into())
        }
        Err(Failed::Error(error)) => Err(error),
    }
}

/// What is known of a refused sign-in by the time of its refusal.
#[derive(Clone, Default)]
pub(super) struct Trace {
    provider: Option<String>,
    confirming: bool,
}

/// A refusal, or a fault of ours.
#[derive(Debug)]
pub(super) enum Failed {
    Fault(Fault),
    Error(Error),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// So that a refusal undoes what the same sign-in wrote before it.
impl From<tillsyn_db::DbError> for Failed {
    fn from(error: tillsyn_db::DbError) -> Self {
        Self::Error(error.into())
    }
}

async fn finish(
    core: &Core,
    browser: Option<&str>,
    answer: &ProviderAnswer,
    session: Option<&Session>,
    caller: Caller,
    trace: &mut Trace,
) -> Result<Arrived, Failed> {
    let kept = take(core, browser, answer).await?;
    trace.provider = Some(kept.provider.clone());
    trace.confirming = kept.session.is_some();
    if kept.session.as_ref() != session.map(|s| &s.token_hash) && kept.session.is_some() {
        return Err(Fault::Over.into());
    }
    // Each door has its own way back.
    if kept.portal != (caller.door == Door::Portal) {
        return Err(Fault::Over.into());
    }
    let id = IdentityProviderId::from_store(kept.provider.clone());
    if answer.provider != id {
        return Err(Fault::Answer("answer_issuer").into());
    }
    let provider = provider::find(core, &id).await?.filter(|p| p.enabled);
    let provider = provider.ok_or(Fault::Over)?;
    let upstream = Upstream::of(core, &provider)?;
    let discovery = upstream.discovery().await?;
    let code = code_of(answer, &discovery)?;
    let claims = ask(core, &provider, &upstream, &discovery, &kept, code).await?;
    let next = kept.next.clone();
    if let Some(session) = session.filter(|_| kept.session.is_some()) {
        if kept.portal {
            people::confirm(core, &provider, &claims, session).await?;
        } else {
            arrive::confirm(core, &provider, &claims, session).await?;
        }
        let how = Arrival::Confirmed;
        return Ok(Arrived { how, next });
    }
    let begin = Begin::blank(core, Method::Oidc, caller);
    let coming = Coming {
        begin: begin.proven_before(claims.signed_in_for_ms()),
        provider,
        claims,
    };
    let signed_in = if kept.portal {
        people::sign_in(core, coming).await?
    } else {
        arrive::sign_in(core, coming).await?
    };
    let how = Arrival::SignedIn(Box::new(signed_in));
    Ok(Arrived { how, next })
}

/// Takes what was kept for this browser, once. A foreign `state` leaves it alone: else any page could end a sign-in.
async fn take(core: &Core, browser: Option<&str>, answer: &ProviderAnswer) -> Result<Kept, Failed> {
    let (Some(browser), Some(state)) = (browser, &answer.state) else {
        return Err(Fault::Over.into());
    };
    let input = (
        core.keys().clone(),
        Zeroizing::new(browser.to_owned()),
        state.clone(),
        core.now_ms(),
    );
    let taken = core
        .db()
        .write(input, |tx, (keys, browser, state, now)| {
            Box::pin(async move { take_in(tx, keys, browser, state, *now).await })
        })
        .await?;
    let json = taken.ok_or(Fault::Over)?;
    Ok(Kept::read(&json)?)
}

async fn take_in(
    tx: &Tx,
    keys: &KeyStore,
    browser: &str,
    state: &str,
    now_ms: i64,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let kind = ceremony::Kind::Oidc;
    let Some(open) = ceremony::find_in(tx, keys, kind, browser, now_ms).await? else {
        return Ok(None);
    };
    let ours = Kept::read(&open.state)
        .is_ok_and(|kept| hash::constant_time_eq(kept.state.as_bytes(), state.as_bytes()));
    if !ours {
        return Ok(None);
    }
    let open = ceremony::take_in(tx, keys, kind, browser, now_ms).await?;
    Ok(open.map(|open| open.state))
}

/// The code, from the issuer that was asked. RFC 9207 §2.4.
fn code_of<'a>(answer: &'a ProviderAnswer, discovery: &Discovery) -> Result<&'a str, Fault> {
    let same = match &answer.iss {
        Some(iss) => *iss == discovery.issuer,
        None => !discovery.names_issuer,
    };
    if !same {
        return Err(Fault::Answer("answer_issuer"));
    }
    if answer.error.is_some() {
        return Err(Fault::Declined);
    }
    let code = answer.code.as_deref().filter(|code| !code.is_empty());
    code.ok_or(Fault::Answer("no_code"))
}

/// Exchanges the code and gives what the provider says, once it is proven.
async fn ask(
    core: &Core,
    provider: &Provider,
    upstream: &Upstream<'_>,
    discovery: &Discovery,
    kept: &Kept,
    code: &str,
) -> Result<Claims, Failed> {
    let secret = secret_of(core, provider).await?;
    let exchange = Exchange {
        client_id: &provider.client_id,
        client_secret: secret.as_ref().map(|secret| secret.as_str()),
        code,
        verifier: &kept.verifier,
        redirect_uri: &back_to(core, &provider.id, kept.portal),
    };
    let tokens = upstream.exchange(discovery, &exchange).await?;
    let algorithms = provider.algorithms();
    let keys = upstream.keys(discovery, false).await?;
    let json = match id_token::verify(&tokens.id_token, &keys, &algorithms) {
        // The provider may have new keys, also under an old name.
        Err(TokenError::UnknownKey | TokenError::Signature) => {
            let keys = upstream.keys(discovery, true).await?;
            id_token::verify(&tokens.id_token, &keys, &algorithms)
        }
        other => other,
    };
    let json = json.map_err(|error| Fault::Answer(reason_of(error)))?;
    let expected = Expected {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        nonce: &kept.nonce,
        now_ms: core.now_ms(),
        anew_since_ms: kept.session.is_some().then_some(kept.begun_at),
    };
    let mut claims = Claims::check(&json, &expected)?;
    let complete = claims.has("email") && !claims.groups(&provider.groups_claim).is_empty();
    if !complete
        && kept.session.is_none()
        && let Some(access) = &tokens.access_token
        && let Some(info) = upstream.user_info(discovery, access).await?
    {
        claims.add_user_info(&info)?;
    }
    Ok(claims)
}

fn reason_of(error: TokenError) -> &'static str {
    match error {
        TokenError::Algorithm => "algorithm",
        TokenError::UnknownKey => "unknown_key",
        TokenError::Signature => "signature",
        _ => "token_malformed",
    }
}

async fn secret_of(core: &Core, provider: &Provider) -> Result<Option<Zeroizing<String>>, Error> {
    const SEALED: &str = "SELECT client_secret_sealed FROM oidc_provider WHERE id = $1";
    let row = core
        .db()
        .query_optional(SEALED, args![&provider.id])
        .await?;
    let sealed = row.map(|row| row.opt_blob(0)).transpose()?.flatten();
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let (table, column) = SECRET;
    let open = core
        .keys()
        .open(&sealed, table, column, provider.id.as_str())?;
    let text = std::str::from_utf8(&open)
        .map_err(|error| Error::internal("A stored secret is no text.").caused_by(error))?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

/// Records a refusal, with the reason in a word. Of an address that fails again and again not every one.
async fn refuse(
    core: &Core,
    fault: &Fault,
    trace: Trace,
    session: Option<&Session>,
    address: Option<String>,
) -> Result<(), Error> {
    tracing::info!(reason = fault.reason(), provider = ?trace.provider, "a sign-in at an identity provider was refused");
    let network = network_of(address.as_deref().unwrap_or("unknown"));
    let subject = format!("provider:{network}");
    let actor = match session.filter(|_| trace.confirming) {
        Some(session) => session.actor.clone(),
        None => Actor::person("unknown", address),
    };
    let input = (actor, trace, (fault.reason(), subject), core.now_ms());
    core.db()
        .write(input, |tx, (actor, trace, (reason, subject), now)| {
            Box::pin(async move {
                match blocked(tx, subject, *now).await {
                    Err(error) if matches!(error.kind, Kind::TooMany { .. }) => return Ok(()),
                    other => other?,
                }
                failed(tx, subject, Guesses::ADDRESS, *now).await?;
                let root = org_root_id(tx).await?;
                let action = if trace.confirming {
                    "session.confirm"
                } else {
                    "session.create"
                };
                let event = NewEvent::done(action, "account", &actor.id, &root)
                    .refused()
                    .with(json!({
                        "method": "oidc", "provider": trace.provider, "reason": reason,
                    }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
