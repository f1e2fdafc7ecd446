//! The server's TLS identity from files, read again when they change: renewal needs no restart.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::client_certificate::AskForCertificate;
use super::listen::TlsFiles;

/// How often the files are looked at, at most.
const LOOK: Duration = Duration::from_secs(10);

pub(super) struct ReloadingTls {
    files: TlsFiles,
    /// Whether clients are asked for a certificate.
    asks: bool,
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    changed: Option<SystemTime>,
    looked: Instant,
}

impl ReloadingTls {
    pub(super) fn read(files: TlsFiles, asks: bool) -> Result<Self> {
        let config = Arc::new(load(&files, asks)?);
        let changed = changed(&files);
        Ok(Self {
            files,
            asks,
            state: Mutex::new(State {
                config,
                changed,
                looked: Instant::now(),
            }),
        })
    }

    /// The configuration for a new connection. A pair that cannot be read keeps the old one.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() > LOOK {
            state.looked = Instant::now();
            let now = changed(&self.files);
            if now != state.changed {
                match load(&self.files, self.asks) {
                    Ok(config) => {
                        state.config = Arc::new(config);
                        state.changed = now;
                        tracing::info!("TLS certificate read anew");
                    }
                    Err(error) => {
                        tracing::error!(%error, "the new TLS certificate cannot be used; the old one stays");
                    }
                }
            }
        }
        state.config.clone()
    }
}

fn changed(files: &TlsFiles) -> Option<SystemTime> {
    let of = |path| fs::metadata(path).and_then(|m| m.modified()).ok();
    of(&files.certificate).max(of(&files.key))
}

fn load(files: &TlsFiles, asks: bool) -> Result<ServerConfig> {
    let bad = |what: &str, error: &dyn std::fmt::Display| {
        Error::new(ErrorKind::InvalidData, format!("{what}: {error}"))
    };
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|e| bad("the TLS certificate file cannot be read", &e))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|e| bad("the TLS key file cannot be read", &e))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|e| bad("TLS cannot be set up", &e))?;
    let builder = if asks {
        builder.with_client_cert_verifier(Arc::new(AskForCertificate(provider)))
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder
        .with_single_cert(certificates, key)
        .map_err(|e| bad("the TLS certificate and key cannot be used together", &e))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
