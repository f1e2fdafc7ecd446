//! One kept connection to APNs per push certificate (core sheet §7).

use std::collections::HashMap;
use std::sync::Arc;

use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::KeyPair;
use tillsyn_upstream::apns::{ApnsClient, ApnsConfig};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::core::Core;
use crate::error::Error;

/// A connection and the certificate that it signs in with.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) certificate_id: String,
    pub(super) client: Arc<ApnsClient>,
}

/// By topic; made anew when the certificate changes.
#[derive(Default)]
pub(super) struct Clients(Mutex<HashMap<String, Live>>);

impl Clients {
    /// The connection for a topic; `None` while its certificate is missing, over or refused.
    pub(super) async fn of_topic(&self, core: &Core, topic: &str) -> Result<Option<Live>, Error> {
        const FIND: &str = "SELECT id, certificate, key_sealed, certificate_id, stopped_reason, \
            not_after FROM push_topic WHERE topic = $1";
        let Some(row) = core.db().query_optional(FIND, args![topic]).await? else {
            return Ok(None);
        };
        if row.opt_text(4)?.is_some() || row.i64(5)? <= core.now_ms() {
            return Ok(None);
        }
        let certificate_id = row.opt_text(3)?.unwrap_or_default();
        let mut kept = self.0.lock().await;
        if let Some(live) = kept.get(topic)
            && live.certificate_id == certificate_id
        {
            return Ok(Some(live.clone()));
        }
        let key = core
            .keys()
            .open(&row.blob(2)?, "push_topic", "key_sealed", &row.text(0)?)?;
        let live = Live {
            certificate_id,
            client: Arc::new(connect(core, &Certificate::from_der(&row.blob(1)?)?, &key)?),
        };
        kept.insert(topic.to_owned(), live.clone());
        Ok(Some(live))
    }
}

/// Prepares a connection by the node's settings: address, roots, proxy.
pub(super) fn connect(
    core: &Core,
    certificate: &Certificate,
    key: &Zeroizing<Vec<u8>>,
) -> Result<ApnsClient, Error> {
    let key_pem = KeyPair::from_pkcs8_der(key)?.to_pkcs8_pem();
    let config = ApnsConfig {
        base_url: core.config().apns_url.clone(),
        extra_root_pem: core.config().apns_root_pem.clone().map(String::into_bytes),
        proxy_url: core.config().proxy_url.clone(),
        client_cert_pem: certificate.to_pem().into_bytes(),
        client_key_pem: key_pem.as_bytes().to_vec(),
    };
    ApnsClient::new(config).map_err(|error| {
        Error::internal("The connection to APNs cannot be set up.").caused_by(error)
    })
}
