//! What a server needs beyond well-formed values.

use tillsyn_core::audit::{SyslogTarget, Transport};

use super::load::{Config, ConfigError};
use super::sections::DeviceAuth;

impl Config {
    /// Refuses a configuration that no server can run with.
    pub(crate) fn check_server(&self) -> Result<(), ConfigError> {
        let mut mistakes = Vec::new();
        check_url("public.url", &self.public.url, &mut mistakes);
        if let Some(url) = &self.admin.url {
            check_url("admin.url", url, &mut mistakes);
        }
        let public_tls = (&self.public.tls_certificate, &self.public.tls_key);
        let admin_tls = (&self.admin.tls_certificate, &self.admin.tls_key);
        for (section, (certificate, key)) in [("public", public_tls), ("admin", admin_tls)] {
            if certificate.is_some() != key.is_some() {
                mistakes.push(format!(
                    "`{section}.tls_certificate` and `{section}.tls_key` belong together; set both"
                ));
            }
        }
        match (self.http.clear_text, public_tls.0.is_some()) {
            (false, false) => mistakes.push(
                "no TLS: set `public.tls_certificate` and `public.tls_key`, have them made by \
                 `tillsyn init --self-made-tls HOST`, or set `http.clear_text = true` behind a proxy \
                 that speaks TLS"
                    .to_owned(),
            ),
            (true, true) => mistakes.push(
                "`http.clear_text` and `public.tls_certificate` contradict each other; remove one"
                    .to_owned(),
            ),
            _ => {}
        }
        match self.public.device_auth {
            DeviceAuth::Mtls if self.http.clear_text => mistakes.push(
                "`public.device_auth = \"mtls\"` needs TLS at this server, and `http.clear_text` turns \
                 it off; behind a proxy use \"proxy-header\""
                    .to_owned(),
            ),
            DeviceAuth::ProxyHeader if self.http.trusted_proxies.is_empty() => mistakes.push(
                "`public.device_auth = \"proxy-header\"` needs `http.trusted_proxies`: from anybody \
                 else the header is only a claim"
                    .to_owned(),
            ),
            DeviceAuth::Signature | DeviceAuth::Mtls | DeviceAuth::ProxyHeader => {}
        }
        if self.admin.listen == Some(self.public.listen) && self.public.listen.port() != 0 {
            mistakes.push(
                "`admin.listen` is the same as `public.listen`; leave it out to share the listener"
                    .to_owned(),
            );
        }
        match self.audit.syslog.as_deref().map(SyslogTarget::parse) {
            Some(None) => mistakes.push(
                "`audit.syslog` is no address of a collector, such as tls://log.example.org:6514"
                    .to_owned(),
            ),
            Some(Some(target))
                if target.transport == Transport::Tls && self.audit.syslog_root_file.is_none() =>
            {
                mistakes.push(
                    "`audit.syslog` by TLS needs `audit.syslog_root_file`: the roots to trust"
                        .to_owned(),
                );
            }
            _ => {}
        }
        if mistakes.is_empty() {
            return Ok(());
        }
        let whole = match &self.file {
            Some(file) => format!("the configuration cannot be used ({}):", file.display()),
            None => "there is no configuration file; `tillsyn init` makes one:".to_owned(),
        };
        Err(ConfigError { whole, mistakes })
    }

    /// Where administrators go.
    pub(crate) fn console_url(&self) -> String {
        if let Some(url) = &self.admin.url {
            return url.clone();
        }
        let Some(listen) = self.admin.listen else {
            return self.public.url.clone();
        };
        let (scheme, rest) = self
            .public
            .url
            .split_once("://")
            .unwrap_or(("https", &self.public.url));
        format!("{scheme}://{}:{}", host_of(rest), listen.port())
    }
}

fn check_url(key: &str, url: &str, mistakes: &mut Vec<String>) {
    if url.is_empty() {
        mistakes.push(format!(
            "`{key}` is not set: the address at which devices and people reach this server, such as \
             https://mdm.example.org"
        ));
        return;
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        mistakes.push(format!("`{key}`: `{url}` does not begin with https://"));
        return;
    };
    let host = host_of(rest);
    if host.is_empty() || rest.contains(['/', '?', '#', '@']) || rest.contains(char::is_whitespace)
    {
        mistakes.push(format!(
            "`{key}`: only scheme, host and port, such as https://mdm.example.org:8443"
        ));
    }
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match scheme {
        "https" => {}
        // Devices refuse clear text; a simulator on the same machine does not.
        "http" if local => {}
        _ => mistakes.push(format!(
            "`{key}`: devices speak to https:// only (http:// only on localhost)"
        )),
    }
}

/// The host of `host:port`, an IPv6 address in its brackets.
pub(crate) fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.find(']')) {
        Some(end) => authority.get(..end + 2).unwrap_or(authority),
        None => authority.split(':').next().unwrap_or(authority),
    }
}
