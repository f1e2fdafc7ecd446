//! TLS of one's own making: a private CA and a server certificate, for trials and closed networks.

use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context as _, bail};
use tillsyn_pki::issue::{self, KeyAlgorithm};

use crate::files;

const CA_DAYS: u32 = 3_650;
/// Apple devices take at most 825 days from a CA that was added to them.
const SERVER_DAYS: u32 = 397;

const FILES: [&str; 4] = ["ca.key", "ca.pem", "server.key", "server.pem"];

/// Writes `ca.pem`, `ca.key`, `server.pem` and `server.key`; false, and nothing written, when the
/// folder has them already. Some of them are refused: new ones would not belong to them.
pub(crate) fn make(folder: &Path, hosts: &[String], now_ms: i64) -> anyhow::Result<bool> {
    let found: Vec<&str> = FILES
        .into_iter()
        .filter(|file| folder.join(file).exists())
        .collect();
    if found.len() == FILES.len() {
        return Ok(false);
    }
    if !found.is_empty() {
        bail!(
            "{} holds only some of the self-made TLS files, as after an interrupted run: {}. \
             If no server uses them, delete these files and run this again; \
             to keep them, run it without --self-made-tls",
            folder.display(),
            found.join(", ")
        );
    }
    let addresses: Vec<IpAddr> = hosts.iter().filter_map(|host| host.parse().ok()).collect();
    let names: Vec<&str> = hosts
        .iter()
        .map(String::as_str)
        .filter(|host| host.parse::<IpAddr>().is_err())
        .collect();
    let name = hosts.first().map_or("localhost", String::as_str);
    let ca = issue::create_root_ca(
        &format!("Tillsyn TLS CA of {name}"),
        "",
        now_ms,
        CA_DAYS,
        KeyAlgorithm::P256,
    )?;
    let server = issue::create_tls_server(&ca, &names, &addresses, now_ms, SERVER_DAYS)
        .context("no TLS certificate can be made for these names")?;
    let write = |file: &str, text: &str, mode| {
        let path = folder.join(file);
        if !files::write_new(&path, text.as_bytes(), mode)? {
            bail!(
                "{} was written by somebody else meanwhile; delete {} from its folder and run this again",
                path.display(),
                FILES.join(", ")
            );
        }
        Ok(())
    };
    write("ca.key", &ca.key.to_pkcs8_pem(), 0o600)?;
    write("ca.pem", &ca.certificate.to_pem(), 0o644)?;
    write("server.key", &server.key.to_pkcs8_pem(), 0o600)?;
    // Last: with it the set is complete.
    write("server.pem", &server.certificate.to_pem(), 0o644)?;
    Ok(true)
}

/// The host as it stands in a URL.
pub(crate) fn host_in_url(host: &str) -> String {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V6(_)) => format!("[{host}]"),
        _ => host.to_owned(),
    }
}

#[cfg(test)]
mod tests;
