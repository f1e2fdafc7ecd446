//! What a listener serves, and where.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

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
}

/// An open listener.
pub struct Listener {
    pub(super) socket: TcpListener,
    pub(super) tls: Option<Arc<ReloadingTls>>,
    pub(super) surface: Surface,
    address: SocketAddr,
}

impl Listener {
    /// Opens the port and reads the certificate.
    ///
    /// # Errors
    /// When the port is taken, or certificate and key cannot be read or do not belong together.
    pub async fn bind(config: ListenConfig) -> std::io::Result<Self> {
        let tls = match config.tls {
            Some(files) => Some(Arc::new(ReloadingTls::read(files)?)),
            None => None,
        };
        let socket = TcpListener::bind(config.address).await?;
        let address = socket.local_addr()?;
        Ok(Self {
            socket,
            tls,
            surface: config.surface,
            address,
        })
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}
