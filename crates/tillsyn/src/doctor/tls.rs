//! The TLS files of the listeners.

use std::path::Path;

use tillsyn_core::clock::DAY_MS;
use tillsyn_pki::key::KeyPair;

use super::{Findings, Outcome, days_outcome};
use crate::config::{Config, host_of};
use crate::node::read_certificates;

const SUBJECT: &str = "TLS";

pub(super) fn check(config: &Config, now_ms: i64, found: &mut Findings) {
    if config.http.clear_text {
        let text = "off by http.clear_text: a proxy must speak TLS, and only the proxy may reach this port";
        found.add(Outcome::Warning, SUBJECT, text);
    }
    let console = config.console_url();
    let pairs = [
        (
            &config.public.tls_certificate,
            &config.public.tls_key,
            &config.public.url,
        ),
        (
            &config.admin.tls_certificate,
            &config.admin.tls_key,
            &console,
        ),
    ];
    for (certificate, key, url) in pairs {
        if let (Some(certificate), Some(key)) = (certificate, key) {
            let host = url.split_once("://").map_or("", |(_, rest)| host_of(rest));
            match pair(certificate, key, host, now_ms) {
                Ok((outcome, text)) => found.add(outcome, SUBJECT, text),
                Err(error) => found.fault(SUBJECT, format!("{error:#}")),
            }
        }
    }
    if let Some(roots) = &config.public.tls_roots
        && let Err(error) = read_certificates(roots)
    {
        found.fault(SUBJECT, format!("public.tls_roots: {error:#}"));
    }
}

fn pair(
    certificate: &Path,
    key: &Path,
    host: &str,
    now_ms: i64,
) -> anyhow::Result<(Outcome, String)> {
    let chain = read_certificates(certificate)?;
    let Some(leaf) = chain.first() else {
        anyhow::bail!("{} is empty", certificate.display());
    };
    let name = certificate.display();
    let days = (leaf.not_after_ms() - now_ms).div_euclid(DAY_MS);
    let names = leaf.dns_names();
    // Names in a certificate of addresses are not in this list; the console's own check is the browser.
    let named = names.is_empty() || names.iter().any(|pattern| matches_host(pattern, host));
    if !named {
        let text = format!(
            "{name} is for {}, not for {host}: devices will refuse it",
            names.join(", ")
        );
        return Ok((Outcome::Fault, text));
    }
    let text = std::fs::read_to_string(key)
        .map_err(|error| anyhow::anyhow!("cannot read {}: {error}", key.display()))?;
    // Keys of kinds that we do not make ourselves are left to the listener.
    if let Ok(pair) = KeyPair::from_pem(&zeroize::Zeroizing::new(text))
        && pair.public_key().spki_sha256() != leaf.spki_sha256()
    {
        anyhow::bail!("{} does not belong to {name}", key.display());
    }
    let outcome = days_outcome(days);
    let remedy = match outcome {
        Outcome::Ok => "",
        _ => "; renew it, the server reads the new files by itself",
    };
    Ok((outcome, format!("{name}, {days} days left{remedy}")))
}

/// A wildcard stands for one label. RFC 9525 §6.3.
pub(super) fn matches_host(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(rest), Some((_, domain))) => rest == domain,
        _ => pattern == host,
    }
}
