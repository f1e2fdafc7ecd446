//! The ways that vendors need: name, port and TLS of each, through the proxy if there is one.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, Proxy, Url, redirect};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::{Findings, Outcome};
use crate::config::Config;

const SUBJECT: &str = "network";
const LIMIT: Duration = Duration::from_secs(5);

/// A vendor's server.
struct Vendor<'a> {
    name: &'static str,
    setting: &'static str,
    url: &'a str,
    root_file: Option<&'a Path>,
    /// What does not work without it.
    loss: &'static str,
}

/// Host and port of an address.
struct Place {
    host: String,
    port: u16,
}

/// Tries each vendor; what fails is a warning, because the server runs without.
pub(super) async fn check(config: &Config, found: &mut Findings) {
    let proxy = config.proxy.url.as_ref().map(|url| url.expose().to_owned());
    if let Some(url) = &proxy
        && let Err(text) = reach("the proxy (proxy.url)", url).await
    {
        let text = format!("{text}. Nothing of Apple can be reached, devices are not woken");
        return found.add(Outcome::Warning, SUBJECT, text);
    }
    let vendors = [
        Vendor {
            name: "APNs",
            setting: "apns",
            url: &config.apns.url,
            root_file: config.apns.root_file.as_deref(),
            loss: "devices are not woken",
        },
        Vendor {
            name: "Apple's device services",
            setting: "device_services",
            url: &config.device_services.url,
            root_file: config.device_services.root_file.as_deref(),
            loss: "activation locks cannot be removed",
        },
    ];
    let [push, services] = &vendors;
    let (push, services) = tokio::join!(
        try_vendor(push, proxy.as_deref()),
        try_vendor(services, proxy.as_deref())
    );
    for (vendor, tried) in vendors.iter().zip([push, services]) {
        match tried {
            Ok(text) => found.ok(SUBJECT, text),
            Err(text) => {
                let text = format!("{text}. Until then {}", vendor.loss);
                found.add(Outcome::Warning, SUBJECT, text);
            }
        }
    }
}

async fn try_vendor(vendor: &Vendor<'_>, proxy: Option<&str>) -> Result<String, String> {
    let what = format!("{} ({}.url)", vendor.name, vendor.setting);
    let place = place(&what, vendor.url)?;
    let way = if proxy.is_some() {
        "through the proxy"
    } else {
        reach(&what, vendor.url).await?;
        "directly"
    };
    let (name, Place { host, port }) = (vendor.name, &place);
    let client = client(vendor, proxy)?;
    match timeout(LIMIT, client.head(vendor.url).send()).await {
        // Whatever the answer is: it came over TLS from somebody whom we trust.
        Ok(Ok(_)) => Ok(format!(
            "{name}: {host}:{port} can be reached {way}, over TLS"
        )),
        Ok(Err(error)) => Err(format!(
            "{name}: {host}:{port} was reached {way}, but {}",
            why(&error, vendor)
        )),
        Err(_) => Err(format!(
            "{name}: {host}:{port} was reached {way}, but gave no answer in {} seconds: a firewall or proxy on \
             the way may hold TLS back",
            LIMIT.as_secs()
        )),
    }
}

fn place(what: &str, url: &str) -> Result<Place, String> {
    // Without the address: a proxy's may hold a password.
    let url = Url::parse(url).map_err(|_| format!("the address of {what} is no URL"))?;
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => Ok(Place {
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
        }),
        _ => Err(format!("the address of {what} names no host")),
    }
}

/// Name and port.
async fn reach(what: &str, url: &str) -> Result<(), String> {
    let Place { host, port } = place(what, url)?;
    let addresses = timeout(LIMIT, lookup_host((host.as_str(), port))).await;
    let addresses: Vec<_> = match addresses {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    if addresses.is_empty() {
        return Err(format!(
            "{what}: the name {host} is not found. Look at the name servers of this machine (/etc/resolv.conf), or \
             set proxy.url where only a proxy leads out"
        ));
    }
    let connected = timeout(LIMIT, TcpStream::connect(&addresses[..])).await;
    if matches!(connected, Ok(Ok(_))) {
        return Ok(());
    }
    Err(format!(
        "{what}: {host} has the address {}, but nothing answers on port {port}. Open the way out to it (for APNs port \
         443 or 2197), or set proxy.url",
        addresses[0].ip()
    ))
}

fn client(vendor: &Vendor<'_>, proxy: Option<&str>) -> Result<Client, String> {
    let mut builder = Client::builder()
        .https_only(true)
        .redirect(redirect::Policy::none())
        .connect_timeout(LIMIT);
    if let Some(file) = vendor.root_file {
        let setting = vendor.setting;
        let pem = std::fs::read(file).map_err(|error| {
            format!(
                "{setting}.root_file: cannot read {}: {error}",
                file.display()
            )
        })?;
        let roots = Certificate::from_pem_bundle(&pem).map_err(|_| {
            format!(
                "{setting}.root_file: {} holds no certificates",
                file.display()
            )
        })?;
        builder = builder.tls_certs_only(roots);
    }
    builder = match proxy {
        Some(url) => {
            builder.proxy(Proxy::all(url).map_err(|_| "proxy.url cannot be used".to_owned())?)
        }
        None => builder.no_proxy(),
    };
    builder.build().map_err(|_| {
        "no roots of trust are on this machine: install ca-certificates, or mount the bundle into the container"
            .to_owned()
    })
}

/// What a failed request means. Its text alone tells: the kinds of errors are lost on the way up.
fn why(error: &reqwest::Error, vendor: &Vendor<'_>) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(found) = cause {
        text = format!("{text} {found}");
        cause = found.source();
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["tunnel", "proxy"]) {
        "the proxy does not lead there: let it CONNECT to this host, and look at name and password in proxy.url"
            .to_owned()
    } else if has(&["invalid peer certificate"]) {
        format!(
            "shows a certificate that is not trusted. Either something on the way opens TLS, which Apple does not \
             allow, or roots are missing: ca-certificates, or {}.root_file",
            vendor.setting
        )
    } else if has(&[
        "alert",
        "InvalidMessage",
        "corrupt message",
        "unexpected EOF",
        "eof",
    ]) {
        "does not speak TLS there: something on the way takes the connection".to_owned()
    } else {
        "broke the connection off: something on the way may hold TLS back".to_owned()
    }
}
