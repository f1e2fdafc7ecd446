//! Start, handle and stop of the stand-in.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::answer::Answer;
use super::identity::{Identity, PushCertificate};
use super::portal::{self, PortalRefusal};
use super::state::{ReceivedPush, Refusal, State, Subscription};
use super::{connection, control, identity};

/// Unix milliseconds, now.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How the stand-in behaves.
#[derive(Clone)]
pub struct StandinConfig {
    pub clock: Clock,
    /// Refuse tokens that were never handed out.
    pub strict_tokens: bool,
    /// Where the control endpoint listens; `None` = nowhere.
    pub control: Option<SocketAddr>,
    /// How many pushes and refusals are remembered for [`ApnsStandin::received`] and
    /// [`ApnsStandin::refusals`].
    pub keep: usize,
}

impl StandinConfig {
    /// Strict, with a control endpoint on a free loopback port.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            strict_tokens: true,
            control: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
            keep: 10_000,
        }
    }
}

impl fmt::Debug for StandinConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandinConfig")
            .field("strict_tokens", &self.strict_tokens)
            .field("control", &self.control)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

/// Why the stand-in did not start.
#[derive(Debug, thiserror::Error)]
pub enum StandinError {
    #[error("a stand-in listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    #[error("stand-in cannot listen on {addr}")]
    Listen {
        addr: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("stand-in certificate")]
    Certificate(#[from] tillsyn_pki::Error),
    #[error("stand-in TLS")]
    Tls(#[from] rustls::Error),
    #[error("stand-in client verifier")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// A running stand-in. Dropping it cuts its connections; [`ApnsStandin::stop`] is gentler.
pub struct ApnsStandin {
    state: Arc<State>,
    identity: Arc<Identity>,
    address: SocketAddr,
    control_address: Option<SocketAddr>,
    shutdown: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl ApnsStandin {
    /// Makes certificates and listens on `address`, which must be on loopback; port 0 = any.
    pub async fn start(address: SocketAddr, config: StandinConfig) -> Result<Self, StandinError> {
        let listener = listen(address).await?;
        let address = local(&listener, address)?;
        let control = match config.control {
            Some(wanted) => {
                let listener = listen(wanted).await?;
                Some((local(&listener, wanted)?, listener))
            }
            None => None,
        };

        let now_ms = (config.clock)();
        let identity = Arc::new(Identity::create(now_ms)?);
        let acceptor = TlsAcceptor::from(Arc::new(identity.server_config(now_ms)?));
        let state = Arc::new(State::new(config.clock, config.strict_tokens, config.keep));
        let (shutdown, stopping) = watch::channel(false);
        let mut tasks = vec![tokio::spawn(accept(
            listener,
            acceptor,
            Arc::clone(&state),
            stopping.clone(),
        ))];
        let mut control_address = None;
        if let Some((bound, listener)) = control {
            control_address = Some(bound);
            tasks.push(tokio::spawn(control::serve(
                listener,
                Arc::clone(&state),
                Arc::clone(&identity),
                stopping,
            )));
        }
        Ok(Self {
            state,
            identity,
            address,
            control_address,
            shutdown,
            tasks,
        })
    }

    /// For the server's configuration.
    pub fn base_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Plain HTTP, for simulated devices in another process.
    pub fn control_url(&self) -> Option<String> {
        self.control_address.map(|addr| format!("http://{addr}"))
    }

    /// PEM of the root that signed the stand-in's own certificate.
    pub fn root_pem(&self) -> String {
        self.identity.root_pem()
    }

    /// PEM of the root that signs push certificates, for other stand-ins that take them.
    pub fn push_root_pem(&self) -> String {
        self.identity.push_root_pem()
    }

    /// A push certificate for `topic`, valid for a year like Apple's.
    pub fn issue_push_certificate(&self, topic: &str) -> Result<PushCertificate, StandinError> {
        let now_ms = self.state.now_ms();
        self.issue_push_certificate_at(topic, now_ms, identity::YEAR_DAYS)
    }

    /// As [`ApnsStandin::issue_push_certificate`], as if it were `now_ms`.
    pub fn issue_push_certificate_at(
        &self,
        topic: &str,
        now_ms: i64,
        days: u32,
    ) -> Result<PushCertificate, StandinError> {
        Ok(self.identity.issue_push_certificate(topic, now_ms, days)?)
    }

    /// Takes an upload file to the push certificate portal, as a person does; the answer is the
    /// certificate in PEM, valid for a year.
    pub fn portal(&self, upload_file: &str, topic: &str) -> Result<String, PortalRefusal> {
        let now_ms = self.state.now_ms();
        portal::answer(
            &self.identity,
            upload_file,
            topic,
            now_ms,
            identity::YEAR_DAYS,
        )
    }

    /// Hands out `token`, as APNs does when a device connects for the first time.
    pub fn register_token(&self, token: &[u8]) {
        self.state.register(token);
    }

    /// Answers every push to `token` so from now on, in place of all earlier scripts.
    pub fn script(&self, token: &[u8], answer: Answer) {
        self.state.script(token, Some(answer));
    }

    /// Answers the next push to `token` so, after the earlier ones of this kind.
    pub fn script_once(&self, token: &[u8], answer: Answer) {
        self.state.script_once(token, answer);
    }

    /// Forgets the scripts of `token`.
    pub fn unscript(&self, token: &[u8]) {
        self.state.script(token, None);
    }

    /// Connects as a device, or a fleet of them; give it tokens with [`Subscription::add`].
    pub fn subscribe(&self) -> Subscription {
        Subscription::new(Arc::clone(&self.state))
    }

    /// The last accepted pushes, oldest first.
    pub fn received(&self) -> Vec<ReceivedPush> {
        self.state.received()
    }

    /// The last requests and connections that broke a rule, oldest first.
    pub fn refusals(&self) -> Vec<Refusal> {
        self.state.refusals()
    }

    /// How many clients got through the TLS handshake.
    pub fn connections_opened(&self) -> u64 {
        self.state.connections_opened.load(Ordering::Relaxed)
    }

    /// Takes no more connections, lets running requests end within two seconds, and stops.
    pub async fn stop(mut self) {
        // Fails only if all tasks have ended already.
        let _ = self.shutdown.send(true);
        for task in &mut self.tasks {
            // A task that panicked has stopped too; one that hangs is aborted by the drop.
            let _ = tokio::time::timeout(2 * STOP_TIMEOUT, task).await;
        }
    }
}

impl Drop for ApnsStandin {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for ApnsStandin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApnsStandin")
            .field("address", &self.address)
            .field("control_address", &self.control_address)
            .finish_non_exhaustive()
    }
}

const STOP_TIMEOUT: Duration = Duration::from_secs(2);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

async fn listen(addr: SocketAddr) -> Result<TcpListener, StandinError> {
    if !addr.ip().is_loopback() {
        return Err(StandinError::NotLoopback(addr));
    }
    TcpListener::bind(addr)
        .await
        .map_err(|source| StandinError::Listen { addr, source })
}

fn local(listener: &TcpListener, addr: SocketAddr) -> Result<SocketAddr, StandinError> {
    listener
        .local_addr()
        .map_err(|source| StandinError::Listen { addr, source })
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    state: Arc<State>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that is gone before it is accepted, or too many open files:
                // the next one may do better.
                let Ok((stream, _)) = accepted else { continue };
                let state = Arc::clone(&state);
                connections.spawn(greet(stream, acceptor.clone(), state, stopping.clone()));
            }
            Some(_) = connections.join_next() => {}
            _ = stopping.changed() => break,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // What still hangs is cut when the set is dropped.
    let _ = tokio::time::timeout(STOP_TIMEOUT, all).await;
}

/// TLS handshake, then requests.
async fn greet(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    state: Arc<State>,
    shutdown: watch::Receiver<bool>,
) {
    let stream = match within(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(stream) => stream,
        Err(error) => return refuse_connection(&state, error.to_string()),
    };
    let (_, tls) = stream.get_ref();
    if tls.alpn_protocol() != Some(b"h2") {
        return refuse_connection(&state, "client did not ask for h2".to_owned());
    }
    let topic = tls
        .peer_certificates()
        .and_then(<[_]>::first)
        .and_then(|leaf| identity::topic_of(leaf));
    state.connections_opened.fetch_add(1, Ordering::Relaxed);
    connection::serve(stream, topic, state, shutdown).await;
}

async fn within<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn refuse_connection(state: &State, detail: String) {
    state.refuse(Refusal {
        status: 0,
        reason: "TLS",
        detail,
    });
}
