//! One connection, one operation at a time.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::ber::{self, OCTETS, SEQUENCE};
use super::control::{self, PAGING, POLICY, PasswordPolicy};
use super::error::{LdapError, ResultCode};
use super::filter::Filter;
use super::message::{Entry, Message, Op, decode, request};
use super::password::Password;
use super::search::{Page, Scope, Search};
use super::tls::{Security, Server, Trust};

const START_TLS: &str = "1.3.6.1.4.1.1466.20037";
const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";
/// The largest sum of the messages of one page.
const MAX_PAGE: usize = 64 * 1024 * 1024;
/// Parts of one attribute, each with up to 1,500 values.
const MAX_PARTS: usize = 400;

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the connection together with TLS.
    pub connect: Duration,
    pub bind: Duration,
    /// For one page, or another single operation.
    pub page: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            bind: Duration::from_secs(10),
            page: Duration::from_mins(1),
        }
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between the two; nothing can be sent or read.
    Nothing,
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Nothing => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Nothing => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Nothing => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Nothing => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

/// A connection to one server. After any error but a refusal it is of no more use.
pub struct Connection {
    stream: Stream,
    timeouts: Timeouts,
    next: i32,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects; with TLS where the server is set so, and not at all where that fails.
    pub async fn open(
        server: &Server,
        trust: &Trust,
        timeouts: Timeouts,
    ) -> Result<Self, LdapError> {
        let name = server.name()?;
        let work = async {
            let address = (server.host.as_str(), server.port);
            let tcp = TcpStream::connect(address)
                .await
                .map_err(|error| LdapError::Connect(connect_reason(&error)))?;
            let _ = tcp.set_nodelay(true);
            let mut connection = Self {
                stream: Stream::Plain(tcp),
                timeouts,
                next: 1,
            };
            match server.security {
                Security::Nothing => {}
                Security::Tls => connection.handshake(name, trust).await?,
                Security::StartTls => {
                    connection.start_tls().await?;
                    connection.handshake(name, trust).await?;
                }
            }
            Ok(connection)
        };
        timeout(timeouts.connect, work)
            .await
            .map_err(|_| LdapError::Timeout)?
    }

    async fn handshake(
        &mut self,
        name: rustls::pki_types::ServerName<'static>,
        trust: &Trust,
    ) -> Result<(), LdapError> {
        let Stream::Plain(tcp) = std::mem::replace(&mut self.stream, Stream::Nothing) else {
            return Err(LdapError::Settings("TLS is there already"));
        };
        let connector = TlsConnector::from(trust.config());
        let tls = connector
            .connect(name, tcp)
            .await
            .map_err(|error| LdapError::Tls(tls_reason(&error)))?;
        self.stream = Stream::Tls(Box::new(tls));
        Ok(())
    }

    /// Asks for TLS (RFC 4511 §4.14). Its answer is read byte for byte and no further, so that whatever somebody
    /// put behind it in the clear meets the handshake and is never an answer.
    async fn start_tls(&mut self) -> Result<(), LdapError> {
        let message = self.extended(START_TLS).await?;
        let Op::Extended { answer, .. } = message.op else {
            return Err(LdapError::Tls(
                "the server does not know StartTLS".to_owned(),
            ));
        };
        if answer.code() == ResultCode::SUCCESS {
            return Ok(());
        }
        Err(LdapError::Tls(format!(
            "the server refuses StartTLS: {}",
            answer.code()
        )))
    }

    async fn extended(&mut self, oid: &str) -> Result<Message, LdapError> {
        let id = self.take_id();
        let bytes = request(
            id,
            |out| {
                out.nested(0x77, |out| {
                    out.bytes(0x80, oid.as_bytes());
                });
            },
            None,
        );
        self.send(&bytes).await?;
        self.receive(id).await.map(|(message, _)| message)
    }

    fn take_id(&mut self) -> i32 {
        let id = self.next;
        // Never 0, which is for what the server says unasked.
        self.next = self.next.checked_add(1).unwrap_or(1);
        id
    }

    const fn is_secure(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// Signs in by name and password, inside of TLS only. A refusal comes as its error together with what the
    /// password policy says; success can come with an objection of the policy too.
    pub async fn bind(
        &mut self,
        dn: &str,
        password: &Password,
    ) -> (Result<(), LdapError>, PasswordPolicy) {
        let nothing = PasswordPolicy::default();
        if !self.is_secure() {
            return (Err(LdapError::ClearText), nothing);
        }
        // An empty name with a password is anonymous on some servers and proves nothing.
        if dn.trim().is_empty() {
            return (Err(LdapError::Settings("the name is empty")), nothing);
        }
        let id = self.take_id();
        let bytes = zeroize::Zeroizing::new(request(
            id,
            |out| {
                out.nested(0x60, |out| {
                    out.integer(ber::INTEGER, 3);
                    out.bytes(OCTETS, dn.as_bytes());
                    out.bytes(0x80, password.as_bytes());
                });
            },
            Some(&|out| control::write(out, POLICY, false, None)),
        ));
        let limit = self.timeouts.bind;
        let work = async {
            self.send(&bytes).await?;
            self.receive(id).await
        };
        let answer = match timeout(limit, work).await {
            Err(_) => return (Err(LdapError::Timeout), nothing),
            Ok(Err(error)) => return (Err(error), nothing),
            Ok(Ok((message, _))) => message,
        };
        let policy = match answer.control(POLICY).map(control::policy) {
            Some(Err(error)) => return (Err(error), nothing),
            Some(Ok(policy)) => policy,
            None => nothing,
        };
        match answer.op {
            Op::Bound(answer) => (answer.0.ok(), policy),
            _ => (Err(LdapError::Protocol("no answer to a bind")), nothing),
        }
    }

    /// Whom the server takes us for (RFC 4532), such as `dn:uid=a,dc=example`.
    pub async fn who_am_i(&mut self) -> Result<String, LdapError> {
        let limit = self.timeouts.page;
        let message = timeout(limit, self.extended(WHO_AM_I))
            .await
            .map_err(|_| LdapError::Timeout)??;
        let Op::Extended { answer, value, .. } = message.op else {
            return Err(LdapError::Protocol("no answer to who am I"));
        };
        answer.0.ok()?;
        String::from_utf8(value.unwrap_or_default())
            .map_err(|_| LdapError::Protocol("a text is not UTF-8"))
    }

    /// One page; the first with an empty cookie. A cookie is of this connection alone.
    pub async fn page(&mut self, search: &Search<'_>, cookie: &[u8]) -> Result<Page, LdapError> {
        let limit = self.timeouts.page;
        let until = Instant::now() + limit;
        let seconds = u32::try_from(limit.as_secs()).unwrap_or(60).max(1);
        let id = self.take_id();
        let paging = search
            .page_size
            .map(|size| control::paging_value(size, cookie));
        let write_paging = |out: &mut ber::Writer| {
            // Critical: a server that does not know pages has to refuse and must not cut off.
            control::write(out, PAGING, true, paging.as_deref());
        };
        let controls: Option<&dyn Fn(&mut ber::Writer)> = if paging.is_some() {
            Some(&write_paging)
        } else {
            None
        };
        let bytes = request(id, |out| search.write(out, seconds), controls);
        timeout_at(until, self.send(&bytes))
            .await
            .map_err(|_| LdapError::Timeout)??;
        let mut page = Page {
            entries: Vec::new(),
            references: 0,
            code: ResultCode::SUCCESS,
            diagnostic: String::new(),
            cookie: Vec::new(),
        };
        let mut sum = 0_usize;
        loop {
            let (message, length) = timeout_at(until, self.receive(id))
                .await
                .map_err(|_| LdapError::Timeout)??;
            sum += length;
            if sum > MAX_PAGE {
                return Err(LdapError::TooLarge("a page"));
            }
            let next = message.control(PAGING).map(control::cookie);
            match message.op {
                Op::Entry(entry) => page.entries.push(entry),
                Op::Reference => page.references = page.references.saturating_add(1),
                Op::SearchDone(answer) => {
                    page.code = answer.0.code;
                    page.diagnostic = answer.0.diagnostic;
                    page.cookie = next.transpose()?.unwrap_or_default();
                    return Ok(page);
                }
                // What a later version of the protocol may send in between (RFC 4511 §4.13).
                Op::Other(0x79) => {}
                _ => return Err(LdapError::Protocol("no answer to a search")),
            }
        }
    }

    /// The entry at a name, or `None`.
    pub async fn read(
        &mut self,
        dn: &str,
        attributes: &[&str],
    ) -> Result<Option<Entry>, LdapError> {
        let filter = Filter::Present("objectClass".to_owned());
        let search = Search {
            base: dn,
            scope: Scope::Base,
            filter: &filter,
            attributes,
            size_limit: 1,
            page_size: None,
        };
        let mut page = self.page(&search, &[]).await?;
        match page.code {
            ResultCode::SUCCESS => Ok(page.entries.pop()),
            ResultCode::NO_SUCH_OBJECT => Ok(None),
            code => Err(LdapError::Refused {
                code,
                diagnostic: page.diagnostic,
            }),
        }
    }

    /// All values of an attribute of which an entry carries only the first part. An empty plain attribute beside a
    /// ranged one is the trap: the ranged one counts.
    pub async fn all_values(
        &mut self,
        entry: &Entry,
        attribute: &str,
    ) -> Result<Vec<Vec<u8>>, LdapError> {
        let Some((values, mut next)) = entry.range(attribute) else {
            return Ok(entry.values(attribute).unwrap_or_default().to_vec());
        };
        let mut all = values.to_vec();
        for _ in 0..MAX_PARTS {
            let Some(from) = next else {
                return Ok(all);
            };
            let wanted = format!("{attribute};range={from}-*");
            let more = self.read(&entry.dn, &[&wanted]).await?;
            let more = more.ok_or(LdapError::Protocol("an entry went away while it was read"))?;
            let Some((values, then)) = more.range(attribute) else {
                return Err(LdapError::Protocol("a part of an attribute is missing"));
            };
            if then.is_some_and(|then| then <= from) {
                return Err(LdapError::Protocol(
                    "the parts of an attribute do not go on",
                ));
            }
            all.extend_from_slice(values);
            next = then;
        }
        Err(LdapError::TooLarge("an attribute"))
    }

    /// Says goodbye. Errors do not matter any more.
    pub async fn close(mut self) {
        let id = self.take_id();
        let bytes = request(
            id,
            |out| {
                out.bytes(0x42, &[]);
            },
            None,
        );
        let work = async {
            let _ = self.send(&bytes).await;
            let _ = self.stream.shutdown().await;
        };
        let _ = timeout(Duration::from_secs(1), work).await;
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), LdapError> {
        let work = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        work.await.map_err(|error| broken(&error))
    }

    /// The next message, which has to be for this request, and its length.
    async fn receive(&mut self, id: i32) -> Result<(Message, usize), LdapError> {
        let bytes = self.frame().await?;
        let message = decode(&bytes)?;
        if message.id == i64::from(id) {
            return Ok((message, bytes.len()));
        }
        // Notice of disconnection 1.3.6.1.4.1.1466.20036, the one message that comes unasked (RFC 4511 §4.4.1).
        if message.id == 0 {
            return Err(LdapError::Disconnected);
        }
        Err(LdapError::Protocol("an answer to something else"))
    }

    async fn frame(&mut self) -> Result<Vec<u8>, LdapError> {
        let mut bytes = vec![0; 2];
        self.read_exact(&mut bytes).await?;
        if bytes[0] != SEQUENCE {
            return Err(LdapError::Protocol("no message"));
        }
        let more = if bytes[1] >= 0x80 {
            usize::from(bytes[1] & 0x7f)
        } else {
            0
        };
        if more > 8 {
            return Err(LdapError::Protocol("a length"));
        }
        bytes.resize(2 + more, 0);
        self.read_exact(&mut bytes[2..]).await?;
        let (length, _) = ber::length(&bytes[1..])?.ok_or(LdapError::Protocol("a length"))?;
        let start = bytes.len();
        bytes.resize(start + length, 0);
        self.read_exact(&mut bytes[start..]).await?;
        Ok(bytes)
    }

    async fn read_exact(&mut self, into: &mut [u8]) -> Result<(), LdapError> {
        match self.stream.read_exact(into).await {
            Ok(_) => Ok(()),
            Err(error) => Err(broken(&error)),
        }
    }
}

fn broken(error: &io::Error) -> LdapError {
    if crate::cause::is_tls(error) {
        LdapError::Tls(tls_reason(error))
    } else {
        LdapError::Disconnected
    }
}

fn connect_reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "unreachable",
        _ => "connect",
    }
}

/// Texts of the TLS library name certificates and alerts, never what was sent.
fn tls_reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
