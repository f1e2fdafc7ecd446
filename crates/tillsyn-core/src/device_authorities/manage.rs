//! Adding, changing and removing trusted authorities: an administrator's decision, freshly confirmed.

use serde_json::json;
use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;

use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::DeviceAuthorityId;
use crate::org;

/// An authority to trust.
#[derive(Clone, Debug)]
pub struct NewAuthority {
    pub name: String,
    /// One certificate: the authority that signs device certificates directly.
    pub certificate_pem: String,
    /// Whether its certificates may themselves enroll devices, into the actor's unit.
    pub may_enroll: bool,
    /// `corporate` or `personal`: what such an enrollment is.
    pub ownership: String,
}

/// An authority as listed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AuthorityView {
    pub id: DeviceAuthorityId,
    pub name: String,
    pub subject: String,
    pub sha256: String,
    pub may_enroll: bool,
    pub ownership: String,
    pub not_after: i64,
    pub days_left: i64,
    /// Active enrollments that rest on it: moved in by it, or granted by it.
    pub enrollments: i64,
    pub created_at: i64,
}

const LIST: &str = "SELECT a.id, a.name, a.certificate, a.sha256, a.may_enroll, a.ownership, \
    a.not_after, a.created_at, (SELECT count(*) FROM enrollment e WHERE e.device_authority_id = a.id \
    AND e.status = 'active') FROM device_authority a JOIN org_unit u ON u.id = a.org_unit_id \
    WHERE a.removed_at IS NULL AND u.path >= $1 AND u.path < $2 ORDER BY a.created_at DESC LIMIT 100";

/// The authorities of the actor's scope, newest first.
pub async fn list_authorities(core: &Core, actor: &Actor) -> Result<Vec<AuthorityView>, Error> {
    may(actor, Permission::SettingsWrite)?;
    let path = actor.unit_path.as_str();
    let rows = core
        .db()
        .query_all(LIST, args![path, prefix_end(path)])
        .await?;
    let now = core.now_ms();
    rows.iter()
        .map(|row| {
            let not_after = row.i64(6)?;
            Ok(AuthorityView {
                id: DeviceAuthorityId::from_store(row.text(0)?),
                name: row.text(1)?,
                subject: Certificate::from_der(&row.blob(2)?)?.subject_text(),
                sha256: row.text(3)?,
                may_enroll: row.i64(4)? != 0,
                ownership: row.text(5)?,
                not_after,
                days_left: (not_after - now) / DAY_MS,
                created_at: row.i64(7)?,
                enrollments: row.i64(8)?,
            })
        })
        .collect()
}

/// Trusts an authority. Whoever holds its key decides who has a device certificate: this asks for a fresh
/// password, and enrolling by it is off unless said otherwise.
pub async fn add_authority(
    core: &Core,
    actor: &Actor,
    new: NewAuthority,
) -> Result<DeviceAuthorityId, Error> {
    may(actor, Permission::SettingsWrite)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        let text = "The name has 1 to 100 characters.";
        return Err(Error::invalid("name", "name_length", text));
    }
    if !matches!(new.ownership.as_str(), "corporate" | "personal") {
        let text = "The ownership is corporate or personal.";
        return Err(Error::invalid("ownership", "ownership", text));
    }
    let certificate = read(&new.certificate_pem, now)?;
    let own = core.authorities();
    if own.device_ca.certificate.sha256() == certificate.sha256() {
        return Err(Error::invalid(
            "certificate",
            "authority_is_ours",
            "This is our own authority; it is trusted already.",
        ));
    }
    let unit = org::of_path(core, &actor.unit_path).await?;
    let id = DeviceAuthorityId::new(now);
    let input = (id.clone(), name, certificate, new, unit, actor.clone(), now);
    core.db()
        .write(input, |tx, (id, name, certificate, new, unit, actor, now)| {
            Box::pin(async move {
                const KNOWN: &str =
                    "SELECT id FROM device_authority WHERE sha256 = $1 AND removed_at IS NULL";
                const INSERT: &str = "INSERT INTO device_authority (id, org_unit_id, name, certificate, \
                    sha256, may_enroll, ownership, not_after, created_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
                let sha256 = certificate.sha256_hex();
                if tx.fetch_optional(KNOWN, args![sha256.as_str()]).await?.is_some() {
                    return Err(Error::conflict(
                        "authority_known",
                        "This authority is trusted already.",
                    ));
                }
                tx.execute(
                    INSERT,
                    args![
                        &*id,
                        &unit.id,
                        name.as_str(),
                        certificate.der(),
                        sha256.as_str(),
                        i64::from(new.may_enroll),
                        new.ownership.as_str(),
                        certificate.not_after_ms(),
                        *now
                    ],
                )
                .await?;
                let event = NewEvent::done(
                    "device_authority.add",
                    "device_authority",
                    id.as_str(),
                    unit.id.as_str(),
                )
                .with(json!({ "sha256": sha256, "may_enroll": new.may_enroll }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await?;
    core.trust().forget();
    Ok(id)
}

fn read(pem: &str, now_ms: i64) -> Result<Certificate, Error> {
    let refuse = |code, text: &str| Error::invalid("certificate", code, text);
    let mut all = Certificate::all_from_pem(pem)
        .ok()
        .filter(|all| all.len() == 1)
        .ok_or_else(|| {
            let text =
                "Give one certificate in PEM: the authority that signs device certificates itself.";
            refuse("authority_pem", text)
        })?;
    let certificate = all
        .pop()
        .ok_or_else(|| refuse("authority_pem", "Give one certificate in PEM."))?;
    if !certificate.is_ca() {
        let text = "This certificate is not of an authority: it may not sign others.";
        return Err(refuse("authority_not_ca", text));
    }
    if certificate.not_after_ms() <= now_ms {
        return Err(refuse(
            "authority_expired",
            "This authority's certificate has expired.",
        ));
    }
    Ok(certificate)
}

/// Says whether certificates of this authority may enroll devices.
pub async fn change_authority(
    core: &Core,
    actor: &Actor,
    id: &DeviceAuthorityId,
    may_enroll: bool,
) -> Result<(), Error> {
    const SET: &str = "UPDATE device_authority SET may_enroll = $2 WHERE id = $1";
    change(
        core,
        actor,
        id,
        SET,
        i64::from(may_enroll),
        "device_authority.change",
    )
    .await
}

/// Trusts it no longer: devices that still use its certificates are refused, on every node within seconds.
pub async fn remove_authority(
    core: &Core,
    actor: &Actor,
    id: &DeviceAuthorityId,
) -> Result<(), Error> {
    const SET: &str = "UPDATE device_authority SET removed_at = $2 WHERE id = $1";
    let now = core.now_ms();
    change(core, actor, id, SET, now, "device_authority.remove").await
}

async fn change(
    core: &Core,
    actor: &Actor,
    id: &DeviceAuthorityId,
    set: &'static str,
    value: i64,
    action: &'static str,
) -> Result<(), Error> {
    let now = core.now_ms();
    require_fresh(actor, now)?;
    let input = (id.clone(), actor.clone(), now);
    core.db()
        .write(input, move |tx, (id, actor, now)| {
            Box::pin(async move {
                const FIND: &str = "SELECT u.path, u.id FROM device_authority a \
                    JOIN org_unit u ON u.id = a.org_unit_id WHERE a.id = $1 AND a.removed_at IS NULL";
                let row = tx.fetch_optional(FIND, args![&*id]).await?;
                let row = row.ok_or_else(|| Error::not_found("authority"))?;
                authorize(actor, Permission::SettingsWrite, &row.text(0)?)?;
                tx.execute(set, args![&*id, value]).await?;
                let unit = row.text(1)?;
                let event = NewEvent::done(action, "device_authority", id.as_str(), &unit)
                    .with(json!({ "value": value }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    core.trust().forget();
    Ok(())
}
