//! A profile version on its way to one channel: values in place, our identity on it, signed. The bytes are
//! made at dispatch and kept nowhere; their hash is.

use std::collections::BTreeMap;
use std::sync::Arc;

use moka::sync::Cache;
use serde_json::json;
use tillsyn_apple::profile::Template;
use tillsyn_apple::profile::template::{CertificateNames, ROOT_MARKER};
use tillsyn_db::{Engine, Tx, args};
use tillsyn_pki::cms;
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::document::MASK;
use super::encode::Refused;
use crate::core::Core;
use crate::credentials::{self, Holder, Names, NewChallenge, SCEP_PATH};
use crate::desired;
use crate::error::Error;
use crate::keys::{Authorities, KeyStore};
use crate::profiles::variables;
use crate::reconcile;

type Bytes = Arc<Zeroizing<Vec<u8>>>;

/// Opened templates by version, and signed profiles that are the same for many by desired hash. Both are
/// bounded by size and wiped when they go.
#[derive(Clone)]
pub(crate) struct ProfileCache {
    templates: Cache<String, Bytes>,
    signed: Cache<String, Bytes>,
}

impl Default for ProfileCache {
    fn default() -> Self {
        const SIZE: u64 = 32 << 20;
        let bounded = || {
            Cache::builder()
                .max_capacity(SIZE)
                .weigher(|_: &String, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX))
                .time_to_idle(std::time::Duration::from_hours(1))
                .build()
        };
        Self {
            templates: bounded(),
            signed: bounded(),
        }
    }
}

/// What a turn needs to deliver profiles.
#[derive(Clone)]
pub(super) struct Installer {
    authorities: Arc<Authorities>,
    keys: KeyStore,
    public_url: String,
    cache: ProfileCache,
    now_ms: i64,
}

/// The command that installs it, and the channel that asks.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) command_id: &'a str,
    pub(super) channel_id: &'a str,
    pub(super) device_id: &'a str,
    pub(super) enrollment_id: &'a str,
    /// The profile that manages the device: never replaced by one of these.
    pub(super) own_profile: &'a str,
    pub(super) identifier: &'a str,
    pub(super) profile_id: &'a str,
    pub(super) version: i64,
    /// It was handed out before, and no answer came.
    pub(super) again: bool,
}

/// The version is no longer what the channel is to have.
pub(super) const OVERTAKEN: &str = "overtaken";

struct Wanted {
    version_id: String,
    hash: String,
}

impl Installer {
    pub(super) fn new(core: &Core) -> Self {
        Self {
            authorities: core.authorities(),
            keys: core.keys().clone(),
            public_url: core.config().public_url.clone(),
            cache: core.profile_cache().clone(),
            now_ms: core.now_ms(),
        }
    }

    /// The signed profile for this channel. `Err` within says why it is not sent; the item knows it then.
    pub(super) async fn bytes_in(
        &self,
        tx: &Tx,
        delivery: Delivery<'_>,
    ) -> Result<Result<Bytes, Refused>, Error> {
        if delivery.identifier == delivery.own_profile {
            let detail = "This profile has the identifier of the one that manages the device.";
            self.look_again_in(tx, delivery).await?;
            return Ok(Err(("enrollment_profile", detail.to_owned())));
        }
        let Some(wanted) = wanted_in(tx, delivery).await? else {
            let detail = "Another version is wanted now, or none.";
            self.look_again_in(tx, delivery).await?;
            return Ok(Err((OVERTAKEN, detail.to_owned())));
        };
        if let Some(signed) = self.cache.signed.get(&wanted.hash) {
            return Ok(Ok(signed));
        }
        let template = self.template_in(tx, &wanted.version_id).await?;
        let signed = match self.fill_in(tx, delivery, &template).await? {
            Ok(filled) => self.sign(filled, delivery.identifier, &wanted.hash)?,
            Err(missing) => {
                reconcile::on_missing_in(tx, delivery.command_id, &missing, self.now_ms).await?;
                return Ok(Err(("variable_missing", missing.join(", "))));
            }
        };
        if template
            .variables()
            .iter()
            .all(|used| used.name == ROOT_MARKER)
        {
            self.cache.signed.insert(wanted.hash, signed.clone());
        }
        Ok(Ok(signed))
    }

    /// These bytes go out: from now on they may be on the device. Kept as a hash.
    pub(super) async fn sent_in(
        &self,
        tx: &Tx,
        delivery: Delivery<'_>,
        signed: &Bytes,
    ) -> Result<(), Error> {
        const KEEP: &str = "UPDATE item_state SET delivered_sha256 = $3, updated_at = $4 \
            WHERE channel_id = $1 AND kind = 'profile' AND item = $2";
        let values = args![
            delivery.channel_id,
            delivery.identifier,
            hash::sha256_hex(signed),
            self.now_ms
        ];
        tx.execute(KEEP, values).await?;
        Ok(())
    }

    /// The command ends without the device's word, so what is to be done is decided anew.
    async fn look_again_in(&self, tx: &Tx, delivery: Delivery<'_>) -> Result<(), Error> {
        let device = vec![delivery.device_id.to_owned()];
        reconcile::request_in(tx, device, self.now_ms).await
    }

    async fn template_in(&self, tx: &Tx, version_id: &str) -> Result<Template, Error> {
        const FIND: &str = "SELECT content_sealed FROM profile_version WHERE id = $1";
        let plain = if let Some(plain) = self.cache.templates.get(version_id) {
            plain
        } else {
            let row = tx.fetch_one(FIND, args![version_id]).await?;
            let cell = ("profile_version", "content_sealed");
            let plain = self.keys.open(&row.blob(0)?, cell.0, cell.1, version_id)?;
            let plain = Arc::new(plain);
            self.cache
                .templates
                .insert(version_id.to_owned(), plain.clone());
            plain
        };
        Template::parse(&plain)
            .map_err(|error| Error::internal("A profile version cannot be read.").caused_by(error))
    }

    /// Puts values, fresh challenges and the root certificate in place; `Err` within names what is missing.
    async fn fill_in(
        &self,
        tx: &Tx,
        delivery: Delivery<'_>,
        template: &Template,
    ) -> Result<Result<Template, Vec<String>>, Error> {
        let channel = delivery.channel_id;
        let mut values = if template.variables().is_empty() {
            BTreeMap::new()
        } else {
            let mut found = variables::values_in(tx, vec![channel.to_owned()]).await?;
            found.remove(channel).unwrap_or_default()
        };
        let url = format!("{}{SCEP_PATH}", self.public_url);
        values.insert("credential.scep_url".to_owned(), url);
        let payloads: Vec<String> = template
            .credentials()
            .into_iter()
            .map(|used| used.payload)
            .collect();
        let challenges: Vec<_> = payloads
            .iter()
            .map(|payload| (payload.as_str(), NewChallenge::make()))
            .collect();
        let of_payload = challenges
            .iter()
            .map(|(payload, challenge)| {
                let name = "credential.challenge".to_owned();
                let own = BTreeMap::from([(name, challenge.expose().to_owned())]);
                ((*payload).to_owned(), own)
            })
            .collect();
        let filled = match self.with_root(template).expand_for(&values, &of_payload) {
            Ok(filled) => filled,
            Err(missing) => {
                let mut names: Vec<_> = missing.into_iter().map(|one| one.name).collect();
                names.sort_unstable();
                names.dedup();
                return Ok(Err(names));
            }
        };
        let holder = Holder {
            channel_id: channel,
            device_id: delivery.device_id,
            enrollment_id: delivery.enrollment_id,
            profile_id: delivery.profile_id,
        };
        for (payload, challenge) in &challenges {
            let names = names(filled.certificate_names(payload).unwrap_or_default());
            let names = json!(names).to_string();
            credentials::store_in(tx, holder, payload, challenge, &names, self.now_ms).await?;
        }
        Ok(Ok(filled))
    }

    fn with_root(&self, template: &Template) -> Template {
        template.with_data(ROOT_MARKER, self.authorities.network_ca.certificate.der())
    }

    fn sign(&self, mut filled: Template, identifier: &str, hash: &str) -> Result<Bytes, Error> {
        filled.set_identity(identifier, &desired::payload_uuid(hash));
        let plain = Zeroizing::new(filled.to_plist());
        let signer = &self.authorities.profile_signer;
        let chain = &self.authorities.signer_chain;
        let signed = cms::sign_attached(&plain, &signer.certificate, &signer.key, chain)?;
        Ok(Arc::new(Zeroizing::new(signed)))
    }
}

fn names(names: CertificateNames) -> Names {
    Names {
        subject: names.subject,
        emails: names.emails,
        dns_names: names.dns_names,
        uris: names.uris,
        principal_names: names.principal_names,
    }
}

macro_rules! wanted {
    () => {
        "SELECT v.id, i.desired_hash FROM item_state i \
        JOIN profile_version v ON v.profile_id = i.item_id AND v.number = i.desired_version \
        WHERE i.channel_id = $1 AND i.kind = 'profile' AND i.item = $2 AND i.command_id = $3 \
        AND i.item_id = $4 AND i.desired_version = $5 AND i.desired_hash IS NOT NULL"
    };
}

/// What the item wants, while it still wants what this command brings. A look that changes it is waited for:
/// what goes out is what the item then names.
async fn wanted_in(tx: &Tx, delivery: Delivery<'_>) -> Result<Option<Wanted>, Error> {
    const FIND: &str = wanted!();
    const FIND_LOCKED: &str = concat!(wanted!(), " FOR UPDATE OF i");
    const FETCHED: &str = "SELECT v.id, i.command_hash FROM item_state i \
        JOIN profile_version v ON v.profile_id = $4 AND v.number = i.command_version \
        WHERE i.channel_id = $1 AND i.kind = 'profile' AND i.item = $2 AND i.command_id = $3 \
        AND i.command_version = $5 AND i.command_hash IS NOT NULL";
    let find = match tx.engine() {
        Engine::Sqlite => FIND,
        Engine::Postgres => FIND_LOCKED,
    };
    let values = args![
        delivery.channel_id,
        delivery.identifier,
        delivery.command_id,
        delivery.profile_id,
        delivery.version
    ];
    let mut found = tx.fetch_optional(find, values.clone()).await?;
    // What the device may have fetched stays what it is until the device answers: the next one waits for that.
    if found.is_none() && delivery.again {
        found = tx.fetch_optional(FETCHED, values).await?;
    }
    let Some(row) = found else {
        return Ok(None);
    };
    Ok(Some(Wanted {
        version_id: row.text(0)?,
        hash: row.text(1)?,
    }))
}

/// A version as a device with these values would get it, secrets masked, and what is missing. What is made
/// at delivery is named in its place.
pub(crate) fn preview(
    core: &Core,
    plain: &[u8],
    mut values: BTreeMap<String, String>,
) -> Result<(String, Vec<String>), Error> {
    let unreadable = |error| Error::internal("A profile version cannot be read.").caused_by(error);
    let installer = Installer::new(core);
    let template = Template::parse(plain).map_err(unreadable)?;
    let template = installer.with_root(&template.masked(MASK));
    let url = format!("{}{SCEP_PATH}", installer.public_url);
    values.insert("credential.scep_url".to_owned(), url);
    let challenge = "credential.challenge".to_owned();
    values.insert(challenge, "{{credential.challenge}}".to_owned());
    let mut names = Vec::new();
    let filled = match template.expand(&values) {
        Ok(filled) => filled,
        Err(missing) => {
            names.extend(missing.into_iter().map(|one| one.name));
            names.sort_unstable();
            names.dedup();
            for name in &names {
                values.insert(name.clone(), format!("{{{{{name}}}}}"));
            }
            template.expand(&values).unwrap_or(template)
        }
    };
    let text = String::from_utf8_lossy(&filled.to_plist()).into_owned();
    Ok((text, names))
}
