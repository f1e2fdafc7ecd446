//! `GET /console/settings/server`: where this server listens and what it was started with.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::{Permission, authorize, org};
use tillsyn_db::Engine;

use super::page::{ListenerRow, ServerPage};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::i18n::{Texts, Zone};
use crate::server::{DeviceProof, ListenerFacts, ListenerTls, Surface, listeners};
use crate::ui::{Tone, page};

/// A certificate of the server is renewed by then.
const NEAR_DAYS: i64 = 21;

pub(crate) async fn server_page(visitor: Visitor) -> Result<Response, Failure> {
    let (core, state) = (visitor.core(), visitor.state());
    // What the whole server is, is for whoever reaches the whole organisation.
    let root = org::root(core).await?;
    authorize(visitor.actor(), Permission::SettingsWrite, &root.path)?;
    let config = core.config();
    let found = listeners(state).await;
    let shown = ServerPage {
        public_url: config.public_url.clone(),
        console_url: config.console_url.clone(),
        listeners: found
            .iter()
            .map(|one| ListenerRow::of(visitor.texts, &visitor.zone, one))
            .collect(),
        engine: match core.db().engine() {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        },
        node: config.node.clone(),
        version: env!("CARGO_PKG_VERSION"),
        settings: state.config.settings.clone(),
        f: visitor.frame(Place::Settings, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

impl ListenerRow {
    pub(in crate::console) fn of(l: Texts, zone: &Zone, one: &ListenerFacts) -> Self {
        let (tls, tone, icon) = tls(l, zone, &one.tls);
        Self {
            address: one.address.clone(),
            serves: match one.surface {
                Surface::All => l.t("server-serves-all"),
                Surface::Public => l.t("server-serves-public"),
                Surface::Administrative => l.t("server-serves-admin"),
            },
            proof: match (&one.device_proof, one.surface) {
                (_, Surface::Administrative) => String::new(),
                (DeviceProof::Signature, _) => l.t("server-proof-signature"),
                (DeviceProof::ClientCertificate, _) => l.t("server-proof-mtls"),
                (DeviceProof::ProxyHeader(name), _) => l.ta("server-proof-header", name.as_str()),
            },
            tls,
            certificate: match &one.tls {
                ListenerTls::On(shown) => vec![
                    (l.t("server-subject"), shown.subject.clone()),
                    (l.t("server-issuer"), shown.issuer.clone()),
                    (l.t("server-names"), shown.names.join(", ")),
                ],
                ListenerTls::Off | ListenerTls::Unreadable(_) => Vec::new(),
            },
            tone,
            icon,
        }
    }
}

/// In words, with how that is.
pub(super) fn tls(l: Texts, zone: &Zone, tls: &ListenerTls) -> (String, Tone, &'static str) {
    match tls {
        ListenerTls::Off => (l.t("server-tls-off"), Tone::Idle, "dash"),
        ListenerTls::Unreadable(file) => (l.ta("server-tls-unreadable", file), Tone::Bad, "alert"),
        ListenerTls::On(shown) => {
            let date = l.date(shown.not_after, zone);
            let days = (shown.not_after - zone.now_ms).div_euclid(DAY_MS);
            if !shown.fits {
                return (l.ta("server-tls-unfit", &date), Tone::Bad, "alert");
            }
            let near = days < NEAR_DAYS;
            let (tone, icon) = if near {
                (Tone::Warn, "clock")
            } else {
                (Tone::Ok, "check")
            };
            (l.ta("server-tls-until", &date), tone, icon)
        }
    }
}
