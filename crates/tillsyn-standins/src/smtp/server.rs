//! Start, script, what came.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::conversation::{self, Rules};
use crate::apns::StandinError;
use crate::loopback::locked;
use crate::tls::own_tls;

/// How the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpMode {
    Plain,
    StartTls,
    Implicit,
}

/// Where in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpStep {
    Greeting,
    StartTls,
    Auth,
    Mail,
    Recipient,
    Data,
    /// After the whole message.
    Body,
}

/// What goes wrong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpFault {
    /// This code instead of the usual one.
    Code(SmtpStep, u16),
    /// The connection is cut instead of an answer; in [`SmtpStep::Body`] in the middle of the message.
    Drop(SmtpStep),
    /// No answer, for ever.
    Hang(SmtpStep),
    /// `STARTTLS` is not offered.
    NoStartTls,
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub struct ReceivedMail {
    /// Of the envelope.
    pub from: String,
    pub to: Vec<String>,
    /// Header and text, lines ended by CRLF, without the dots that the way needs.
    pub data: String,
    /// Whether it came through TLS.
    pub tls: bool,
    /// Who logged in.
    pub user: Option<String>,
    /// The name by which the sender greeted.
    pub hello: String,
}

impl ReceivedMail {
    /// The value of a header on one line; empty when there is none.
    pub fn header(&self, name: &str) -> String {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let found = unfolded.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        });
        found.unwrap_or_default()
    }

    /// What comes after the header, as it was sent.
    pub fn body(&self) -> &str {
        let parts = self.data.split_once("\r\n\r\n");
        parts.map_or("", |(_, body)| body)
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) scripted: VecDeque<SmtpFault>,
    pub(super) always: Option<SmtpFault>,
    pub(super) received: Vec<ReceivedMail>,
    pub(super) broken: Vec<String>,
    pub(super) connections: usize,
    /// What a recipient is answered instead, and how often still.
    pub(super) recipients: HashMap<String, (u16, usize)>,
    pub(super) pause: Duration,
}

/// A running stand-in; dropping it ends it.
pub struct SmtpStandin {
    address: SocketAddr,
    root_pem: String,
    state: Arc<Mutex<State>>,
    count: watch::Sender<usize>,
    task: JoinHandle<()>,
}

impl SmtpStandin {
    /// Listens on a free port of the loopback, as `localhost` and `127.0.0.1`. With a login, nothing is
    /// taken without it.
    pub async fn start(
        mode: SmtpMode,
        login: Option<(&str, &str)>,
        now_ms: i64,
    ) -> Result<Self, StandinError> {
        let addr = SocketAddr::from(([127, 0, 0, 1], 0));
        let listen = |source| StandinError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let (tls, root_pem) = own_tls("Mail stand-in", now_ms)?;
        let login = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let state = Arc::<Mutex<State>>::default();
        let (count, _) = watch::channel(0);
        let rules = Arc::new(Rules {
            mode,
            login,
            acceptor,
            state: Arc::clone(&state),
            count: count.clone(),
        });
        let task = tokio::spawn(async move {
            loop {
                // A connection that is gone before it is accepted: the next one may do better.
                let Ok((stream, _)) = listener.accept().await else {
                    continue;
                };
                tokio::spawn(conversation::hold(stream, Arc::clone(&rules)));
            }
        });
        Ok(Self {
            address,
            root_pem,
            state,
            count,
            task,
        })
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// PEM of the root that signed the stand-in's own certificate.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// Lets the next connection go wrong so.
    pub fn script_once(&self, fault: SmtpFault) {
        locked(&self.state).scripted.push_back(fault);
    }

    /// Lets every connection go wrong so that nothing else was scripted for; `None` ends it.
    pub fn always(&self, fault: Option<SmtpFault>) {
        locked(&self.state).always = fault;
    }

    /// Answers this recipient so, as often as told; then the address is as good as any.
    pub fn refuse_recipient(&self, address: &str, code: u16, times: usize) {
        let told = (code, times);
        let mut state = locked(&self.state);
        state.recipients.insert(address.to_owned(), told);
    }

    /// Lets the server think for so long before each answer.
    pub fn slow(&self, pause: Duration) {
        locked(&self.state).pause = pause;
    }

    /// The messages so far, oldest first.
    pub fn received(&self) -> Vec<ReceivedMail> {
        self.received_after(0)
    }

    /// The same without the first ones.
    pub fn received_after(&self, first: usize) -> Vec<ReceivedMail> {
        let state = locked(&self.state);
        state.received.iter().skip(first).cloned().collect()
    }

    /// Which rules the sender broke.
    pub fn broken(&self) -> Vec<String> {
        locked(&self.state).broken.clone()
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        locked(&self.state).connections
    }

    /// Waits until so many connections came.
    pub async fn wait_for(&self, connections: usize) {
        let mut told = self.count.subscribe();
        // The sender lives as long as `self`.
        let _ = told.wait_for(|seen| *seen >= connections).await;
    }
}

impl Drop for SmtpStandin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for SmtpStandin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpStandin")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
