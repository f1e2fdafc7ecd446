//! Where the collector is, and the way there: UDP (RFC 5426), TCP with counted octets (RFC 6587 §3.4.1), TLS
//! (RFC 5425). The address comes from the configuration of the server, not from a person.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tillsyn_pki::cert::Certificate;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;

use crate::error::Error;

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

/// A collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyslogTarget {
    pub transport: Transport,
    pub host: String,
    pub port: u16,
    /// The only roots to trust for TLS, PEM.
    pub roots_pem: String,
    /// Common Event Format instead of JSON.
    pub cef: bool,
}

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) enum Connection {
    Udp(UdpSocket),
    Stream(Box<dyn Stream>),
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl SyslogTarget {
    /// Reads `udp://host:514`, `tcp://host:601` or `tls://host:6514`; `None` when it is none of them.
    pub fn parse(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let (transport, usual) = match scheme {
            "udp" => (Transport::Udp, 514),
            "tcp" => (Transport::Tcp, 601),
            "tls" => (Transport::Tls, 6514),
            _ => return None,
        };
        let rest = rest.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            // An IPv6 address stands in brackets and has colons of its own.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (rest, usual),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        (!host.is_empty() && !host.contains(['/', '@', '?', '#'])).then(|| Self {
            transport,
            host: host.to_owned(),
            port,
            roots_pem: String::new(),
            cef: false,
        })
    }

    pub(super) async fn connect(&self) -> Result<Connection, Error> {
        let connecting = async {
            let at = (self.host.as_str(), self.port);
            if self.transport == Transport::Udp {
                let target = tokio::net::lookup_host(at).await.map_err(away)?.next();
                let target = target.ok_or_else(|| away("the name has no address"))?;
                let own = if target.is_ipv4() {
                    "0.0.0.0:0"
                } else {
                    "[::]:0"
                };
                let socket = UdpSocket::bind(own).await.map_err(away)?;
                socket.connect(target).await.map_err(away)?;
                return Ok(Connection::Udp(socket));
            }
            let stream = TcpStream::connect(at).await.map_err(away)?;
            if self.transport == Transport::Tcp {
                return Ok(Connection::Stream(Box::new(stream)));
            }
            let name = ServerName::try_from(self.host.clone()).map_err(away)?;
            let connector = TlsConnector::from(Arc::new(self.tls()?));
            let stream = connector.connect(name, stream).await.map_err(away)?;
            Ok(Connection::Stream(Box::new(stream)))
        };
        tokio::time::timeout(PATIENCE, connecting)
            .await
            .map_err(away)?
    }

    fn tls(&self) -> Result<ClientConfig, Error> {
        let mut roots = RootCertStore::empty();
        for root in Certificate::all_from_pem(&self.roots_pem)? {
            let der = CertificateDer::from(root.der().to_vec());
            roots.add(der).map_err(away)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(away)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(config)
    }
}

impl Connection {
    /// Whether the collector still listens: what is written to one that closed goes nowhere, and is an error
    /// only later.
    pub(super) async fn is_open(&mut self) -> bool {
        let Self::Stream(stream) = self else {
            return true;
        };
        let mut said = [0; 64];
        loop {
            // Collectors say nothing: what is there is their goodbye.
            match tokio::time::timeout(Duration::ZERO, stream.read(&mut said)).await {
                Err(_) => return true,
                Ok(Ok(length)) if length > 0 => {}
                Ok(_) => return false,
            }
        }
    }

    /// Sends all, and gives the connection back for the next.
    pub(super) async fn send(self, messages: &[String]) -> Result<Self, Error> {
        let sending = async {
            match self {
                Self::Udp(socket) => {
                    for message in messages {
                        socket.send(message.as_bytes()).await.map_err(away)?;
                    }
                    Ok(Self::Udp(socket))
                }
                Self::Stream(mut stream) => {
                    let mut bytes = Vec::new();
                    for message in messages {
                        bytes.extend_from_slice(format!("{} ", message.len()).as_bytes());
                        bytes.extend_from_slice(message.as_bytes());
                    }
                    stream.write_all(&bytes).await.map_err(away)?;
                    stream.flush().await.map_err(away)?;
                    Ok(Self::Stream(stream))
                }
            }
        };
        tokio::time::timeout(PATIENCE, sending)
            .await
            .map_err(away)?
    }
}

fn away(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let mut away = Error::new(
        crate::error::Kind::Unavailable,
        "syslog_unavailable",
        "The collector of the audit trail cannot be reached.",
    );
    away.source = Some(error.into());
    away
}
