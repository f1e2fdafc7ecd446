//! Requests for a push certificate: made here with a key that never leaves, signed by a vendor, taken to
//! Apple by a person (core sheet §8, steps 1 to 3).

use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::push_request::{PushNames, build_csr};
use tillsyn_pki::{csr, hash};

use super::{topic, vendor, vendor_file};
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{PushRequestId, PushTopicId};
use crate::org;

/// Requests that may be open at once.
const MOST_OPEN: i64 = 20;

/// What an administrator asks for.
#[derive(Clone, Debug, Default)]
pub struct NewPushRequest {
    /// The topic that it is to renew; `None` for a new one.
    pub renews: Option<PushTopicId>,
    /// Name in the request; that of the organisation when empty.
    pub common_name: Option<String>,
    /// Mail address in the request.
    pub email: String,
    /// Two letters; `SE`.
    pub country: String,
    /// The person agrees that the request's data goes to Apple, and to the signer.
    pub consent: bool,
}

/// A request on record; its key never appears.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PushRequestView {
    pub id: PushRequestId,
    pub renews: Option<PushTopicId>,
    pub common_name: String,
    pub email: String,
    pub country: String,
    /// `created` (a vendor must sign it) or `signed` (it goes to Apple).
    pub status: &'static str,
    /// `own` or `outside`.
    pub signed_by: Option<String>,
    pub signed_at: Option<i64>,
    pub created_at: i64,
}

const LIST: &str = "SELECT q.id, q.topic_id, q.common_name, q.email, q.country, q.signed_by, \
    q.signed_at, q.created_at, u.path, q.request, q.upload_file FROM push_csr q \
    JOIN org_unit u ON u.id = q.org_unit_id ORDER BY q.created_at DESC, q.id DESC";

fn view(row: &Row) -> Result<PushRequestView, Error> {
    Ok(PushRequestView {
        id: PushRequestId::from_store(row.text(0)?),
        renews: row.opt_text(1)?.map(PushTopicId::from_store),
        common_name: row.text(2)?,
        email: row.text(3)?,
        country: row.text(4)?,
        status: if row.is_null(10)? {
            "created"
        } else {
            "signed"
        },
        signed_by: row.opt_text(5)?,
        signed_at: row.opt_i64(6)?,
        created_at: row.i64(7)?,
    })
}

/// The requests that wait for Apple's answer, newest first.
pub async fn list_requests(core: &Core, actor: &Actor) -> Result<Vec<PushRequestView>, Error> {
    may(actor, Permission::PushRead)?;
    let mut found = Vec::new();
    for row in core.db().query_all(LIST, args![]).await? {
        if actor.reaches(row.str(8)?) {
            found.push(view(&row)?);
        }
    }
    Ok(found)
}

/// One request with what can be downloaded of it.
#[derive(Clone, Debug)]
pub struct PushRequestFiles {
    pub request: PushRequestView,
    /// PKCS#10 in PEM, for an outside signer.
    pub csr_pem: String,
    /// The file for Apple's portal, once it is signed.
    pub upload_file: Option<String>,
}

struct Found {
    files: PushRequestFiles,
    path: String,
    der: Vec<u8>,
}

async fn find(core: &Core, actor: &Actor, id: &PushRequestId) -> Result<Found, Error> {
    for row in core.db().query_all(LIST, args![]).await? {
        if row.str(0)? == id.as_str() && actor.reaches(row.str(8)?) {
            let der = row.blob(9)?;
            return Ok(Found {
                files: PushRequestFiles {
                    request: view(&row)?,
                    csr_pem: csr::to_pem(&der),
                    upload_file: row.opt_text(10)?,
                },
                path: row.text(8)?,
                der,
            });
        }
    }
    Err(Error::not_found("request for a push certificate"))
}

/// One request with its files.
pub async fn request_files(
    core: &Core,
    actor: &Actor,
    id: &PushRequestId,
) -> Result<PushRequestFiles, Error> {
    may(actor, Permission::PushRead)?;
    Ok(find(core, actor, id).await?.files)
}

fn check(new: &NewPushRequest) -> Result<(), Error> {
    if !new.consent {
        return Err(Error::invalid(
            "consent",
            "push_consent",
            "The request's name, mail address and country go to Apple: agree to that first.",
        ));
    }
    let email = new.email.trim();
    let mail = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !mail || !email.is_ascii() || email.len() > 128 || email.contains(char::is_whitespace) {
        return Err(Error::invalid(
            "email",
            "email_invalid",
            "This is not a mail address.",
        ));
    }
    let country = new.country.trim();
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(Error::invalid(
            "country",
            "country_invalid",
            "A country is two letters, such as SE.",
        ));
    }
    Ok(())
}

/// Makes a key (RSA 2048, as Apple asks) and a request; the key stays here, sealed.
pub async fn create_request(
    core: &Core,
    actor: &Actor,
    new: NewPushRequest,
) -> Result<PushRequestView, Error> {
    may(actor, Permission::PushWrite)?;
    let unit = match &new.renews {
        Some(id) => {
            let found = topic::topic(core, actor, id).await?;
            org::unit(core, &found.unit_id).await?
        }
        None => org::root(core).await?,
    };
    authorize(actor, Permission::PushWrite, &unit.path)?;
    check(&new)?;
    let common_name = if let Some(name) = super::upload::short(new.common_name, 64) {
        name
    } else {
        let organisation = crate::settings::organisation(core).await?;
        organisation.name.chars().take(64).collect()
    };
    let (email, country) = (
        new.email.trim().to_owned(),
        new.country.trim().to_ascii_uppercase(),
    );
    let key = tokio::task::spawn_blocking(KeyPair::generate_rsa2048)
        .await
        .map_err(|e| Error::internal("The key could not be made.").caused_by(e))??;
    let names = PushNames {
        common_name: &common_name,
        country: &country,
        email: &email,
    };
    let der = build_csr(&key, &names).map_err(|e| {
        Error::invalid(
            "common_name",
            "common_name_invalid",
            "This name cannot stand in a request.",
        )
        .caused_by(e)
    })?;
    let now = core.now_ms();
    let id = PushRequestId::new(now);
    let sealed = core
        .keys()
        .seal(&key.to_pkcs8_der(), "push_csr", "key_sealed", id.as_str());
    let row = Insert {
        id: id.clone(),
        unit: unit.id.to_string(),
        renews: new.renews,
        common_name,
        email,
        country,
        der,
        sealed,
        spki: hash::hex(&key.public_key().spki_sha256()),
        actor: actor.clone(),
        now,
    };
    core.db()
        .write(row, |tx, row| Box::pin(async move { row.run(tx).await }))
        .await?;
    Ok(find(core, actor, &id).await?.files.request)
}

struct Insert {
    id: PushRequestId,
    unit: String,
    renews: Option<PushTopicId>,
    common_name: String,
    email: String,
    country: String,
    der: Vec<u8>,
    sealed: Vec<u8>,
    spki: String,
    actor: Actor,
    now: i64,
}

impl Insert {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const OPEN: &str = "SELECT count(*) FROM push_csr";
        const INSERT: &str = "INSERT INTO push_csr (id, org_unit_id, topic_id, common_name, email, \
            country, request, key_sealed, spki_sha256, created_by, consent_at, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
        if tx.fetch_one(OPEN, args![]).await?.i64(0)? >= MOST_OPEN {
            return Err(Error::conflict(
                "push_requests_many",
                format!("{MOST_OPEN} requests are open. Delete those that nobody needs."),
            ));
        }
        tx.execute(
            INSERT,
            args![
                &self.id,
                self.unit.as_str(),
                self.renews.clone(),
                self.common_name.as_str(),
                self.email.as_str(),
                self.country.as_str(),
                self.der.as_slice(),
                self.sealed.as_slice(),
                self.spki.as_str(),
                self.actor.id.as_str(),
                self.now
            ],
        )
        .await?;
        let id = self.id.as_str();
        let event =
            NewEvent::done("push_request.create", "push_request", id, &self.unit).with(json!({
                "renews": self.renews, "consent": true, "country": self.country,
            }));
        events::record(tx, &self.actor, self.now, event).await?;
        Ok(())
    }
}

/// Signs a request with the vendor certificate on record.
pub async fn sign_request(
    core: &Core,
    actor: &Actor,
    id: &PushRequestId,
) -> Result<PushRequestView, Error> {
    may(actor, Permission::PushWrite)?;
    let found = find(core, actor, id).await?;
    authorize(actor, Permission::PushWrite, &found.path)?;
    let (chain, key) = vendor::signer(core).await?;
    let file = vendor_file::sign(&found.der, &chain, &key, core.now_ms())?;
    keep_signed(core, actor, id, file, "own").await
}

/// Takes what an outside signer sent back for a request.
pub async fn import_signed(
    core: &Core,
    actor: &Actor,
    id: &PushRequestId,
    text: &str,
) -> Result<PushRequestView, Error> {
    may(actor, Permission::PushWrite)?;
    let found = find(core, actor, id).await?;
    authorize(actor, Permission::PushWrite, &found.path)?;
    let file = vendor_file::take_signed(text, &found.der, core.now_ms())?;
    keep_signed(core, actor, id, file, "outside").await
}

async fn keep_signed(
    core: &Core,
    actor: &Actor,
    id: &PushRequestId,
    file: String,
    by: &'static str,
) -> Result<PushRequestView, Error> {
    let row = (id.clone(), file, actor.clone(), core.now_ms());
    core.db()
        .write(row, move |tx, (id, file, actor, now)| {
            Box::pin(async move {
                const SIGNED: &str = "UPDATE push_csr SET upload_file = $2, signed_by = $3, \
                    signed_at = $4 WHERE id = $1";
                let values = args![&*id, file.as_str(), by, *now];
                if tx.execute(SIGNED, values).await? == 0 {
                    return Err(Error::not_found("request for a push certificate"));
                }
                let unit = unit_of(tx, id).await?;
                let event = NewEvent::done("push_request.sign", "push_request", id.as_str(), &unit)
                    .with(json!({ "signed_by": by }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await?;
    Ok(find(core, actor, id).await?.files.request)
}

async fn unit_of(tx: &Tx, id: &PushRequestId) -> Result<String, Error> {
    const UNIT: &str = "SELECT org_unit_id FROM push_csr WHERE id = $1";
    let row = tx
        .fetch_optional(UNIT, args![id])
        .await?
        .ok_or_else(|| Error::not_found("request for a push certificate"))?;
    Ok(row.text(0)?)
}

/// Deletes a request and its key: a certificate that Apple makes from it can then not be used.
pub async fn delete_request(core: &Core, actor: &Actor, id: &PushRequestId) -> Result<(), Error> {
    may(actor, Permission::PushWrite)?;
    let found = find(core, actor, id).await?;
    authorize(actor, Permission::PushWrite, &found.path)?;
    core.db()
        .write(
            (id.clone(), actor.clone(), core.now_ms()),
            |tx, (id, actor, now)| {
                Box::pin(async move {
                    const DELETE: &str = "DELETE FROM push_csr WHERE id = $1";
                    let unit = unit_of(tx, id).await?;
                    tx.execute(DELETE, args![&*id]).await?;
                    let event =
                        NewEvent::done("push_request.delete", "push_request", id.as_str(), &unit);
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}
