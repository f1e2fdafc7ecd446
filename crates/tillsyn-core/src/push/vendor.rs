//! The organisation's own MDM vendor certificate, for those that have one: it signs push requests here.

use serde_json::json;
use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::KeyPair;
use zeroize::Zeroizing;

use super::{ladder, vendor_file};
use crate::actor::{Actor, ActorKind, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::new_uuid;
use crate::org;

/// What an administrator uploads.
pub struct VendorUpload {
    /// PEM of the vendor certificate, Apple's intermediate and its root.
    pub chain_pem: String,
    /// PEM of the vendor certificate's key, not encrypted.
    pub key_pem: Zeroizing<String>,
}

/// The vendor certificate on record; its key never appears.
#[derive(Clone, Debug, serde::Serialize)]
pub struct VendorView {
    pub subject: String,
    pub not_after: i64,
    pub days_left: i64,
    /// `valid`, `expiring` or `expired`.
    pub status: &'static str,
    pub created_at: i64,
}

/// The vendor certificate, if there is one.
pub async fn vendor(core: &Core, actor: &Actor) -> Result<Option<VendorView>, Error> {
    const FIND: &str = "SELECT subject, not_after, created_at FROM push_vendor";
    may(actor, Permission::PushRead)?;
    let now = core.now_ms();
    let Some(row) = core.db().query_optional(FIND, args![]).await? else {
        return Ok(None);
    };
    let not_after = row.i64(1)?;
    Ok(Some(VendorView {
        subject: row.text(0)?,
        not_after,
        days_left: ladder::days_left(not_after, now),
        status: ladder::status(not_after, now, false),
        created_at: row.i64(2)?,
    }))
}

/// Keeps a vendor certificate with its key, in place of the one before.
pub async fn set_vendor(
    core: &Core,
    actor: &Actor,
    upload: VendorUpload,
) -> Result<VendorView, Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::PushWrite, &root.path)?;
    let now = core.now_ms();
    if actor.kind == ActorKind::Token {
        return Err(Error::forbidden(
            "person_needed",
            "A vendor certificate is uploaded by a person, not by a token.",
        ));
    }
    require_fresh(actor, now)?;
    let key = KeyPair::from_pem(&upload.key_pem).map_err(|_| {
        Error::invalid(
            "key",
            "push_key_pem",
            "This is not a private key in PEM form without a passphrase (-----BEGIN PRIVATE KEY-----).",
        )
    })?;
    let chain = vendor_file::check_chain(&upload.chain_pem, &key, now)?;
    let own = chain
        .first()
        .ok_or_else(|| Error::internal("An empty chain."))?;
    let id = new_uuid(now).to_string();
    let sealed = core
        .keys()
        .seal(&key.to_pkcs8_der(), "push_vendor", "key_sealed", &id);
    let pem: String = chain.iter().map(Certificate::to_pem).collect();
    let row = (
        id,
        root.id.to_string(),
        pem,
        sealed,
        own.subject_text(),
        own.not_after_ms(),
        actor.clone(),
        now,
    );
    core.db()
        .write(row, |tx, (id, unit, pem, sealed, subject, end, actor, now)| {
            Box::pin(async move {
                const CLEAR: &str = "DELETE FROM push_vendor";
                const INSERT: &str = "INSERT INTO push_vendor (id, org_unit_id, chain_pem, key_sealed, \
                    subject, not_after, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
                tx.execute(CLEAR, args![]).await?;
                tx.execute(
                    INSERT,
                    args![
                        id.as_str(),
                        unit.as_str(),
                        pem.as_str(),
                        sealed.as_slice(),
                        subject.as_str(),
                        *end,
                        *now
                    ],
                )
                .await?;
                let event = NewEvent::done("push_vendor.set", "push_vendor", id, unit)
                    .with(json!({ "subject": subject, "not_after": *end }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    vendor(core, actor)
        .await?
        .ok_or_else(|| Error::internal("The vendor certificate is not on record."))
}

/// Forgets the vendor certificate and its key. Files that it has signed stay good.
pub async fn remove_vendor(core: &Core, actor: &Actor) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::PushWrite, &root.path)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    core.db()
        .write(
            (root.id.to_string(), actor.clone(), now),
            |tx, (unit, actor, now)| {
                Box::pin(async move {
                    const CLEAR: &str = "DELETE FROM push_vendor";
                    if tx.execute(CLEAR, args![]).await? == 0 {
                        return Err(Error::not_found("vendor certificate"));
                    }
                    let event = NewEvent::done("push_vendor.remove", "push_vendor", unit, unit);
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}

/// Chain and key, to sign with.
pub(super) async fn signer(core: &Core) -> Result<(Vec<Certificate>, KeyPair), Error> {
    const FIND: &str = "SELECT id, chain_pem, key_sealed FROM push_vendor";
    let Some(row) = core.db().query_optional(FIND, args![]).await? else {
        return Err(Error::conflict(
            "push_vendor_missing",
            "There is no vendor certificate here. Upload one, or send the request to an outside signer.",
        ));
    };
    let key = core
        .keys()
        .open(&row.blob(2)?, "push_vendor", "key_sealed", &row.text(0)?)?;
    let key = KeyPair::from_pkcs8_der(&key)?;
    let chain = vendor_file::check_chain(row.str(1)?, &key, core.now_ms())?;
    Ok((chain, key))
}
