//! What every feature needs, handed around as one value: store, clock, keys, settings of this node.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};

use tillsyn_db::Db;

use crate::accounts::portal::PasswordSource;
use crate::clock::Clock;
use crate::error::Error;
use crate::feed::Feed;
use crate::keys::{Authorities, KeyStore};
use crate::mail::MailTexts;
use crate::platform::apple::TokenProvider;
use crate::webhooks::Allowed;

/// Settings of the node that features read. Addresses come from here, never from a request (S25).
#[derive(Clone, Debug)]
pub struct CoreConfig {
    /// Address of the public listener as devices and people reach it, without a trailing slash.
    pub public_url: String,
    /// Address of the console, without a trailing slash.
    pub console_url: String,
    /// Roots that a device must trust to reach `public_url`, PEM; put into enrollment profiles.
    pub tls_roots_pem: Vec<String>,
    /// APNs address; a stand-in in tests and the demo.
    pub apns_url: String,
    /// Trust only this root (PEM) for APNs; `None` means the system's roots.
    pub apns_root_pem: Option<String>,
    /// Address of Apple's device services, which remove activation locks.
    pub device_services_url: String,
    /// Trust only this root (PEM) for them; `None` means the system's roots.
    pub device_services_root_pem: Option<String>,
    /// Collector to which the audit trail is sent.
    pub syslog: Option<crate::audit::SyslogTarget>,
    /// Trust only this root (PEM) for identity providers; `None` means the system's roots.
    pub identity_provider_root_pem: Option<String>,
    /// Outgoing proxy for vendors.
    pub proxy_url: Option<String>,
    /// Where webhooks may go beyond the public internet.
    pub webhook_targets: Allowed,
    /// Roots (PEM) that are trusted for webhooks beside those of the system.
    pub webhook_roots_pem: Option<String>,
    /// Roots (PEM) that are trusted for the mail server beside those of the system.
    pub mail_roots_pem: Option<String>,
    /// How long the first download of a profile may be used, in milliseconds (default one hour).
    pub profile_lifetime_ms: i64,
    /// Roots (PEM files) that attestations of devices must lead to; empty means Apple's own.
    pub attestation_roots: Vec<PathBuf>,
    /// Life of a device identity in days (at most 398).
    pub identity_days: u32,
    /// Whether devices sign their messages: only where the listener reads the signature.
    pub sign_messages: bool,
    /// Name of this node in leases.
    pub node: String,
}

impl Default for CoreConfig {
    fn default() -> Self {
        Self {
            public_url: String::new(),
            console_url: String::new(),
            tls_roots_pem: Vec::new(),
            apns_url: "https://api.push.apple.com".to_owned(),
            apns_root_pem: None,
            device_services_url: "https://deviceservices-external.apple.com".to_owned(),
            device_services_root_pem: None,
            syslog: None,
            identity_provider_root_pem: None,
            proxy_url: None,
            webhook_targets: Allowed::default(),
            webhook_roots_pem: None,
            mail_roots_pem: None,
            profile_lifetime_ms: crate::clock::HOUR_MS,
            attestation_roots: Vec::new(),
            identity_days: 398,
            sign_messages: true,
            node: "node".to_owned(),
        }
    }
}

/// The product's state of one node. Cheap to clone.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    config: CoreConfig,
    keys: KeyStore,
    authorities: RwLock<Arc<Authorities>>,
    feed: Feed,
    last_seen: Mutex<HashMap<String, i64>>,
    push_wake: tokio::sync::Notify,
    reconcile_wake: tokio::sync::Notify,
    identities: crate::platform::apple::IdentityCache,
    trust: crate::device_authorities::TrustStore,
    catalogues: crate::assignments::CatalogueCache,
    judgements: crate::support::Judgements,
    token_provider: RwLock<Option<Arc<dyn TokenProvider>>>,
    mail_texts: RwLock<Option<Arc<dyn MailTexts>>>,
    profiles: crate::platform::apple::ProfileCache,
    refusals: crate::audit::Refusals,
    raw_wanted: crate::webhooks::RawWanted,
    forwarder: crate::nanomdm::forward::Forwarder,
    providers: crate::accounts::Providers,
    password_source: RwLock<Option<Arc<dyn PasswordSource>>>,
    figures: crate::figures::Figures,
}

impl Core {
    /// Opens the product on a migrated database.
    ///
    /// # Errors
    /// When the master key does not match the database, or the authorities cannot be read.
    pub async fn open(
        db: Db,
        clock: Clock,
        config: CoreConfig,
        keys: KeyStore,
    ) -> Result<Self, Error> {
        crate::backup::refuse_unfinished(&db).await?;
        keys.check_against(&db).await?;
        crate::clock::resume(&db, &clock).await?;
        crate::keys::ensure_network(&db, &keys, clock.now_ms()).await?;
        crate::keys::ensure_audit(&db, &keys, clock.now_ms()).await?;
        let authorities = Authorities::load(&db, &keys).await?;
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            config,
            keys,
            authorities: RwLock::new(Arc::new(authorities)),
            feed: Feed::new(),
            last_seen: Mutex::default(),
            push_wake: tokio::sync::Notify::new(),
            reconcile_wake: tokio::sync::Notify::new(),
            identities: crate::platform::apple::IdentityCache::default(),
            trust: crate::device_authorities::TrustStore::default(),
            catalogues: crate::assignments::CatalogueCache::default(),
            judgements: crate::support::Judgements::default(),
            token_provider: RwLock::new(None),
            mail_texts: RwLock::new(None),
            profiles: crate::platform::apple::ProfileCache::default(),
            refusals: crate::audit::Refusals::default(),
            raw_wanted: crate::webhooks::RawWanted::default(),
            forwarder: crate::nanomdm::forward::Forwarder::default(),
            providers: crate::accounts::Providers::default(),
            password_source: RwLock::new(Some(
                Arc::new(crate::ldap::LdapPasswords) as Arc<dyn PasswordSource>
            )),
            figures: crate::figures::Figures::default(),
        })))
    }

    pub fn db(&self) -> &Db {
        &self.0.db
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Now, in milliseconds UTC.
    pub fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    pub fn config(&self) -> &CoreConfig {
        &self.0.config
    }

    pub fn keys(&self) -> &KeyStore {
        &self.0.keys
    }

    /// Our certificate authorities and signers.
    pub fn authorities(&self) -> Arc<Authorities> {
        self.0
            .authorities
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn identities(&self) -> &crate::platform::apple::IdentityCache {
        &self.0.identities
    }

    pub(crate) fn profile_cache(&self) -> &crate::platform::apple::ProfileCache {
        &self.0.profiles
    }

    pub(crate) fn refusals(&self) -> &crate::audit::Refusals {
        &self.0.refusals
    }

    pub(crate) fn raw_wanted(&self) -> &crate::webhooks::RawWanted {
        &self.0.raw_wanted
    }

    pub(crate) fn forwarder(&self) -> &crate::nanomdm::forward::Forwarder {
        &self.0.forwarder
    }

    pub(crate) fn providers(&self) -> &crate::accounts::Providers {
        &self.0.providers
    }

    pub(crate) fn trust(&self) -> &crate::device_authorities::TrustStore {
        &self.0.trust
    }

    pub(crate) fn catalogues(&self) -> &crate::assignments::CatalogueCache {
        &self.0.catalogues
    }

    pub(crate) fn figures(&self) -> &crate::figures::Figures {
        &self.0.figures
    }

    pub(crate) fn judgements(&self) -> &crate::support::Judgements {
        &self.0.judgements
    }

    /// Registers who checks the passwords of people that come from a directory.
    pub fn set_password_source(&self, source: Arc<dyn PasswordSource>) {
        *self
            .0
            .password_source
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(source);
    }

    pub(crate) fn password_source(&self) -> Option<Arc<dyn PasswordSource>> {
        self.0
            .password_source
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Registers who answers `GetToken`; profiles made from now on announce it.
    pub fn set_token_provider(&self, provider: Arc<dyn TokenProvider>) {
        *self
            .0
            .token_provider
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(provider);
    }

    pub(crate) fn token_provider(&self) -> Option<Arc<dyn TokenProvider>> {
        self.0
            .token_provider
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Registers who has words for mail; until then mail waits.
    pub fn set_mail_texts(&self, texts: Arc<dyn MailTexts>) {
        *self
            .0
            .mail_texts
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(texts);
    }

    pub(crate) fn mail_texts(&self) -> Option<Arc<dyn MailTexts>> {
        self.0
            .mail_texts
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// What happens, for pages that live.
    pub fn feed(&self) -> &Feed {
        &self.0.feed
    }

    /// Tells this node's push worker that there is something to send.
    pub(crate) fn wake_push(&self) {
        self.0.push_wake.notify_one();
    }

    pub(crate) fn push_wake(&self) -> &tokio::sync::Notify {
        &self.0.push_wake
    }

    /// Tells this node's reconciler that there are devices to look at.
    pub(crate) fn wake_reconciler(&self) {
        self.0.reconcile_wake.notify_one();
    }

    pub(crate) fn reconcile_wake(&self) -> &tokio::sync::Notify {
        &self.0.reconcile_wake
    }

    /// Notes that a device spoke; written in batches at most once a minute per device.
    pub(crate) fn note_seen(&self, device_id: &str, now_ms: i64) {
        let mut seen = self
            .0
            .last_seen
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match seen.get_mut(device_id) {
            Some(at) => *at = now_ms,
            None => {
                seen.insert(device_id.to_owned(), now_ms);
            }
        }
    }

    pub(crate) fn take_seen(&self) -> HashMap<String, i64> {
        std::mem::take(
            &mut *self
                .0
                .last_seen
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }
}
