//! When a moved-in enrollment counts as the one that was moved, and who says so.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::{DeviceId, EnrollmentId};
use crate::inventory;
use crate::keys::KeyStore;
use crate::paging::{Cursor, Page, page_size};

/// What proves an enrollment.
pub(crate) struct Proof<'a> {
    pub(crate) enrollment_id: &'a str,
    /// The certificate that it is pinned to from now on.
    pub(crate) pin_sha256: &'a str,
    /// `token_repeated` or `confirmed`.
    pub(crate) how: &'static str,
}

/// From now on the enrollment is like any other; its first inventory is asked for.
pub(crate) async fn prove_in(
    tx: &Tx,
    keys: &KeyStore,
    actor: &Actor,
    proof: &Proof<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    const PROVE: &str = "UPDATE enrollment SET trust = 'proven', pin_sha256 = $2, \
        rival_sha256 = NULL WHERE id = $1";
    const FIND: &str = "SELECT device_id, org_unit_id FROM enrollment WHERE id = $1";
    let values = args![proof.enrollment_id, proof.pin_sha256];
    tx.execute(PROVE, values).await?;
    let row = tx.fetch_one(FIND, args![proof.enrollment_id]).await?;
    let device = DeviceId::from_store(row.text(0)?);
    inventory::first_in(tx, keys, &device, now_ms).await?;
    let unit = row.text(1)?;
    let event = NewEvent::done("enrollment.prove", "device", device.as_str(), &unit).with(json!({
        "enrollment_id": proof.enrollment_id,
        "certificate_sha256": proof.pin_sha256,
        "how": proof.how,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// A moved-in enrollment that is not proven yet.
#[derive(Clone, Debug, serde::Serialize)]
pub struct UnprovenView {
    pub enrollment_id: EnrollmentId,
    pub device_id: Option<DeviceId>,
    pub name: Option<String>,
    pub serial_number: Option<String>,
    pub udid: Option<String>,
    /// `awaited`, `provisional` or `frozen`.
    pub trust: String,
    /// The certificate of the first contact.
    pub certificate_sha256: Option<String>,
    /// The other certificate that claimed it.
    pub rival_sha256: Option<String>,
    pub created_at: i64,
}

/// Those of the actor's scope, oldest first.
pub async fn list_unproven(
    core: &Core,
    actor: &Actor,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<UnprovenView>, Error> {
    const LIST: &str = "SELECT e.id, e.device_id, d.name, d.serial_number, e.udid, e.trust, \
        e.pin_sha256, e.rival_sha256, e.created_at FROM enrollment e \
        JOIN org_unit u ON u.id = e.org_unit_id LEFT JOIN device_summary d ON d.device_id = e.device_id \
        WHERE e.trust <> 'proven' AND e.status IN ('pending', 'active') \
        AND u.path >= $1 AND u.path < $2 AND e.id > $3";
    may(actor, Permission::EnrollmentsMove)?;
    let limit = page_size(limit)?;
    let after = match after {
        Some(text) => Cursor::decode(text)?
            .values()
            .first()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default(),
        None => String::new(),
    };
    let path = actor.unit_path.as_str();
    let own = actor.platform_filter_of("e.platform");
    let sql = format!("{LIST}{own} ORDER BY e.id LIMIT $4");
    let values = args![path, prefix_end(path), after, limit + 1];
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.iter().take(usize::try_from(limit).unwrap_or(0)) {
        let trust = row.text(5)?;
        items.push(UnprovenView {
            enrollment_id: EnrollmentId::from_store(row.text(0)?),
            device_id: row.opt_text(1)?.map(DeviceId::from_store),
            name: row.opt_text(2)?,
            serial_number: row.opt_text(3)?,
            udid: row.opt_text(4)?,
            certificate_sha256: Some(row.text(6)?).filter(|_| trust != "awaited"),
            rival_sha256: row.opt_text(7)?,
            created_at: row.i64(8)?,
            trust,
        });
    }
    let next = (rows.len() > items.len())
        .then(|| {
            items
                .last()
                .map(|last| last.enrollment_id.as_str().to_owned())
        })
        .flatten()
        .map(|last| Cursor::new(vec![last.into()]).encode());
    Ok(Page { items, next })
}

/// Whether the actor may confirm this enrollment; asked before a body is read (S02).
pub async fn reach(core: &Core, actor: &Actor, id: &EnrollmentId) -> Result<(), Error> {
    const FIND: &str = "SELECT u.path FROM enrollment e JOIN org_unit u ON u.id = e.org_unit_id \
        WHERE e.id = $1 AND e.status = 'active'";
    let row = core.db().query_optional(FIND, args![id]).await?;
    let row = row.ok_or_else(|| Error::not_found("enrollment"))?;
    authorize(actor, Permission::EnrollmentsMove, &row.text(0)?)
}

/// An administrator says that the certificate is the device's own. Of a frozen enrollment it must be said
/// which of the two.
pub async fn confirm(
    core: &Core,
    actor: &Actor,
    id: &EnrollmentId,
    certificate_sha256: Option<&str>,
) -> Result<(), Error> {
    let now = core.now_ms();
    require_fresh(actor, now)?;
    let certificate = certificate_sha256.map(str::to_ascii_lowercase);
    let input = (
        core.keys().clone(),
        actor.clone(),
        id.clone(),
        certificate,
        now,
    );
    core.db()
        .write(input, |tx, (keys, actor, id, certificate, now)| {
            Box::pin(async move {
                const FIND: &str = "SELECT u.path, e.trust, e.pin_sha256, e.rival_sha256 \
                    FROM enrollment e JOIN org_unit u ON u.id = e.org_unit_id \
                    WHERE e.id = $1 AND e.status = 'active'";
                let row = tx.fetch_optional(FIND, args![&*id]).await?;
                let row = row.ok_or_else(|| Error::not_found("enrollment"))?;
                authorize(actor, Permission::EnrollmentsMove, &row.text(0)?)?;
                let (trust, pinned, rival) = (row.text(1)?, row.text(2)?, row.opt_text(3)?);
                let pin = chosen(&trust, &pinned, rival.as_deref(), certificate.as_deref())?;
                let proof = Proof {
                    enrollment_id: id.as_str(),
                    pin_sha256: pin,
                    how: "confirmed",
                };
                prove_in(tx, keys, actor, &proof, *now).await
            })
        })
        .await?;
    core.wake_push();
    Ok(())
}

/// Which certificate is confirmed.
pub(super) fn chosen<'a>(
    trust: &str,
    pinned: &'a str,
    rival: Option<&'a str>,
    asked: Option<&str>,
) -> Result<&'a str, Error> {
    let known = [Some(pinned), rival];
    match (trust, asked) {
        ("proven", _) => Err(Error::conflict(
            "enrollment_proven",
            "This enrollment is proven already.",
        )),
        ("awaited", _) => Err(Error::conflict(
            "certificate_awaited",
            "The device has not spoken to this server yet; there is no certificate to confirm.",
        )),
        ("provisional", None) => Ok(pinned),
        (_, Some(asked)) => known
            .into_iter()
            .flatten()
            .find(|certificate| *certificate == asked)
            .ok_or_else(|| {
                let text = "This certificate has not claimed the enrollment.";
                Error::invalid("certificate_sha256", "certificate_unknown", text)
            }),
        (_, None) => Err(Error::conflict(
            "certificate_choice",
            "Two certificates claim this enrollment; say which of them is the device's own.",
        )),
    }
}
