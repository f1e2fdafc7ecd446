//! TLS to PostgreSQL, when the URL asks for it.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::DbError;

/// Where distributions keep the certificates they trust.
const SYSTEM_ROOTS: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// The parts of a URL that tokio-postgres does not know, taken out of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) url: String,
    pub(crate) tls: bool,
    pub(crate) roots: Option<String>,
}

/// `sslmode=require` checks the certificate like `verify-full`: encryption to an unknown server
/// protects nothing.
pub(crate) fn split_url(url: &str) -> Url {
    let Some((base, query)) = url.split_once('?') else {
        return Url {
            url: url.to_owned(),
            tls: false,
            roots: None,
        };
    };
    let mut rest = Vec::new();
    let (mut tls, mut roots) = (false, None);
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => {
                tls = matches!(mode, "require" | "verify-ca" | "verify-full");
                if !tls {
                    rest.push(pair.to_owned());
                }
            }
            Some(("sslrootcert", file)) => roots = Some(percent_decode(file)),
            _ => rest.push(pair.to_owned()),
        }
    }
    if tls {
        rest.push("sslmode=require".to_owned());
    }
    let url = if rest.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", rest.join("&"))
    };
    Url { url, tls, roots }
}

fn percent_decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (Some(byte), Some(rest)) = (byte, part.get(2..)) {
            out.push(byte);
            out.extend_from_slice(rest.as_bytes());
        } else {
            out.push(b'%');
            out.extend_from_slice(part.as_bytes());
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

pub(crate) fn connector(roots: Option<&str>) -> Result<MakeRustlsConnect, DbError> {
    let file = roots
        .or_else(|| {
            SYSTEM_ROOTS
                .into_iter()
                .find(|path| std::path::Path::new(path).exists())
        })
        .ok_or_else(|| DbError::Other("TLS to PostgreSQL: name a sslrootcert file".to_owned()))?;
    let bad = |what: &str| DbError::Other(format!("sslrootcert {file}: {what}"));
    let mut store = rustls::RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).map_err(|_| bad("cannot be read"))?;
    store.add_parsable_certificates(certificates.filter_map(Result::ok));
    if store.is_empty() {
        return Err(bad("holds no certificate"));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| bad("no common TLS version"))?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests;
