//! What a listener serves, and where.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use http::HeaderName;
use tokio::net::TcpListener;

use super::tls::ReloadingTls;

/// Which surfaces a listener serves (architecture §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// Both on one port, as in the demo.
    All,
    /// Devices, enrollment pages.
    Public,
    /// Console, API, metrics.
    Administrative,
}

/// How a device proves on this listener who it is: exactly one way (core sheet §5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DeviceProof {
    /// The `Mdm-Signature` header over each message.
    #[default]
    Signature,
    /// A TLS client certificate: asked for, not required, since people come here too.
    ClientCertificate,
    /// A certificate that a trusted proxy took from the client and hands on in this header.
    ProxyHeader(HeaderName),
}

/// The certificate that the TLS client showed; it has proven its key.
#[derive(Clone, Debug)]
pub(crate) struct PeerCertificate(pub(crate) Arc<[u8]>);

/// PEM files; read again when they change.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// One listener to open.
#[derive(Clone, Debug)]
pub struct ListenConfig {
    pub address: SocketAddr,
    /// Without TLS only for loopback or behind a proxy.
    pub tls: Option<TlsFiles>,
    pub surface: Surface,
    /// How devices prove themselves here.
    pub device_proof: DeviceProof,
}

/// An open listener.
pub struct Listener {
    pub(super) socket: TcpListener,
    pub(super) tls: Option<Arc<ReloadingTls>>,
    pub(super) surface: Surface,
    pub(super) device_proof: DeviceProof,
    address: SocketAddr,
}

impl Listener {
    /// Opens the port and reads the certificate.
    ///
    /// # Errors
    /// When the port is taken, or certificate and key cannot be read or do not belong together.
    pub async fn bind(config: ListenConfig) -> std::io::Result<Self> {
        let tls = match config.tls {
            Some(files) => {
                let asks = config.device_proof == DeviceProof::ClientCertificate;
                Some(Arc::new(ReloadingTls::read(files, asks)?))
            }
            None => None,
        };
        let socket = TcpListener::bind(config.address).await?;
        let address = socket.local_addr()?;
        Ok(Self {
            socket,
            tls,
            surface: config.surface,
            device_proof: config.device_proof,
            address,
        })
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}
