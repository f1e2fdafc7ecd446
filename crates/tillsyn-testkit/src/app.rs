//! One running server of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tillsyn_core::accounts::{self, InitInput};
use tillsyn_core::invitations::{self, CreatedInvitation, NewInvitation};
use tillsyn_core::keys::KeyStore;
use tillsyn_core::push::{self, PushUpload};
use tillsyn_core::settings::Organisation;
use tillsyn_core::tokens::{self, NewToken};
use tillsyn_core::webhooks::Allowed;
use tillsyn_core::{Actor, Clock, Core, CoreConfig, Permission};
use tillsyn_db::Engine;
use tillsyn_db::testing::TempDb;
use tillsyn_pki::seal::{KeyRing, MasterKey};
use tillsyn_sim::{
    AttestationRoot, Device, DeviceConfig, EnrollBy, Network, NetworkConfig, PushHub,
};
use tillsyn_standins::activation_lock::ActivationLockStandin;
use tillsyn_standins::apns::{ApnsStandin, StandinConfig};
use tillsyn_standins::webhook::HookStandin;
use tillsyn_web::server::{DeviceProof, ListenConfig, Listener, Surface, serve};
use tillsyn_web::{AppState, WebConfig};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::Api;

/// The owner's mail address and password in every test.
pub const OWNER_EMAIL: &str = "maja@example.org";
pub const OWNER_PASSWORD: &str = "four words make one";

const ROOT_FILE: &str = "attestation-root.pem";

/// What may differ from test to test.
pub struct AppOptions {
    pub clock: Clock,
    /// Start the workers (push, holds, feed). Off when a test runs jobs itself.
    pub jobs: bool,
    /// The server's way out to vendors.
    pub proxy_url: Option<String>,
    /// The console is reached under `localhost` instead of an address.
    pub localhost: bool,
    /// PEM of the root that identity providers are trusted by.
    pub identity_provider_root_pem: Option<String>,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            jobs: true,
            proxy_url: None,
            localhost: false,
            identity_provider_root_pem: None,
        }
    }
}

/// A server on 127.0.0.1 with both surfaces, its stand-ins and its devices.
pub struct TestApp {
    pub core: Core,
    pub apns: Arc<ApnsStandin>,
    /// Apple's device services: locked devices and the codes that open them.
    pub device_services: Arc<ActivationLockStandin>,
    /// A receiver of webhooks; the only one on the loopback that the server may reach.
    pub hooks: Arc<HookStandin>,
    pub topic: String,
    pub clock: Clock,
    pub hub: PushHub,
    pub network: Network,
    pub owner: Actor,
    /// What vouches for simulated devices; the file below holds its root.
    pub attestation: AttestationRoot,
    attestation_folder: Arc<tempfile::TempDir>,
    address: SocketAddr,
    public_url: Option<String>,
    master_key: String,
    jobs: Vec<tokio::task::JoinHandle<()>>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<tokio::task::JoinHandle<()>>,
    serials: AtomicUsize,
    db: Arc<TempDb>,
}

impl TestApp {
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, AppOptions::default()).await
    }

    /// A server with its own choices. The fleet is empty, the push certificate is there, the owner is
    /// signed in and older than a day.
    pub async fn with(engine: Engine, options: AppOptions) -> Self {
        Self::behind(None, engine, options).await
    }

    /// The same behind something that hands connections on: its address goes into profiles.
    pub async fn behind(public_url: Option<String>, engine: Engine, options: AppOptions) -> Self {
        let db = Arc::new(TempDb::new(engine, tillsyn_db::MIGRATIONS).await);
        let clock = options.clock.clone();
        let real = Clock::system();
        let real_now_ms = real.now_ms();
        let apns = ApnsStandin::start(
            "127.0.0.1:0".parse().unwrap(),
            StandinConfig::new(Arc::new(move || real.now_ms())),
        )
        .await
        .map(Arc::new)
        .unwrap();
        let device_services = ActivationLockStandin::start(&apns.push_root_pem(), real_now_ms)
            .await
            .map(Arc::new)
            .unwrap();
        let hooks = HookStandin::start(real_now_ms).await.map(Arc::new).unwrap();
        let master = MasterKey::generate(1);
        let master_key = master.to_text().to_string();
        let keys = KeyStore::new(KeyRing::new(master));
        let organisation = Organisation {
            name: "Norrvik University".to_owned(),
            ..Organisation::default()
        };
        accounts::initialise(&db.db(), &clock, &keys, InitInput { organisation })
            .await
            .unwrap();
        let topic = format!(
            "com.apple.mgmt.External.{}",
            "7b1f0a52-93ab-4b4e-9d3e-0f6f5d1c2a01"
        );
        let attestation = AttestationRoot::new().unwrap();
        let attestation_folder = Arc::new(tempfile::tempdir().unwrap());
        let root_file = attestation_folder.path().join(ROOT_FILE);
        std::fs::write(&root_file, attestation.root_pem()).unwrap();
        let (core, address, stop, server) = start(
            &db,
            &clock,
            keys,
            root_file,
            Names {
                public_url: public_url.clone(),
                localhost: options.localhost,
            },
            WayOut {
                identity_provider_root_pem: options.identity_provider_root_pem,
                ..WayOut::to(&apns, &device_services, &hooks, options.proxy_url)
            },
        )
        .await;
        let owner = first_owner(&core, &db).await;
        let pushed = apns
            .issue_push_certificate_at(&topic, options.clock.now_ms(), 365)
            .unwrap();
        let upload = PushUpload {
            certificate_pem: pushed.certificate_pem,
            key_pem: Some(Zeroizing::new(pushed.private_key_pem.to_string())),
            vendor_account: Some("push@example.org".to_owned()),
            note: None,
            ..PushUpload::default()
        };
        push::upload_certificate(&core, &owner, upload)
            .await
            .unwrap();
        let jobs = if options.jobs {
            tillsyn_core::jobs::start(&core)
        } else {
            Vec::new()
        };
        let hub = PushHub::new();
        connect_pushes(&apns, &hub);
        Self {
            core,
            apns,
            device_services,
            hooks,
            topic,
            clock: options.clock,
            hub,
            network: Network::new(NetworkConfig {
                allow_plain_http: true,
                attestation: Some(attestation.clone()),
                ..NetworkConfig::default()
            })
            .unwrap(),
            owner,
            attestation,
            attestation_folder,
            address,
            public_url,
            master_key,
            jobs,
            stop: Some(stop),
            server: Some(server),
            serials: AtomicUsize::new(0),
            db,
        }
    }

    /// The server's address, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The file with the root that attestations have to lead to.
    pub fn attestation_root_file(&self) -> PathBuf {
        self.attestation_folder.path().join(ROOT_FILE)
    }

    /// The key that a process of its own needs to open this database.
    pub fn master_key(&self) -> &str {
        &self.master_key
    }

    /// Where the database is, for a process of its own.
    pub fn database_url(&self) -> &str {
        self.db.url()
    }

    /// The database, for rows that no surface shows.
    pub fn db(&self) -> tillsyn_db::Db {
        self.db.db()
    }

    /// Another node on the same database, with its own port; PostgreSQL only.
    pub async fn second_node(&self) -> (Core, String, oneshot::Sender<()>) {
        let ring = KeyRing::from_text(&self.master_key).unwrap();
        let db = tillsyn_db::Db::open(&tillsyn_db::DbConfig {
            url: self.db.url().to_owned(),
            ..tillsyn_db::DbConfig::default()
        })
        .await
        .unwrap();
        let state = state_for(
            db,
            &self.clock,
            KeyStore::new(ring),
            self.attestation_root_file(),
            self.public_url.clone().unwrap_or_else(|| self.url()),
            WayOut::to(&self.apns, &self.device_services, &self.hooks, None),
            "node-b",
        )
        .await;
        let core = state.core.clone();
        let listener = listener("127.0.0.1:0".parse().unwrap()).await;
        let address = listener.local_addr();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let _ = serve(state, vec![listener], async { drop(stopped.await) }).await;
        });
        (core, format!("http://{address}"), stop)
    }

    /// Ends this node's server abruptly: open connections are cut, its jobs stop.
    pub fn kill(&mut self) {
        for job in self.jobs.drain(..) {
            job.abort();
        }
        if let Some(server) = self.server.take() {
            server.abort();
        }
        self.stop = None;
    }

    /// Runs one of the server's jobs now.
    pub async fn run_job(&self, name: &str) {
        tillsyn_core::jobs::run(&self.core, name).await.unwrap();
    }

    /// A client of the API with these permissions.
    pub async fn api(&self, permissions: &[Permission]) -> Api {
        let token = self.token(permissions.iter().copied()).await;
        Api::new(self.url(), Some(token))
    }

    /// A token of the API with these permissions.
    pub async fn token(&self, permissions: impl Iterator<Item = Permission>) -> String {
        let new = NewToken {
            name: "test".to_owned(),
            permissions: permissions.collect(),
            days: 1,
            ..NewToken::default()
        };
        // Whoever makes a token has just confirmed who they are.
        let mut owner = self.owner.clone();
        owner.fresh_at = Some(self.core.now_ms());
        let (_, token) = tokens::create_token(&self.core, &owner, new).await.unwrap();
        token.to_string()
    }

    /// A client of the API with everything a token of the owner can hold.
    pub async fn owner_api(&self) -> Api {
        let all: Vec<Permission> = Permission::ALL
            .iter()
            .map(|(p, _)| *p)
            .filter(|p| self.owner.holds(*p))
            .collect();
        self.api(&all).await
    }

    /// An invitation for one corporate device of nobody in particular.
    pub async fn invite(&self) -> CreatedInvitation {
        self.invite_with(|_| {}).await
    }

    /// The same, changed by the test.
    pub async fn invite_with(&self, change: impl FnOnce(&mut NewInvitation)) -> CreatedInvitation {
        let mut new = NewInvitation {
            unit: None,
            person: None,
            person_name: None,
            person_email: None,
            label: Some("Test".to_owned()),
            ownership: "corporate".to_owned(),
            language: None,
            with_pin: false,
            uses_allowed: 1,
            days: 14,
            may_replace: false,
        };
        change(&mut new);
        invitations::create_invitation(&self.core, &self.owner, new)
            .await
            .unwrap()
    }

    /// A factory-new device on this server's network.
    pub fn device(&self, config: DeviceConfig) -> Device {
        Device::new(config, self.network.clone()).with_push(self.hub.clone())
    }

    /// A new iPhone with a serial number of its own, enrolled by a fresh invitation.
    pub async fn enrolled_iphone(&self) -> Device {
        self.enrolled(DeviceConfig::iphone(self.next())).await
    }

    /// A new Mac, enrolled by a fresh invitation.
    pub async fn enrolled_mac(&self) -> Device {
        self.enrolled(DeviceConfig::mac(self.next())).await
    }

    pub async fn enrolled(&self, config: DeviceConfig) -> Device {
        let invitation = self.invite().await;
        let mut device = self.device(config);
        device.enroll(&self.by(&invitation)).await.unwrap();
        device
    }

    /// How a device takes an invitation.
    pub fn by(&self, invitation: &CreatedInvitation) -> EnrollBy {
        EnrollBy::Invitation {
            server: self.url(),
            code: invitation.code.to_string(),
            pin: invitation.pin.as_ref().map(|pin| pin.as_str().to_owned()),
        }
    }

    /// A number no other device of this test has.
    pub fn next(&self) -> usize {
        self.serials.fetch_add(1, Ordering::SeqCst)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.kill();
    }
}

fn connect_pushes(apns: &Arc<ApnsStandin>, hub: &PushHub) {
    let subscription = Arc::new(apns.subscribe());
    let (registrar, tokens) = (apns.clone(), subscription.clone());
    hub.on_register(move |token| {
        registrar.register_token(token);
        tokens.add(token);
    });
    let hub = hub.clone();
    tokio::spawn(async move {
        loop {
            let push = subscription.next().await;
            hub.deliver(tillsyn_sim::Push {
                token: push.token,
                topic: Some(push.topic),
                push_magic: Some(push.push_magic),
            });
        }
    });
}

async fn listener(address: SocketAddr) -> Listener {
    Listener::bind(ListenConfig {
        address,
        tls: None,
        surface: Surface::All,
        device_proof: DeviceProof::Signature,
    })
    .await
    .unwrap()
}

/// What a server is called.
struct Names {
    public_url: Option<String>,
    localhost: bool,
}

/// How a server reaches its vendors.
struct WayOut {
    apns_url: String,
    apns_root_pem: String,
    device_services_url: String,
    device_services_root_pem: String,
    hooks_root_pem: String,
    identity_provider_root_pem: Option<String>,
    proxy_url: Option<String>,
}

impl WayOut {
    fn to(
        apns: &ApnsStandin,
        device_services: &ActivationLockStandin,
        hooks: &HookStandin,
        proxy_url: Option<String>,
    ) -> Self {
        Self {
            apns_url: apns.base_url(),
            apns_root_pem: apns.root_pem(),
            device_services_url: device_services.base_url(),
            device_services_root_pem: device_services.root_pem().to_owned(),
            hooks_root_pem: hooks.root_pem().to_owned(),
            identity_provider_root_pem: None,
            proxy_url,
        }
    }
}

async fn state_for(
    db: tillsyn_db::Db,
    clock: &Clock,
    keys: KeyStore,
    root_file: PathBuf,
    url: String,
    way: WayOut,
    node: &str,
) -> AppState {
    let config = CoreConfig {
        console_url: url.clone(),
        public_url: url,
        apns_url: way.apns_url,
        apns_root_pem: Some(way.apns_root_pem),
        device_services_url: way.device_services_url,
        device_services_root_pem: Some(way.device_services_root_pem),
        identity_provider_root_pem: way.identity_provider_root_pem,
        proxy_url: way.proxy_url,
        webhook_targets: Allowed::parse(&["127.0.0.1"]).unwrap(),
        webhook_roots_pem: Some(way.hooks_root_pem),
        attestation_roots: vec![root_file],
        node: node.to_owned(),
        ..CoreConfig::default()
    };
    let core = Core::open(db, clock.clone(), config, keys).await.unwrap();
    AppState::new(
        core,
        WebConfig {
            secure: false,
            ..WebConfig::default()
        },
    )
}

async fn start(
    db: &TempDb,
    clock: &Clock,
    keys: KeyStore,
    root_file: PathBuf,
    names: Names,
    way: WayOut,
) -> (
    Core,
    SocketAddr,
    oneshot::Sender<()>,
    tokio::task::JoinHandle<()>,
) {
    let listener = listener("127.0.0.1:0".parse().unwrap()).await;
    let address = listener.local_addr();
    let url = match names.public_url {
        Some(url) => url,
        None if names.localhost => format!("http://localhost:{}", address.port()),
        None => format!("http://{address}"),
    };
    let state = state_for(db.db(), clock, keys, root_file, url, way, "node-a").await;
    let core = state.core.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let _ = serve(state, vec![listener], async { drop(stopped.await) }).await;
    });
    (core, address, stop, server)
}

/// The owner, signed in, with rights older than a day: a new account may act on one device only.
async fn first_owner(core: &Core, db: &TempDb) -> Actor {
    const AGE: &str = "UPDATE account SET role_changed_at = role_changed_at - 172800000";
    let code = accounts::new_bootstrap_code(core).await.unwrap().unwrap();
    let password = || Zeroizing::new(OWNER_PASSWORD.to_owned());
    accounts::create_first_account(core, &code, "Maja Bergqvist", OWNER_EMAIL, password(), None)
        .await
        .unwrap();
    db.execute(AGE, Vec::new()).await.unwrap();
    let session = accounts::sign_in(core, OWNER_EMAIL, password(), None)
        .await
        .and_then(accounts::SignedIn::session)
        .unwrap();
    accounts::resume(core, &session.token, None)
        .await
        .unwrap()
        .unwrap()
        .actor
}
