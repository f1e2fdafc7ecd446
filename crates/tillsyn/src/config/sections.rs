//! The sections and their keys. The first words of each text become the reference page.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use http::HeaderName;

use super::field::{Field, Private, Setting, section};

section! {
    /// The public listener: devices and enrollment pages.
    struct Public = "public" {
        /// Address at which devices and people reach this server, `https://` and host, with a port
        /// if it is not 443. It goes into enrollment profiles: changing it later means enrolling
        /// every device again. Required.
        url: String = "",
        /// Address and port to listen on.
        listen: SocketAddr = "0.0.0.0:8443",
        /// PEM file of the TLS certificate, followed by its intermediates. Read again when it changes.
        tls_certificate: Option<PathBuf> = "",
        /// PEM file of the certificate's private key, mode 0600.
        tls_key: Option<PathBuf> = "",
        /// PEM file of the roots that devices must trust to reach `public.url`; put into enrollment
        /// profiles. Only needed when the certificate comes from a CA of your own.
        tls_roots: Option<PathBuf> = "",
        /// How devices prove who they are: `signature` (they sign each message; for every
        /// installation that has no reason for another way), `mtls` (a TLS client certificate; this
        /// server must end the TLS connection itself) or `proxy-header` (a proxy in
        /// `http.trusted_proxies` ends it and hands the certificate on). Profiles ask devices to sign
        /// only with `signature`: devices that enrolled another way are refused after a change to it.
        device_auth: DeviceAuth = "signature",
        /// With `proxy-header`: the header that the proxy sets, as RFC 9440 has it or as URL-escaped
        /// PEM. The proxy must remove this header from what comes from outside.
        client_cert_header: HeaderName = "client-cert",
    }
}

section! {
    /// The administrative listener: console, API and metrics. Without `admin.listen` they share the
    /// public listener.
    struct Admin = "admin" {
        /// Address of the console as administrators reach it. Without it, that of `public.url`, or
        /// the port of `admin.listen` on its host.
        url: Option<String> = "",
        /// Address and port to listen on. Keep it off the internet.
        listen: Option<SocketAddr> = "",
        /// PEM file of the TLS certificate; without it, that of the public listener.
        tls_certificate: Option<PathBuf> = "",
        /// PEM file of its private key.
        tls_key: Option<PathBuf> = "",
    }
}

section! {
    /// Where everything is stored.
    struct Database = "database" {
        /// `sqlite:` and a file, or `postgres://user:password@host/name`. For PostgreSQL,
        /// `?sslmode=verify-full` turns TLS on and `&sslrootcert=FILE` names the roots.
        url: Private = "sqlite:data/tillsyn.sqlite",
        /// PostgreSQL: connections. SQLite: transactions that read at the same time.
        pool: usize = "16",
    }
}

section! {
    /// The master key, which seals every secret in the database. `TILLSYN_MASTER_KEY` holds the key
    /// itself and comes first, then the command, then the file.
    struct Keys = "keys" {
        /// File with the key, mode 0600. `tillsyn init` makes it and never overwrites it. Keep a copy
        /// apart from the database's backups: without it they are worthless.
        master_key_file: PathBuf = "keys/master.key",
        /// Command whose output is the key, for a key management service. Run by `/bin/sh -c` at
        /// start, for at most 30 seconds.
        master_key_command: Option<String> = "",
    }
}

section! {
    /// Apple Push Notification service.
    struct Apns = "apns" {
        /// Address of APNs. Use port 2197 where 443 is not open.
        url: String = "https://api.push.apple.com",
        /// PEM file of the only roots to trust for it; without it, those of the operating system.
        root_file: Option<PathBuf> = "",
    }
}

section! {
    /// Apple's device services, which remove activation locks.
    struct DeviceServices = "device_services" {
        /// Their address.
        url: String = "https://deviceservices-external.apple.com",
        /// PEM file of the only roots to trust for them; without it, those of the operating system.
        root_file: Option<PathBuf> = "",
    }
}

section! {
    /// The audit trail for others.
    struct Audit = "audit" {
        /// Collector to which every event and each signed head is sent by syslog (RFC 5424):
        /// `udp://host:514`, `tcp://host:601` or `tls://host:6514`.
        syslog: Option<String> = "",
        /// PEM file of the only roots to trust for `tls://`.
        syslog_root_file: Option<PathBuf> = "",
        /// Common Event Format instead of JSON.
        syslog_cef: bool = "false",
    }
}

section! {
    /// Identity providers, where administrators sign in. They themselves are settings of the organisation.
    struct IdentityProviders = "identity_providers" {
        /// PEM file of the only roots to trust for them; without it, those of the operating system.
        root_file: Option<PathBuf> = "",
    }
}

section! {
    /// Apple devices.
    struct Apple = "apple" {
        /// PEM files with the roots that attestations of devices have to lead to, instead of Apple's
        /// own: for simulated devices. They are read at each attestation.
        attestation_roots: Vec<PathBuf> = "",
    }
}

section! {
    /// The way out to vendors' servers.
    struct Proxy = "proxy" {
        /// Address of an HTTP proxy, such as `http://proxy.example.org:3128`. Without it connections
        /// are direct, whatever `https_proxy` says.
        url: Option<Private> = "",
    }
}

section! {
    /// Where webhooks may go. They connect directly, whatever `proxy.url` says: behind a proxy nobody
    /// could check the address.
    struct Webhooks = "webhooks" {
        /// Targets beyond the public internet: networks (`10.20.0.0/16`), addresses, and host names with
        /// whatever address they have. Empty: none.
        allow: Vec<String> = "",
        /// PEM file of roots to trust for webhooks beside those of the operating system.
        root_file: Option<PathBuf> = "",
    }
}

section! {
    /// The mail server itself is named in the console, or with `tillsyn mail set`.
    struct Mail = "mail" {
        /// PEM file of roots to trust for the mail server beside those of the operating system.
        root_file: Option<PathBuf> = "",
    }
}

section! {
    /// How requests are taken.
    struct Http = "http" {
        /// Proxies in front of this server whose `X-Forwarded-For` is believed. With
        /// `public.device_auth = "proxy-header"` they also vouch for the client certificate of a
        /// device: whoever can send from these addresses can speak for every device.
        trusted_proxies: Vec<IpAddr> = "",
        /// Serve without TLS: only behind a proxy that speaks TLS, or on this machine alone.
        clear_text: bool = "false",
    }
}

section! {
    /// The log, on standard error.
    struct Log = "log" {
        /// `text` or `json`.
        format: LogFormat = "text",
        /// What is logged, as `target=level`, separated by commas.
        filter: String = "tillsyn=info",
    }
}

section! {
    /// This node, where several share one database.
    struct Node = "node" {
        /// Its name in leases; two nodes must not have the same. Without it, host name and port.
        name: Option<String> = "",
    }
}

/// How devices prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceAuth {
    Signature,
    Mtls,
    ProxyHeader,
}

impl Setting for DeviceAuth {
    const KIND: &'static str = "signature, mtls or proxy-header";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "signature" => Ok(Self::Signature),
            "mtls" => Ok(Self::Mtls),
            "proxy-header" => Ok(Self::ProxyHeader),
            _ => Err(format!(
                "`{text}` is none of signature, mtls and proxy-header; a listener has exactly one"
            )),
        }
    }

    fn show(&self) -> String {
        let word = match self {
            Self::Signature => "signature",
            Self::Mtls => "mtls",
            Self::ProxyHeader => "proxy-header",
        };
        word.to_owned()
    }
}

impl Setting for HeaderName {
    const KIND: &'static str = "name of a header";

    fn from_text(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .map_err(|_| format!("`{text}` is no name of a header"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Setting for LogFormat {
    const KIND: &'static str = "text or json";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("`{text}` is neither text nor json")),
        }
    }

    fn show(&self) -> String {
        let word = match self {
            Self::Text => "text",
            Self::Json => "json",
        };
        word.to_owned()
    }
}

/// Each section with its text and its keys, in the order of the reference page.
pub(super) const ALL: [((&str, &str), &[Field]); 15] = [
    (Public::ABOUT, Public::FIELDS),
    (Admin::ABOUT, Admin::FIELDS),
    (Database::ABOUT, Database::FIELDS),
    (Keys::ABOUT, Keys::FIELDS),
    (Apns::ABOUT, Apns::FIELDS),
    (DeviceServices::ABOUT, DeviceServices::FIELDS),
    (Audit::ABOUT, Audit::FIELDS),
    (IdentityProviders::ABOUT, IdentityProviders::FIELDS),
    (Apple::ABOUT, Apple::FIELDS),
    (Proxy::ABOUT, Proxy::FIELDS),
    (Webhooks::ABOUT, Webhooks::FIELDS),
    (Mail::ABOUT, Mail::FIELDS),
    (Http::ABOUT, Http::FIELDS),
    (Log::ABOUT, Log::FIELDS),
    (Node::ABOUT, Node::FIELDS),
];

pub(super) fn fields() -> impl Iterator<Item = &'static Field> {
    ALL.iter().flat_map(|(_, fields)| fields.iter())
}
