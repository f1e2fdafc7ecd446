//! Sends the browser to the provider.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tillsyn_pki::hash;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::clients::Upstream;
use super::fault::Fault;
use super::provider::{self, Provider};
use crate::accounts::ceremony;
use crate::accounts::guess::reserve;
use crate::accounts::session::Session;
use crate::accounts::{Caller, Door, Guesses};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{AccountId, IdentityProviderId};

/// The way to the provider.
pub struct Way {
    pub url: String,
    /// For the browser's cookie: only it may come back.
    pub ceremony: Zeroizing<String>,
}

/// What is kept, sealed, until the browser comes back.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Kept {
    pub(super) provider: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// A path of ours.
    pub(super) next: String,
    /// Hash of the session to confirm; `None` at a sign-in.
    pub(super) session: Option<String>,
    pub(super) begun_at: i64,
    /// It is for the portal.
    #[serde(default)]
    pub(super) portal: bool,
}

/// Where a provider sends the browser back to: each to its own address, so that the answer of one is never taken to
/// another. RFC 9700 §4.4.2.2.
pub fn redirect_uri(core: &Core, id: &IdentityProviderId) -> String {
    let console = &core.config().console_url;
    format!("{console}/console/sign-in/provider/{id}/back")
}

/// The same at the portal.
pub fn portal_redirect_uri(core: &Core, id: &IdentityProviderId) -> String {
    let public = core.config().public_url.trim_end_matches('/');
    format!("{public}/portal/sign-in/provider/{id}/back")
}

/// Where the browser comes back to of what is kept.
pub(super) fn back_to(core: &Core, id: &IdentityProviderId, portal: bool) -> String {
    if portal {
        portal_redirect_uri(core, id)
    } else {
        redirect_uri(core, id)
    }
}

/// Begins a sign-in; `next` is where it leads to. How often is bounded per address, since anybody may ask.
///
/// # Errors
/// Not found for a provider that is unknown or disabled; unavailable when it does not answer; too many from one
/// address.
pub async fn begin_sign_in_at_provider(
    core: &Core,
    id: &IdentityProviderId,
    next: &str,
    caller: &Caller,
) -> Result<Way, Error> {
    let limited = format!("provider_begin:{}", caller.address_subject());
    let portal = caller.door == Door::Portal;
    begin(core, id, (next, portal), Who::Anybody(limited)).await
}

/// Begins the proof that it is still the same person: the provider asks them to sign in anew.
///
/// # Errors
/// As [`begin_sign_in_at_provider`].
pub async fn begin_confirm_at_provider(
    core: &Core,
    session: &Session,
    id: &IdentityProviderId,
    next: &str,
) -> Result<Way, Error> {
    let of = Who::Session(session.account.id.clone(), session.token_hash.clone());
    begin(core, id, (next, session.portal_only), of).await
}

/// Who is sent to a provider.
enum Who {
    /// Counted as this.
    Anybody(String),
    /// Somebody of a session, by its hash.
    Session(AccountId, String),
}

async fn begin(
    core: &Core,
    id: &IdentityProviderId,
    (next, portal): (&str, bool),
    who: Who,
) -> Result<Way, Error> {
    let provider = provider::find(core, id).await?;
    let provider = provider.filter(|p| p.enabled && (!portal || p.people));
    let provider = provider.ok_or_else(|| Error::not_found("identity provider"))?;
    let discovery = Upstream::of(core, &provider)?.discovery().await?;
    let (account, session, limited) = match who {
        Who::Anybody(subject) => (None, None, Some(subject)),
        Who::Session(account, session) => (Some(account), Some(session), None),
    };
    let kept = Kept {
        provider: provider.id.as_str().to_owned(),
        state: hash::random_token(32),
        nonce: hash::random_token(32),
        verifier: hash::random_token(48),
        next: next.to_owned(),
        session,
        begun_at: core.now_ms(),
        portal,
    };
    let url = authorization_url(core, &provider, &kept, &discovery);
    let json = serde_json::to_vec(&kept).map(Zeroizing::new);
    let json =
        json.map_err(|error| Error::internal("A sign-in cannot be kept.").caused_by(error))?;
    let (ceremony, opening) = ceremony::prepare(core.keys(), ceremony::Kind::Oidc, &json);
    core.db()
        .write(
            (opening, account, limited, kept.begun_at),
            |tx, (opening, account, limited, now)| {
                Box::pin(async move {
                    if let Some(subject) = limited {
                        reserve(tx, subject, Guesses::CERTIFICATES, *now).await?;
                    }
                    ceremony::open_in(tx, opening, account.as_ref(), *now).await
                })
            },
        )
        .await?;
    Ok(Way { url, ceremony })
}

fn authorization_url(
    core: &Core,
    provider: &Provider,
    kept: &Kept,
    discovery: &tillsyn_upstream::oidc::Discovery,
) -> String {
    // RFC 7636 §4.2.
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(hash::sha256(kept.verifier.as_bytes()));
    let (redirect, scope) = (
        back_to(core, &provider.id, kept.portal),
        provider.scopes.join(" "),
    );
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", provider.client_id.as_str()),
        ("redirect_uri", redirect.as_str()),
        ("scope", scope.as_str()),
        ("state", kept.state.as_str()),
        ("nonce", kept.nonce.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    if kept.session.is_some() {
        parameters.extend([("prompt", "login"), ("max_age", "0")]);
    }
    discovery.authorization_url(&parameters)
}

impl Kept {
    /// # Errors
    /// [`Fault::Over`] when it is not one of ours.
    pub(super) fn read(json: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(json).map_err(|_| Fault::Over)
    }
}
