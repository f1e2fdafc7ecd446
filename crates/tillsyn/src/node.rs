//! From the configuration to the product's settings of this node.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use tillsyn_core::audit::SyslogTarget;
use tillsyn_core::webhooks::Allowed;
use tillsyn_core::{Clock, Core, CoreConfig};
use tillsyn_db::Db;
use tillsyn_pki::cert::Certificate;
use tillsyn_web::server::{DeviceProof, ListenConfig, Surface, TlsFiles};

use crate::config::{Config, DeviceAuth};
use crate::{database, keys};

/// What the product needs to know of the configuration.
pub(crate) fn core_config(config: &Config) -> anyhow::Result<CoreConfig> {
    let tls_roots_pem = match &config.public.tls_roots {
        Some(path) => read_certificates(path)?
            .iter()
            .map(Certificate::to_pem)
            .collect(),
        None => Vec::new(),
    };
    let apns_root_pem = match &config.apns.root_file {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("apns.root_file: cannot read {}", path.display()))?,
        ),
        None => None,
    };
    let device_services_root_pem = match &config.device_services.root_file {
        Some(path) => Some(std::fs::read_to_string(path).with_context(|| {
            format!("device_services.root_file: cannot read {}", path.display())
        })?),
        None => None,
    };
    let webhook_targets = Allowed::parse(&config.webhooks.allow).map_err(|entry| {
        anyhow!("webhooks.allow: `{entry}` is no network, address or host name")
    })?;
    let webhook_roots_pem = roots(config.webhooks.root_file.as_deref(), "webhooks.root_file")?;
    let mail_roots_pem = roots(config.mail.root_file.as_deref(), "mail.root_file")?;
    let identity_provider_root_pem = roots(
        config.identity_providers.root_file.as_deref(),
        "identity_providers.root_file",
    )?;
    Ok(CoreConfig {
        webhook_targets,
        webhook_roots_pem,
        identity_provider_root_pem,
        mail_roots_pem,
        device_services_url: config.device_services.url.clone(),
        device_services_root_pem,
        public_url: config.public.url.clone(),
        console_url: config.console_url(),
        tls_roots_pem,
        syslog: syslog(config)?,
        apns_url: config.apns.url.clone(),
        apns_root_pem,
        proxy_url: config.proxy.url.as_ref().map(|url| url.expose().to_owned()),
        sign_messages: config.public.device_auth == DeviceAuth::Signature,
        attestation_roots: config.apple.attestation_roots.clone(),
        node: node_name(config),
        ..CoreConfig::default()
    })
}

/// The text of a file of roots. Read as certificates once, so that a wrong file is found at start.
fn roots(path: Option<&Path>, setting: &str) -> anyhow::Result<Option<String>> {
    let Some(path) = path else {
        return Ok(None);
    };
    read_certificates(path).with_context(|| setting.to_owned())?;
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{setting}: cannot read {}", path.display()))?;
    Ok(Some(text))
}

/// Where the audit trail is sent.
fn syslog(config: &Config) -> anyhow::Result<Option<SyslogTarget>> {
    let Some(mut target) = config.audit.syslog.as_deref().and_then(SyslogTarget::parse) else {
        return Ok(None);
    };
    if let Some(path) = &config.audit.syslog_root_file {
        let roots = read_certificates(path)?;
        target.roots_pem = roots.iter().map(Certificate::to_pem).collect();
    }
    target.cef = config.audit.syslog_cef;
    Ok(Some(target))
}

/// All certificates of a PEM file; at least one.
pub(crate) fn read_certificates(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let all = Certificate::all_from_pem(&text)
        .with_context(|| format!("{} holds no certificates in PEM", path.display()))?;
    if all.is_empty() {
        bail!("{} holds no certificates in PEM", path.display());
    }
    Ok(all)
}

fn node_name(config: &Config) -> String {
    config.node.name.clone().unwrap_or_else(|| {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = match host.trim() {
            "" => "node",
            host => host,
        };
        format!("{host}:{}", config.public.listen.port())
    })
}

/// Which ports to open.
pub(crate) fn listen_configs(config: &Config) -> Vec<ListenConfig> {
    let files = |certificate: &Option<_>, key: &Option<_>| match (certificate, key) {
        (Some(certificate), Some(key)) => Some(TlsFiles {
            certificate: std::path::PathBuf::clone(certificate),
            key: std::path::PathBuf::clone(key),
        }),
        _ => None,
    };
    let tls = files(&config.public.tls_certificate, &config.public.tls_key);
    let public = ListenConfig {
        address: config.public.listen,
        tls: tls.clone(),
        surface: match config.admin.listen {
            Some(_) => Surface::Public,
            None => Surface::All,
        },
        device_proof: match config.public.device_auth {
            DeviceAuth::Signature => DeviceProof::Signature,
            DeviceAuth::Mtls => DeviceProof::ClientCertificate,
            DeviceAuth::ProxyHeader => {
                DeviceProof::ProxyHeader(config.public.client_cert_header.clone())
            }
        },
    };
    let administrative = config.admin.listen.map(|address| ListenConfig {
        address,
        tls: files(&config.admin.tls_certificate, &config.admin.tls_key).or(tls),
        surface: Surface::Administrative,
        device_proof: DeviceProof::Signature,
    });
    std::iter::once(public).chain(administrative).collect()
}

/// Opens the product for a verb that works on the server itself: `guard`, `init`, `doctor`.
pub(crate) async fn open_core(config: &Config, db: Db) -> anyhow::Result<Core> {
    database::schema(&db).await?.require_current()?;
    let keys = keys::load(config).await?;
    Ok(Core::open(db, Clock::system(), core_config(config)?, keys).await?)
}
