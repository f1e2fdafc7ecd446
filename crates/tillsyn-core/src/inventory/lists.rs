//! What a device listed: each answer replaces what its channel listed before, up to a bound.

use std::collections::HashSet;

use tillsyn_db::{Tx, Value, args};

use super::view::{AvailableUpdate, DeviceUser, InstalledApp, InstalledCertificate};
use crate::error::Error;

/// Entries kept of one answer; a device that lists more shows how many were left out.
const MOST_APPS: usize = 2_000;
const MOST_CERTIFICATES: usize = 500;
const MOST_USERS: usize = 500;
const MOST_UPDATES: usize = 100;

/// Whose list it is, and when it was answered.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) channel_id: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) now_ms: i64,
}

/// How many entries were kept, and how many left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) kept: usize,
    pub(crate) left_out: usize,
}

impl Kept {
    /// The answer holds nothing that may be known.
    pub(crate) const NOTHING: Self = Self {
        kept: 0,
        left_out: 0,
    };
}

/// Entries with a key of their own, at most so many.
fn bounded<'a, T, K: std::hash::Hash + Eq>(
    entries: &'a [T],
    most: usize,
    key: impl Fn(&'a T) -> K,
) -> (Vec<&'a T>, Kept) {
    let mut seen = HashSet::new();
    let mut taken: Vec<&T> = entries.iter().filter(|e| seen.insert(key(e))).collect();
    let left_out = taken.len().saturating_sub(most);
    taken.truncate(most);
    let kept = taken.len();
    (taken, Kept { kept, left_out })
}

pub(crate) async fn replace_apps_in(
    tx: &Tx,
    place: Place<'_>,
    apps: &[InstalledApp],
) -> Result<Kept, Error> {
    const CLEAR: &str = "DELETE FROM installed_app WHERE channel_id = $1";
    const INSERT: &str = "INSERT INTO installed_app (channel_id, identifier, version, device_id, name, \
        short_version, bundle_bytes, data_bytes, from_app_store, installing, update_available, \
        observed_at)";
    let (apps, kept) = bounded(apps, MOST_APPS, |a| (&a.identifier, &a.version));
    let rows: Vec<Vec<Value>> = apps
        .into_iter()
        .map(|app| {
            args![
                place.channel_id,
                app.identifier.as_str(),
                app.version.as_str(),
                place.device_id,
                app.name.as_deref(),
                app.short_version.as_deref(),
                app.bundle_bytes,
                app.data_bytes,
                app.from_app_store.map(i64::from),
                app.installing.map(i64::from),
                app.update_available.map(i64::from),
                place.now_ms
            ]
        })
        .collect();
    tx.execute(CLEAR, args![place.channel_id]).await?;
    tx.insert_many(INSERT, 12, rows, "").await?;
    Ok(kept)
}

pub(crate) async fn replace_certificates_in(
    tx: &Tx,
    place: Place<'_>,
    certificates: &[InstalledCertificate],
) -> Result<Kept, Error> {
    const CLEAR: &str = "DELETE FROM installed_certificate WHERE channel_id = $1";
    const INSERT: &str = "INSERT INTO installed_certificate (channel_id, sha256, device_id, \
        common_name, issuer, serial_number, not_before, not_after, is_identity, observed_at)";
    let (certificates, kept) = bounded(certificates, MOST_CERTIFICATES, |c| &c.sha256);
    let rows: Vec<Vec<Value>> = certificates
        .into_iter()
        .map(|certificate| {
            args![
                place.channel_id,
                certificate.sha256.as_str(),
                place.device_id,
                certificate.common_name.as_str(),
                certificate.issuer.as_deref(),
                certificate.serial_number.as_deref(),
                certificate.not_before,
                certificate.not_after,
                certificate.is_identity.map(i64::from),
                place.now_ms
            ]
        })
        .collect();
    tx.execute(CLEAR, args![place.channel_id]).await?;
    tx.insert_many(INSERT, 10, rows, "").await?;
    Ok(kept)
}

pub(crate) async fn replace_users_in(
    tx: &Tx,
    place: Place<'_>,
    users: &[DeviceUser],
) -> Result<Kept, Error> {
    const CLEAR: &str = "DELETE FROM device_user WHERE channel_id = $1";
    const INSERT: &str = "INSERT INTO device_user (channel_id, user_name, device_id, full_name, guid, \
        signed_in, has_data_to_sync, quota_bytes, used_bytes, secure_token, observed_at)";
    let (users, kept) = bounded(users, MOST_USERS, |u| &u.user_name);
    let rows: Vec<Vec<Value>> = users
        .into_iter()
        .map(|user| {
            args![
                place.channel_id,
                user.user_name.as_str(),
                place.device_id,
                user.full_name.as_deref(),
                user.guid.as_deref(),
                user.signed_in.map(i64::from),
                user.has_data_to_sync.map(i64::from),
                user.quota_bytes,
                user.used_bytes,
                user.secure_token.map(i64::from),
                place.now_ms
            ]
        })
        .collect();
    tx.execute(CLEAR, args![place.channel_id]).await?;
    tx.insert_many(INSERT, 11, rows, "").await?;
    Ok(kept)
}

pub(crate) async fn replace_updates_in(
    tx: &Tx,
    place: Place<'_>,
    updates: &[AvailableUpdate],
) -> Result<Kept, Error> {
    const CLEAR: &str = "DELETE FROM available_update WHERE channel_id = $1";
    const INSERT: &str = "INSERT INTO available_update (channel_id, product_key, device_id, name, \
        version, build, critical, restart_required, download_bytes, observed_at)";
    let (updates, kept) = bounded(updates, MOST_UPDATES, |u| &u.product_key);
    let rows: Vec<Vec<Value>> = updates
        .into_iter()
        .map(|update| {
            args![
                place.channel_id,
                update.product_key.as_str(),
                place.device_id,
                update.name.as_deref(),
                update.version.as_deref(),
                update.build.as_deref(),
                update.critical.map(i64::from),
                update.restart_required.map(i64::from),
                update.download_bytes,
                place.now_ms
            ]
        })
        .collect();
    tx.execute(CLEAR, args![place.channel_id]).await?;
    tx.insert_many(INSERT, 10, rows, "").await?;
    Ok(kept)
}
