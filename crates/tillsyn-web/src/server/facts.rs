//! What the listeners show to the world, as their files have it now.

use std::path::Path;

use tillsyn_pki::cert::Certificate;

use super::listen::{DeviceProof, ListenConfig, Surface};
use crate::state::AppState;

/// One listener.
pub(crate) struct ListenerFacts {
    pub(crate) address: String,
    pub(crate) surface: Surface,
    pub(crate) device_proof: DeviceProof,
    pub(crate) tls: ListenerTls,
}

/// How it speaks TLS.
pub(crate) enum ListenerTls {
    /// Not at all: a proxy does, or it is the loopback.
    Off,
    /// The file cannot be read at present; the certificate that was read before is still shown.
    Unreadable(String),
    On(Box<ShownCertificate>),
}

/// The certificate that it shows.
pub(crate) struct ShownCertificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) names: Vec<String>,
    pub(crate) not_after: i64,
    /// For the address that people know, and good now.
    pub(crate) fits: bool,
    pub(crate) self_issued: bool,
}

/// All listeners of this node.
pub(crate) async fn listeners(state: &AppState) -> Vec<ListenerFacts> {
    let (config, core) = (state.config.clone(), state.core.clone());
    let read = tokio::task::spawn_blocking(move || {
        let now_ms = core.now_ms();
        let each = config.listeners.iter().map(|listener| {
            let url = match listener.surface {
                Surface::All | Surface::Public => &core.config().public_url,
                Surface::Administrative => &core.config().console_url,
            };
            facts(listener, host(url), now_ms)
        });
        each.collect()
    });
    read.await.unwrap_or_default()
}

/// Whether devices find a certificate at the public address that fits it, as far as this node knows: of our own
/// making only when the enrollment profile brings its root.
pub(crate) async fn address_fits(state: &AppState) -> bool {
    let config = state.core.config();
    if !config.public_url.starts_with("https://") {
        return false;
    }
    listeners(state).await.iter().any(|listener| {
        let public = listener.surface != Surface::Administrative;
        public
            && matches!(&listener.tls, ListenerTls::On(shown)
                if shown.fits && (!shown.self_issued || !config.tls_roots_pem.is_empty()))
    })
}

fn facts(listener: &ListenConfig, host: &str, now_ms: i64) -> ListenerFacts {
    let tls = match &listener.tls {
        None => ListenerTls::Off,
        Some(files) => read(&files.certificate, host, now_ms).map_or_else(
            || ListenerTls::Unreadable(files.certificate.display().to_string()),
            |shown| ListenerTls::On(Box::new(shown)),
        ),
    };
    ListenerFacts {
        address: listener.address.to_string(),
        surface: listener.surface,
        device_proof: listener.device_proof.clone(),
        tls,
    }
}

fn read(file: &Path, host: &str, now_ms: i64) -> Option<ShownCertificate> {
    let text = std::fs::read_to_string(file).ok()?;
    let leaf = Certificate::all_from_pem(&text).ok()?.into_iter().next()?;
    let names = leaf.dns_names();
    let named = names.iter().any(|pattern| is_for(pattern, host));
    Some(ShownCertificate {
        subject: leaf.subject_text(),
        issuer: leaf.issuer_text(),
        not_after: leaf.not_after_ms(),
        fits: named && leaf.not_before_ms() <= now_ms && now_ms < leaf.not_after_ms(),
        self_issued: leaf.is_self_issued(),
        names,
    })
}

/// A wildcard stands for one label. RFC 9525 §6.3.
fn is_for(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(rest), Some((_, domain))) => rest == domain,
        _ => pattern == host,
    }
}

/// The host of an address, without its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::{host, is_for};

    #[test]
    fn a_name_fits_its_host_and_a_wildcard_one_label() {
        let cases = [
            ("mdm.example.org", "mdm.example.org", true),
            ("*.example.org", "MDM.example.org", true),
            ("*.example.org", "a.b.example.org", false),
            ("*.example.org", "example.org", false),
            ("other.example.org", "mdm.example.org", false),
        ];
        for (pattern, name, fits) in cases {
            assert_eq!(is_for(pattern, name), fits, "{pattern} {name}");
        }
        assert_eq!(host("https://mdm.example.org:8443/x"), "mdm.example.org");
        assert_eq!(host("https://mdm.example.org"), "mdm.example.org");
        assert_eq!(host("http://[::1]:80"), "[::1]");
    }
}
