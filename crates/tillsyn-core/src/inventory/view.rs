//! The inventory of one device as API and console show it.

use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, authorize_device};
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;

/// Everything that a device listed, with what was asked when.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct InventoryView {
    pub items: Vec<InventoryItem>,
    pub apps: Vec<InstalledApp>,
    pub certificates: Vec<InstalledCertificate>,
    pub users: Vec<DeviceUser>,
    pub updates: Vec<AvailableUpdate>,
}

/// One question: when it was asked, answered, and comes next.
#[derive(Clone, Debug, serde::Serialize)]
pub struct InventoryItem {
    /// A value of [`super::InventoryKind`].
    pub kind: String,
    pub asked_at: Option<i64>,
    /// `None`: never answered, or the device cannot answer it.
    pub answered_at: Option<i64>,
    pub due_at: i64,
    /// Entries kept of the last answer.
    pub kept: Option<i64>,
    /// Entries above the limit, not kept.
    pub left_out: Option<i64>,
}

/// An app that the device says it has. On a personal device only apps that the organisation manages.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct InstalledApp {
    pub identifier: String,
    /// Empty when the device did not say.
    pub version: String,
    pub name: Option<String>,
    pub short_version: Option<String>,
    pub bundle_bytes: Option<i64>,
    pub data_bytes: Option<i64>,
    pub from_app_store: Option<bool>,
    pub installing: Option<bool>,
    pub update_available: Option<bool>,
}

/// A certificate that the device says it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct InstalledCertificate {
    /// Of the DER, lower-case hex.
    pub sha256: String,
    pub common_name: String,
    pub issuer: Option<String>,
    /// Lower-case hex.
    pub serial_number: Option<String>,
    pub not_before: Option<i64>,
    pub not_after: Option<i64>,
    /// Whether the device holds its private key.
    pub is_identity: Option<bool>,
}

/// An account on a Mac or a Shared iPad.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct DeviceUser {
    pub user_name: String,
    pub full_name: Option<String>,
    pub guid: Option<String>,
    pub signed_in: Option<bool>,
    pub has_data_to_sync: Option<bool>,
    pub quota_bytes: Option<i64>,
    pub used_bytes: Option<i64>,
    pub secure_token: Option<bool>,
}

/// An operating system update that the device found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AvailableUpdate {
    pub product_key: String,
    pub name: Option<String>,
    pub version: Option<String>,
    pub build: Option<String>,
    pub critical: Option<bool>,
    pub restart_required: Option<bool>,
    pub download_bytes: Option<i64>,
}

/// The inventory of a device's present enrollment.
///
/// # Errors
/// Not found outside the scope.
pub async fn device_inventory(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<InventoryView, Error> {
    core.db()
        .read((actor.clone(), device.clone()), |tx, (actor, device)| {
            Box::pin(async move {
                let Some(channel) = reach_in(tx, actor, device).await? else {
                    return Ok::<_, Error>(InventoryView::default());
                };
                Ok(InventoryView {
                    items: rows(tx, ITEMS, &channel, item).await?,
                    apps: rows(tx, APPS, &channel, app).await?,
                    certificates: rows(tx, CERTIFICATES, &channel, certificate).await?,
                    users: rows(tx, USERS, &channel, user).await?,
                    updates: rows(tx, UPDATES, &channel, update).await?,
                })
            })
        })
        .await
}

/// Checks that the actor may read the device; the device channel of its present enrollment, if it has one.
pub(super) async fn reach_in(
    tx: &Tx,
    actor: &Actor,
    device: &DeviceId,
) -> Result<Option<String>, Error> {
    const FIND: &str = "SELECT u.path, ch.id, d.platform FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id LEFT JOIN channel ch \
        ON ch.enrollment_id = d.enrollment_id AND ch.name = 'device' WHERE d.device_id = $1";
    let row = tx
        .fetch_optional(FIND, args![device])
        .await?
        .ok_or_else(|| Error::not_found("device"))?;
    authorize_device(actor, Permission::DevicesRead, row.str(0)?, row.str(2)?)?;
    Ok(row.opt_text(1)?)
}

const ITEMS: &str = "SELECT kind, asked_at, answered_at, due_at, kept, left_out FROM inventory_item \
    WHERE channel_id = $1 ORDER BY kind";
const APPS: &str = "SELECT identifier, version, name, short_version, bundle_bytes, data_bytes, \
    from_app_store, installing, update_available FROM installed_app WHERE channel_id = $1 \
    ORDER BY name, identifier, version";
const CERTIFICATES: &str = "SELECT sha256, common_name, issuer, serial_number, not_before, not_after, \
    is_identity FROM installed_certificate WHERE channel_id = $1 ORDER BY common_name, sha256";
const USERS: &str = "SELECT user_name, full_name, guid, signed_in, has_data_to_sync, quota_bytes, \
    used_bytes, secure_token FROM device_user WHERE channel_id = $1 ORDER BY user_name";
const UPDATES: &str = "SELECT product_key, name, version, build, critical, restart_required, \
    download_bytes FROM available_update WHERE channel_id = $1 ORDER BY name, product_key";

async fn rows<T>(
    tx: &Tx,
    sql: &'static str,
    channel: &str,
    decode: fn(&Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let rows = tx.fetch_all(sql, args![channel]).await?;
    rows.iter().map(decode).collect()
}

fn flag(row: &Row, column: usize) -> Result<Option<bool>, Error> {
    Ok(row.opt_i64(column)?.map(|value| value != 0))
}

fn item(row: &Row) -> Result<InventoryItem, Error> {
    Ok(InventoryItem {
        kind: row.text(0)?,
        asked_at: row.opt_i64(1)?,
        answered_at: row.opt_i64(2)?,
        due_at: row.i64(3)?,
        kept: row.opt_i64(4)?,
        left_out: row.opt_i64(5)?,
    })
}

fn app(row: &Row) -> Result<InstalledApp, Error> {
    Ok(InstalledApp {
        identifier: row.text(0)?,
        version: row.text(1)?,
        name: row.opt_text(2)?,
        short_version: row.opt_text(3)?,
        bundle_bytes: row.opt_i64(4)?,
        data_bytes: row.opt_i64(5)?,
        from_app_store: flag(row, 6)?,
        installing: flag(row, 7)?,
        update_available: flag(row, 8)?,
    })
}

fn certificate(row: &Row) -> Result<InstalledCertificate, Error> {
    Ok(InstalledCertificate {
        sha256: row.text(0)?,
        common_name: row.text(1)?,
        issuer: row.opt_text(2)?,
        serial_number: row.opt_text(3)?,
        not_before: row.opt_i64(4)?,
        not_after: row.opt_i64(5)?,
        is_identity: flag(row, 6)?,
    })
}

fn user(row: &Row) -> Result<DeviceUser, Error> {
    Ok(DeviceUser {
        user_name: row.text(0)?,
        full_name: row.opt_text(1)?,
        guid: row.opt_text(2)?,
        signed_in: flag(row, 3)?,
        has_data_to_sync: flag(row, 4)?,
        quota_bytes: row.opt_i64(5)?,
        used_bytes: row.opt_i64(6)?,
        secure_token: flag(row, 7)?,
    })
}

fn update(row: &Row) -> Result<AvailableUpdate, Error> {
    Ok(AvailableUpdate {
        product_key: row.text(0)?,
        name: row.opt_text(1)?,
        version: row.opt_text(2)?,
        build: row.opt_text(3)?,
        critical: flag(row, 4)?,
        restart_required: flag(row, 5)?,
        download_bytes: row.opt_i64(6)?,
    })
}
