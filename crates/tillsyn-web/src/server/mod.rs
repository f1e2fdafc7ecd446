//! The listeners: own accept loop, because connections are counted, TLS certificates are reloaded without a
//! restart, and stopping lets running requests finish (security S21, S26, S83).

mod accept;
mod client_certificate;
mod connections;
mod facts;
mod listen;
mod tls;

pub use accept::{ServeError, serve};
pub use listen::{DeviceProof, ListenConfig, Listener, Surface, TlsFiles};

#[cfg(any(test, feature = "testing"))]
pub(crate) use facts::ShownCertificate;
pub(crate) use facts::{ListenerFacts, ListenerTls, address_fits, listeners};
pub(crate) use listen::PeerCertificate;
