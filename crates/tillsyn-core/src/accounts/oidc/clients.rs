//! The way to the providers: one client, what it learnt kept for an hour, and a breaker so that a provider that is
//! away does not hold up everybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tillsyn_pki::id_token::KeySet;
use tillsyn_upstream::oidc::{
    Discovery, Exchange, OidcClient, OidcConfig, OidcError, Tokens, issuer_url,
};
use tokio::sync::Semaphore;

use super::fault::Fault;
use super::provider::Provider;
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;

/// How many people may be waiting for providers at once, per node.
const AT_ONCE: usize = 32;
const LEARNT_MS: i64 = HOUR_MS;
/// After so many failures in a row a provider is left alone for half a minute.
const FAILURES: u32 = 3;
const LEFT_ALONE_MS: i64 = MINUTE_MS / 2;

/// What this node knows of the providers.
pub(crate) struct Providers {
    client: OnceLock<Arc<OidcClient>>,
    known: Mutex<HashMap<String, Known>>,
    places: Semaphore,
}

impl Default for Providers {
    fn default() -> Self {
        Self {
            client: OnceLock::new(),
            known: Mutex::default(),
            places: Semaphore::new(AT_ONCE),
        }
    }
}

#[derive(Default)]
struct Known {
    discovery: Option<(i64, Arc<Discovery>)>,
    keys: Option<(i64, Arc<KeySet>)>,
    failures: u32,
    left_alone_until: i64,
}

/// Why a provider cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderProblem {
    /// `address`, `other_issuer`, `foreign_host`, `unreachable`, `status`, `too_large`, `not_json` or
    /// `no_keys`.
    pub code: &'static str,
    /// Which of its addresses it is about, by the name in the discovery document; `discovery` is that itself.
    pub what: &'static str,
    /// Of `status`: the answer's.
    pub status: Option<u16>,
    /// In English.
    pub text: String,
}

impl ProviderProblem {
    fn of(error: &OidcError) -> Self {
        let (code, what, status) = match error {
            OidcError::Address(what) => ("address", *what, None),
            OidcError::OtherIssuer => ("other_issuer", "discovery", None),
            OidcError::ForeignHost(what) => ("foreign_host", *what, None),
            OidcError::Status { what, status } => ("status", *what, Some(*status)),
            OidcError::TooLarge(what) => ("too_large", *what, None),
            OidcError::NotJson(what) => ("not_json", *what, None),
            _ => ("unreachable", "", None),
        };
        // How an address cannot be reached would tell what is behind it: that is in the log alone.
        let text = if error.is_unreachable() {
            "it cannot be reached".to_owned()
        } else {
            error.to_string()
        };
        Self {
            code,
            what,
            status,
            text,
        }
    }

    fn no_keys() -> Self {
        Self {
            code: "no_keys",
            what: "jwks_uri",
            status: None,
            text: "jwks_uri has no key that can be used".to_owned(),
        }
    }
}

/// What a provider answered to a trial.
#[derive(Clone, Debug)]
pub struct ProviderReport {
    /// `None` when it can be used.
    pub problem: Option<ProviderProblem>,
    /// Keys that can verify a token.
    pub keys: usize,
    /// Where a browser is sent.
    pub sign_in_url: Option<String>,
}

impl Providers {
    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whatever was learnt of this provider is asked for again.
    fn forget(&self, key: &str) {
        self.known().remove(key);
    }
}

/// What a provider is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// Its own documents.
    Provider,
    /// A code that a browser brought: what is answered to that is anybody's doing.
    Code,
}

/// One provider, for the length of a request.
pub(super) struct Upstream<'a> {
    core: &'a Core,
    client: Arc<OidcClient>,
    issuer: &'a str,
    hosts: &'a [String],
    /// Issuer and hosts: with others than those that it was checked against, nothing that was learnt counts.
    key: String,
}

impl<'a> Upstream<'a> {
    pub(super) fn of(core: &'a Core, provider: &'a Provider) -> Result<Self, Error> {
        let providers = core.providers();
        let client = if let Some(client) = providers.client.get() {
            Arc::clone(client)
        } else {
            let root = core.config().identity_provider_root_pem.clone();
            let made = OidcClient::new(OidcConfig {
                extra_root_pem: root.map(String::into_bytes),
                proxy_url: core.config().proxy_url.clone(),
            });
            let made = made.map_err(|error| {
                Error::internal("The connection to identity providers cannot be set up.")
                    .caused_by(error)
            })?;
            Arc::clone(providers.client.get_or_init(|| Arc::new(made)))
        };
        Ok(Self {
            core,
            client,
            issuer: &provider.issuer,
            hosts: &provider.hosts,
            key: format!("{} {}", provider.issuer, provider.hosts.join(" ")),
        })
    }

    /// Asks, unless the provider is left alone or too many are asking, and remembers how it went.
    async fn ask<T>(
        &self,
        about: About,
        call: impl Future<Output = Result<T, OidcError>>,
    ) -> Result<T, Fault> {
        let providers = self.core.providers();
        let now = self.core.now_ms();
        let left_alone = {
            let known = providers.known();
            known
                .get(&self.key)
                .is_some_and(|known| known.left_alone_until > now)
        };
        if left_alone {
            return Err(Fault::Away("left_alone"));
        }
        let Ok(_place) = providers.places.try_acquire() else {
            return Err(Fault::Away("too_many_at_once"));
        };
        let answer = call.await;
        let mut all = providers.known();
        let known = all.entry(self.key.clone()).or_default();
        match &answer {
            Err(error) if about == About::Code && !error.is_unreachable() => {}
            Err(error) if error.is_away() => {
                known.failures += 1;
                if known.failures >= FAILURES {
                    known.failures = 0;
                    known.left_alone_until = self.core.now_ms() + LEFT_ALONE_MS;
                }
            }
            _ => known.failures = 0,
        }
        answer.map_err(|error| {
            tracing::warn!(issuer = self.issuer, %error, "an identity provider's answer is no use");
            fault_of(&error)
        })
    }

    pub(super) async fn discovery(&self) -> Result<Arc<Discovery>, Fault> {
        let now = self.core.now_ms();
        let kept = {
            let known = self.core.providers().known();
            known.get(&self.key).and_then(|k| k.discovery.clone())
        };
        if let Some((at, discovery)) = kept
            && now - at < LEARNT_MS
        {
            return Ok(discovery);
        }
        let call = self.client.discover(self.issuer, self.hosts);
        let found = Arc::new(self.ask(About::Provider, call).await?);
        let mut all = self.core.providers().known();
        let known = all.entry(self.key.clone()).or_default();
        known.discovery = Some((now, Arc::clone(&found)));
        Ok(found)
    }

    /// The keys; asked for again when none of those that we know fits.
    pub(super) async fn keys(
        &self,
        discovery: &Discovery,
        again: bool,
    ) -> Result<Arc<KeySet>, Fault> {
        let now = self.core.now_ms();
        let kept = {
            let known = self.core.providers().known();
            known.get(&self.key).and_then(|known| known.keys.clone())
        };
        if let Some((at, keys)) = kept
            && !again
            && now - at < LEARNT_MS
        {
            return Ok(keys);
        }
        let json = self
            .ask(About::Provider, self.client.keys(discovery))
            .await?;
        let keys = KeySet::from_json(&json).map_err(|_| Fault::Answer("keys"))?;
        let keys = Arc::new(keys);
        let mut all = self.core.providers().known();
        let known = all.entry(self.key.clone()).or_default();
        known.keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    pub(super) async fn exchange(
        &self,
        discovery: &Discovery,
        exchange: &Exchange<'_>,
    ) -> Result<Tokens, Fault> {
        self.ask(About::Code, self.client.exchange(discovery, exchange))
            .await
    }

    pub(super) async fn user_info(
        &self,
        discovery: &Discovery,
        access_token: &str,
    ) -> Result<Option<Vec<u8>>, Fault> {
        self.ask(About::Code, self.client.user_info(discovery, access_token))
            .await
    }

    /// Asks everything anew that needs no person.
    pub(super) async fn report(&self) -> ProviderReport {
        self.core.providers().forget(&self.key);
        let mut report = ProviderReport {
            problem: None,
            keys: 0,
            sign_in_url: None,
        };
        let asked = async {
            let discovery = self.client.discover(self.issuer, self.hosts).await?;
            let json = self.client.keys(&discovery).await?;
            Ok::<_, OidcError>((discovery, json))
        };
        match asked.await {
            Ok((discovery, json)) => {
                report.sign_in_url = Some(discovery.authorization_url(&[]));
                report.keys = KeySet::from_json(&json).map_or(0, |keys| keys.len());
                if report.keys == 0 {
                    report.problem = Some(ProviderProblem::no_keys());
                }
            }
            Err(error) => {
                tracing::info!(issuer = self.issuer, %error, "an identity provider was tried in vain");
                report.problem = Some(ProviderProblem::of(&error));
            }
        }
        report
    }
}

fn fault_of(error: &OidcError) -> Fault {
    match error {
        _ if error.is_away() => Fault::Away("no_answer"),
        OidcError::OtherIssuer => Fault::Answer("discovery_issuer"),
        OidcError::ForeignHost(_) => Fault::Answer("foreign_host"),
        OidcError::Refused(_) => Fault::Answer("code_refused"),
        OidcError::TooLarge(_) => Fault::Answer("too_large"),
        OidcError::NotJson(_) => Fault::Answer("not_json"),
        _ => Fault::Answer("unusable"),
    }
}

/// Whether an issuer's address can be one.
pub(super) fn is_issuer(text: &str) -> bool {
    issuer_url(text).is_ok()
}
