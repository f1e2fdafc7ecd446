//! Rows of moved-in enrollments, as if the device had enrolled here.

use serde_json::Value as Json;
use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::devices;
use crate::error::Error;
use crate::ids::{DeviceId, EnrollmentId, new_uuid};

/// What is known before the first push token.
pub(crate) struct Begun<'a> {
    pub(crate) unit: &'a str,
    pub(crate) platform: &'a str,
    pub(crate) claims: &'a Json,
    pub(crate) enrollment_type: &'a str,
    pub(crate) ownership: &'a str,
    pub(crate) udid: Option<&'a str>,
    pub(crate) enrollment_id: Option<&'a str>,
    pub(crate) topic: &'a str,
    pub(crate) access_rights: Option<i64>,
    /// Empty while it is not known.
    pub(crate) profile_identifier: &'a str,
    pub(crate) server_capabilities: Option<String>,
    /// The certificate; without it the enrollment is awaited.
    pub(crate) pin_sha256: Option<&'a str>,
}

/// Begins a moved-in enrollment; it has no device yet.
pub(crate) async fn begin_in(
    tx: &Tx,
    begun: &Begun<'_>,
    now_ms: i64,
) -> Result<EnrollmentId, Error> {
    const INSERT: &str = "INSERT INTO enrollment (id, org_unit_id, platform, claims, enrollment_type, \
        ownership, status, pin_sha256, udid, apple_enrollment_id, topic, access_rights, \
        profile_identifier, created_at, expires_at, origin, trust, server_capabilities) \
        VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $11, $12, $13, $14, 'import', \
        $15, $16)";
    let id = EnrollmentId::new(now_ms);
    // No certificate has this for its hash.
    let awaited = format!("awaited:{id}");
    let trust = if begun.pin_sha256.is_some() {
        "proven"
    } else {
        "awaited"
    };
    tx.execute(
        INSERT,
        args![
            &id,
            begun.unit,
            begun.platform,
            begun.claims.to_string(),
            begun.enrollment_type,
            begun.ownership,
            begun.pin_sha256.unwrap_or(&awaited),
            begun.udid,
            begun.enrollment_id,
            begun.topic,
            begun.access_rights,
            begun.profile_identifier,
            now_ms,
            now_ms + DAY_MS,
            trust,
            begun.server_capabilities.as_deref()
        ],
    )
    .await?;
    Ok(id)
}

/// Gives the enrollment its device and makes it active. The device itself has said nothing to us yet.
pub(crate) async fn activate_in(tx: &Tx, id: &str, now_ms: i64) -> Result<DeviceId, Error> {
    const ACTIVE: &str = "UPDATE enrollment SET status = 'active', device_id = $2, enrolled_at = $3, \
        expires_at = NULL WHERE id = $1 AND status = 'pending'";
    const UNSEEN: &str = "UPDATE device_summary SET last_seen = NULL WHERE device_id = $1";
    let device = devices::summary::device_for_enrollment_in(tx, id, now_ms).await?;
    tx.execute(ACTIVE, args![id, &device, now_ms]).await?;
    devices::summary::enrolled_in(tx, &device, id, now_ms).await?;
    tx.execute(UNSEEN, args![&device]).await?;
    Ok(device)
}

/// How a channel is woken, and whose it is.
pub(crate) struct ChannelKeys<'a> {
    pub(crate) enrollment_id: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) token: &'a [u8],
    pub(crate) push_magic: &'a str,
    pub(crate) user_id: Option<&'a str>,
    pub(crate) user_short_name: Option<&'a str>,
    pub(crate) user_long_name: Option<&'a str>,
}

/// Keeps a channel of a moved-in enrollment.
pub(crate) async fn channel_in(
    tx: &Tx,
    channel: &ChannelKeys<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    const UPSERT: &str = "INSERT INTO channel (id, enrollment_id, device_id, name, topic, push_token, \
        push_magic, token_updated_at, contact, user_short_name, user_id, user_long_name, created_at, \
        token_updates) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'reachable', $9, $10, $11, $8, 1) \
        ON CONFLICT (enrollment_id, name) DO UPDATE SET push_token = excluded.push_token, \
        push_magic = excluded.push_magic, token_updated_at = excluded.token_updated_at, \
        ended_at = NULL";
    tx.execute(
        UPSERT,
        args![
            new_uuid(now_ms).to_string(),
            channel.enrollment_id,
            channel.device_id,
            channel.name,
            channel.topic,
            channel.token,
            channel.push_magic,
            now_ms,
            channel.user_short_name,
            channel.user_id,
            channel.user_long_name
        ],
    )
    .await?;
    Ok(())
}

/// A moved-in enrollment that waits for its certificate or its proof.
pub(crate) struct Found {
    pub(crate) id: String,
    /// `None` before its first push token.
    pub(crate) device_id: Option<String>,
    pub(crate) topic: String,
    pub(crate) unit_path: String,
    pub(crate) ownership: String,
}

/// Finds it by the ids that its messages carry.
pub(crate) async fn find_awaited_in(
    tx: &Tx,
    udid: Option<&str>,
    enrollment_id: Option<&str>,
) -> Result<Option<Found>, Error> {
    const FIND: &str = "SELECT e.id, e.device_id, e.topic, u.path, e.ownership \
        FROM enrollment e JOIN org_unit u ON u.id = e.org_unit_id WHERE e.trust = 'awaited' \
        AND e.status IN ('pending', 'active') AND (e.udid = $1 OR e.apple_enrollment_id = $2) \
        ORDER BY e.created_at DESC LIMIT 1";
    let row = tx.fetch_optional(FIND, args![udid, enrollment_id]).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        id: row.text(0)?,
        device_id: row.opt_text(1)?,
        topic: row.text(2)?,
        unit_path: row.text(3)?,
        ownership: row.text(4)?,
    }))
}

/// Whether an enrollment is active for the device that these ids name.
pub(crate) async fn is_managed_in(
    tx: &Tx,
    serial: Option<&str>,
    udid: Option<&str>,
    enrollment_id: Option<&str>,
) -> Result<bool, Error> {
    const FIND: &str = "SELECT e.id FROM enrollment e JOIN device d ON d.id = e.device_id \
        WHERE e.status = 'active' AND (d.serial_number = $1 OR e.udid = $2 \
        OR e.apple_enrollment_id = $3) LIMIT 1";
    let values = args![serial, udid, enrollment_id];
    Ok(tx.fetch_optional(FIND, values).await?.is_some())
}

/// Whether the device that these claims name is kept in a unit that the actor does not reach: moving it in
/// would take its record, and what is in escrow for it, out of that unit.
pub(crate) async fn is_held_elsewhere_in(
    tx: &Tx,
    actor: &Actor,
    serial: Option<&str>,
    udid: Option<&str>,
) -> Result<bool, Error> {
    const FIND: &str = "SELECT u.path FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE d.serial_number = $1 \
        OR d.id IN (SELECT e.device_id FROM enrollment e WHERE e.udid = $2)";
    for row in tx.fetch_all(FIND, args![serial, udid]).await? {
        if !actor.reaches(row.str(0)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why a device is not moved in that is enrolled, or that is kept where the actor does not see it: one
/// answer for both, which tells nothing of other units.
pub(crate) const HELD: (&str, &str) = (
    "device_managed",
    "This device is enrolled here already, or belongs to another unit.",
);

/// Whether a push certificate of ours has this topic.
pub(crate) async fn topic_is_known_in(tx: &Tx, topic: &str) -> Result<bool, Error> {
    const FIND: &str = "SELECT id FROM push_topic WHERE topic = $1";
    Ok(tx.fetch_optional(FIND, args![topic]).await?.is_some())
}
