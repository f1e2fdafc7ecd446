//! The row of a device that lists are made of, kept in the transactions that change it.

use serde_json::Value as Json;
use tillsyn_db::{Tx, args};

use crate::error::Error;
use crate::guard::{Leaving, remember_in};
use crate::ids::DeviceId;
use crate::search::words;

const PERSONAL: &str = "personal";

/// The device that a pending enrollment's claims name: found by serial number, else by UDID, else new.
pub(crate) async fn device_for_enrollment_in(
    tx: &Tx,
    enrollment_id: &str,
    now_ms: i64,
) -> Result<DeviceId, Error> {
    const ENROLLMENT: &str =
        "SELECT claims, udid, org_unit_id, platform, ownership FROM enrollment WHERE id = $1";
    const BY_SERIAL: &str = "SELECT id FROM device WHERE serial_number = $1";
    const BY_UDID: &str = "SELECT device_id FROM enrollment WHERE udid = $1 \
        AND device_id IS NOT NULL ORDER BY created_at DESC LIMIT 1";
    const INSERT: &str = "INSERT INTO device (id, org_unit_id, platform, serial_number, imei, \
        life_cycle, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'registered', $6, $6)";
    const SUMMARY: &str = "INSERT INTO device_summary (device_id, org_unit_id, platform, \
        serial_number, imei, status, contact, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, 'registered', 'reachable', $6, $6)";
    let row = tx.fetch_one(ENROLLMENT, args![enrollment_id]).await?;
    let claims: Json = serde_json::from_str(&row.text(0)?).unwrap_or_default();
    let serial = claims["serial_number"]
        .as_str()
        .map(str::trim)
        .filter(|s| !s.is_empty());
    let found = match serial {
        Some(serial) => tx.fetch_optional(BY_SERIAL, args![serial]).await?,
        None => tx.fetch_optional(BY_UDID, args![row.opt_text(1)?]).await?,
    };
    if let Some(found) = found {
        return Ok(DeviceId::from_store(found.text(0)?));
    }
    let id = DeviceId::new(now_ms);
    let (unit, platform) = (row.text(2)?, row.text(3)?);
    // A telephone's number on the network tells about its person, whose device it is.
    let imei = claims["imei"]
        .as_str()
        .filter(|_| row.text(4).is_ok_and(|ownership| ownership != PERSONAL));
    tx.execute(
        INSERT,
        args![&id, unit.as_str(), platform.as_str(), serial, imei, now_ms],
    )
    .await?;
    tx.execute(SUMMARY, args![&id, unit, platform, serial, imei, now_ms])
        .await?;
    words::index_in(tx, &[id.to_string()]).await?;
    Ok(id)
}

/// The device has a new active enrollment: person, ownership and type come from it, never from the old.
pub(crate) async fn enrolled_in(
    tx: &Tx,
    device: &DeviceId,
    enrollment_id: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const ENROLLMENT: &str = "SELECT e.claims, e.udid, e.org_unit_id, e.platform, e.ownership, \
        e.enrollment_type, e.person_id, p.name FROM enrollment e \
        LEFT JOIN person p ON p.id = e.person_id WHERE e.id = $1";
    const SUMMARY: &str = "UPDATE device_summary SET org_unit_id = $2, platform = $3, udid = $4, \
        ownership = $5, enrollment_type = $6, person_id = $7, person_name = $8, enrollment_id = $9, \
        enrollment_status = 'active', status = 'active', contact = 'reachable', enrolled_at = $10, \
        last_seen = $10, updated_at = $10 WHERE device_id = $1";
    const DEVICE: &str = "UPDATE device SET life_cycle = 'enrolled', org_unit_id = $2, updated_at = $3 \
        WHERE id = $1";
    // What stricter figures a unit has, a device does not leave behind by enrolling anew elsewhere.
    const ELSEWHERE: &str = "SELECT u.path, n.path FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        JOIN org_unit n ON n.id = $2 WHERE d.id = $1 AND d.org_unit_id <> $2";
    let row = tx.fetch_one(ENROLLMENT, args![enrollment_id]).await?;
    let unit = row.text(2)?;
    if let Some(places) = tx
        .fetch_optional(ELSEWHERE, args![device, unit.as_str()])
        .await?
    {
        let moved = [device.to_string()];
        let (from, to) = (places.str(0)?, places.str(1)?);
        remember_in(tx, Leaving::Devices(&moved), from, to, now_ms).await?;
    }
    tx.execute(
        SUMMARY,
        args![
            device,
            unit.as_str(),
            row.text(3)?,
            row.opt_text(1)?,
            row.text(4)?,
            row.text(5)?,
            row.opt_text(6)?,
            row.opt_text(7)?,
            enrollment_id,
            now_ms
        ],
    )
    .await?;
    tx.execute(DEVICE, args![device, unit, now_ms]).await?;
    words::index_in(tx, &[device.to_string()]).await?;
    let claims: Json = serde_json::from_str(&row.text(0)?).unwrap_or_default();
    apply_claims_in(tx, device.as_str(), &row.text(4)?, &claims, now_ms).await
}

/// What `Authenticate` says of the device, as facts with that source.
pub(crate) async fn apply_claims_in(
    tx: &Tx,
    device_id: &str,
    ownership: &str,
    claims: &Json,
    now_ms: i64,
) -> Result<(), Error> {
    let names = [
        ("name", "name"),
        ("model", "product_name"),
        ("model_name", "model_name"),
        ("os_version", "os_version"),
        ("build_version", "build_version"),
        ("serial_number", "serial_number"),
        ("imei", "imei"),
    ];
    let facts: Vec<(String, Json)> = names
        .iter()
        .filter(|(key, _)| claims[*key].as_str().is_some_and(|v| !v.is_empty()))
        .filter(|(key, _)| *key != "imei" || ownership != PERSONAL)
        .map(|(key, fact)| ((*fact).to_owned(), claims[*key].clone()))
        .collect();
    super::facts::store_in(tx, device_id, &facts, "Authenticate", now_ms).await
}

/// The enrollment that the row shows has ended.
pub(crate) async fn ended_in(
    tx: &Tx,
    device_id: &str,
    enrollment_id: &str,
    enrollment_status: &str,
    reason: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const SUMMARY: &str = "UPDATE device_summary SET enrollment_status = $3, status = $4, \
        updated_at = $5 WHERE device_id = $1 AND enrollment_id = $2";
    const DEVICE: &str = "UPDATE device SET life_cycle = $2, updated_at = $3 WHERE id = $1";
    let life_cycle = if reason == "retired" {
        "retired"
    } else {
        "registered"
    };
    let values = args![
        device_id,
        enrollment_id,
        enrollment_status,
        life_cycle,
        now_ms
    ];
    if tx.execute(SUMMARY, values).await? > 0 {
        tx.execute(DEVICE, args![device_id, life_cycle, now_ms])
            .await?;
    }
    Ok(())
}

/// Whether the device can be reached by push (architecture §2a, channel contact).
pub(crate) async fn set_contact_in(
    tx: &Tx,
    device_id: &str,
    contact: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    const SET: &str = "UPDATE device_summary SET contact = $2, updated_at = $3 \
        WHERE device_id = $1 AND contact <> $2";
    tx.execute(SET, args![device_id, contact, now_ms]).await?;
    Ok(())
}
