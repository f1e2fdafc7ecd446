//! From answers to facts: only what may be known of this device is stored (capability at ingestion).

use serde_json::Value as Json;
use tillsyn_apple::command::queries::fact_allowed;
use tillsyn_apple::result::{
    AvailableOSUpdatesResult, CertificateListResult, CommandResult, DeviceInformationResult, Fact,
    InstalledApplicationListResult, InstalledProfile, ProfileListResult, SecurityInfoResult,
    UserListResult,
};
use tillsyn_db::{Tx, Value, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;

use super::poll::{PollingChannel, Turn};
use super::record;
use super::sender::SenderEnrollment;
use crate::commands::Request;
use crate::devices;
use crate::error::Error;
use crate::inventory::{
    self, AvailableUpdate, DeviceUser, InstalledApp, InstalledCertificate, InventoryKind, Kept,
    Place,
};
use crate::invitations::attempt::{self, AttemptStatus};
use crate::reconcile;

/// Stores what an acknowledged query said.
pub(super) async fn ingest(
    tx: &Tx,
    turn: &Turn,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
    request: &Request,
    result: &CommandResult,
) -> Result<(), Error> {
    let Some(kind) = InventoryKind::of(request) else {
        return Ok(());
    };
    let kept = match read(tx, turn, enrollment, channel, request, kind, result).await {
        Ok(kept) => kept,
        Err(Trouble::Store(error)) => return Err(error),
        Err(Trouble::Unreadable(error)) => {
            tracing::warn!(error = %error, device.id = %channel.device_id, "an answer has no readable facts");
            return Ok(());
        }
    };
    inventory::note_answer_in(tx, &channel.id, kind, kept, turn.now_ms).await
}

enum Trouble {
    Store(Error),
    Unreadable(tillsyn_apple::WireError),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<tillsyn_apple::WireError> for Trouble {
    fn from(error: tillsyn_apple::WireError) -> Self {
        Self::Unreadable(error)
    }
}

async fn read(
    tx: &Tx,
    turn: &Turn,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
    request: &Request,
    kind: InventoryKind,
    result: &CommandResult,
) -> Result<Kept, Trouble> {
    let place = Place {
        channel_id: &channel.id,
        device_id: &channel.device_id,
        now_ms: turn.now_ms,
    };
    // Of a personal device only what the organisation put there may be known (S41): an answer to a
    // wider question is not kept.
    let personal = enrollment.ownership == "personal";
    let managed_only = |name: &str| request.parameter(name).and_then(Json::as_bool) == Some(true);
    let body = &result.body;
    Ok(match kind {
        InventoryKind::Device => {
            let facts = DeviceInformationResult::read(body)?.facts();
            let kept = facts_in(tx, turn, enrollment, channel, facts, "DeviceInformation").await?;
            if channel.name.is_device() {
                ready(tx, turn, enrollment).await?;
            }
            kept
        }
        InventoryKind::Security => {
            let facts = SecurityInfoResult::read(body)?.facts();
            facts_in(tx, turn, enrollment, channel, facts, "SecurityInfo").await?
        }
        InventoryKind::Profiles => {
            let list = ProfileListResult::read(body)?;
            if channel.name.is_device() {
                learn_own_profile(tx, enrollment, &list).await?;
            }
            if personal && !managed_only("managed_only") {
                return Ok(Kept::NOTHING);
            }
            let kept = list.profiles.len();
            profiles(tx, turn, channel, &list).await?;
            Kept { kept, left_out: 0 }
        }
        InventoryKind::Certificates if personal && !managed_only("managed_only") => Kept::NOTHING,
        InventoryKind::Certificates => {
            let list = CertificateListResult::read(body)?.certificates;
            let list: Vec<_> = list.into_iter().flatten().map(certificate).collect();
            inventory::replace_certificates_in(tx, place, &list).await?
        }
        InventoryKind::Apps if personal && !managed_only("managed_apps_only") => Kept::NOTHING,
        InventoryKind::Apps => {
            let list = InstalledApplicationListResult::read(body)?.applications;
            let list: Vec<_> = list.into_iter().flatten().map(app).collect();
            inventory::replace_apps_in(tx, place, &list).await?
        }
        InventoryKind::Users if personal => Kept::NOTHING,
        InventoryKind::Users => {
            let list = UserListResult::read(body)?.users;
            let list: Vec<_> = list.into_iter().flatten().map(user).collect();
            inventory::replace_users_in(tx, place, &list).await?
        }
        // Escrow keeps it.
        InventoryKind::ActivationLock => Kept {
            kept: 1,
            left_out: 0,
        },
        InventoryKind::Updates => {
            let list = AvailableOSUpdatesResult::read(body)?.updates;
            let list: Vec<_> = list.into_iter().flatten().filter_map(update).collect();
            inventory::replace_updates_in(tx, place, &list).await?
        }
    })
}

/// Facts of a user channel are the user's; the device's row is fed by the device channel alone.
async fn facts_in(
    tx: &Tx,
    turn: &Turn,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
    facts: Vec<Fact>,
    source: &'static str,
) -> Result<Kept, Error> {
    let told = facts.len();
    if !channel.name.is_device() {
        return Ok(Kept::NOTHING);
    }
    let Some(known) = record::device_facts(tx, enrollment, channel).await? else {
        return Ok(Kept::NOTHING);
    };
    let allowed: Vec<(String, Json)> = facts
        .into_iter()
        .filter(|(name, _)| fact_allowed(name, &known))
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    devices::facts::store_in(tx, &channel.device_id, &allowed, source, turn.now_ms).await?;
    Ok(Kept {
        kept: allowed.len(),
        left_out: told - allowed.len(),
    })
}

/// What a listed certificate says of itself; one that we cannot read keeps its name and hash.
fn certificate(listed: tillsyn_apple::result::InstalledCertificate) -> InstalledCertificate {
    let parsed = Certificate::from_der(&listed.data).ok();
    InstalledCertificate {
        sha256: hash::sha256_hex(&listed.data),
        common_name: listed
            .common_name
            .filter(|name| !name.is_empty())
            .or_else(|| parsed.as_ref().map(Certificate::subject_text))
            .unwrap_or_default(),
        issuer: parsed.as_ref().map(Certificate::issuer_text),
        serial_number: parsed.as_ref().map(Certificate::serial_hex),
        not_before: parsed.as_ref().map(Certificate::not_before_ms),
        not_after: parsed.as_ref().map(Certificate::not_after_ms),
        is_identity: listed.is_identity,
    }
}

/// An app of a Mac without an identifier goes by its name.
fn app(listed: tillsyn_apple::result::InstalledApplication) -> InstalledApp {
    InstalledApp {
        identifier: listed
            .identifier
            .or_else(|| listed.name.clone())
            .unwrap_or_default(),
        version: listed.version.unwrap_or_default(),
        name: listed.name,
        short_version: listed.short_version,
        bundle_bytes: listed.bundle_size,
        data_bytes: listed.dynamic_size,
        from_app_store: listed.app_store_vendable,
        installing: listed.installing,
        update_available: listed.has_update_available,
    }
}

fn user(listed: tillsyn_apple::result::ListedUser) -> DeviceUser {
    DeviceUser {
        user_name: listed.user_name,
        full_name: listed.full_name,
        guid: listed.user_guid,
        signed_in: listed.is_logged_in,
        has_data_to_sync: listed.has_data_to_sync,
        quota_bytes: listed.data_quota,
        used_bytes: listed.data_used,
        secure_token: listed.has_secure_token,
    }
}

fn update(listed: tillsyn_apple::result::AvailableUpdate) -> Option<AvailableUpdate> {
    let name = listed.human_readable_name.or(listed.product_name);
    Some(AvailableUpdate {
        product_key: listed
            .product_key
            .or_else(|| name.clone())
            .filter(|key| !key.is_empty())?,
        name,
        version: listed.version,
        build: listed.build,
        critical: listed.is_critical,
        restart_required: listed.restart_required,
        download_bytes: listed.download_size,
    })
}

/// An attempt is ready when the device has answered who it is.
async fn ready(tx: &Tx, turn: &Turn, enrollment: &SenderEnrollment) -> Result<(), Error> {
    const FIND: &str = "SELECT id FROM attempt WHERE enrollment_id = $1 AND status = 'enrolled'";
    if let Some(row) = tx
        .fetch_optional(FIND, args![enrollment.id.as_str()])
        .await?
    {
        let id = row.text(0)?;
        attempt::step_in(tx, &id, AttemptStatus::Ready, None, turn.now_ms).await?;
    }
    Ok(())
}

/// An enrollment that was moved in may not have said which profile manages the device; its list does.
async fn learn_own_profile(
    tx: &Tx,
    enrollment: &SenderEnrollment,
    list: &ProfileListResult,
) -> Result<(), Error> {
    const LEARN: &str = "UPDATE enrollment SET profile_identifier = $2 WHERE id = $1 \
        AND (profile_identifier = '' OR origin = 'import')";
    let manages = |profile: &&InstalledProfile| {
        let mut payloads = profile.payloads.iter();
        payloads.any(|payload| payload.payload_type == "com.apple.mdm")
    };
    let own = list.profiles.iter().find(manages);
    if let Some(own) = own.filter(|own| own.identifier != enrollment.profile_identifier) {
        let values = args![enrollment.id.as_str(), own.identifier.as_str()];
        tx.execute(LEARN, values).await?;
    }
    Ok(())
}

/// Replaces what is known to be installed on the channel.
async fn profiles(
    tx: &Tx,
    turn: &Turn,
    channel: &PollingChannel,
    list: &ProfileListResult,
) -> Result<(), Error> {
    const CLEAR: &str = "DELETE FROM installed_profile WHERE channel_id = $1";
    const INSERT: &str = "INSERT INTO installed_profile (channel_id, identifier, device_id, \
        payload_uuid, name, managed, encrypted, removal_disallowed, observed_at)";
    tx.execute(CLEAR, args![channel.id.as_str()]).await?;
    let mut seen = std::collections::HashSet::new();
    let rows: Vec<Vec<Value>> = list
        .profiles
        .iter()
        .filter(|profile| seen.insert(profile.identifier.as_str()))
        .map(|profile| {
            args![
                channel.id.as_str(),
                profile.identifier.as_str(),
                channel.device_id.as_str(),
                profile.uuid.as_str(),
                profile.display_name.as_deref(),
                profile.is_managed.map(i64::from),
                profile.is_encrypted.map(i64::from),
                profile.removal_disallowed.map(i64::from),
                turn.now_ms
            ]
        })
        .collect();
    tx.insert_many(INSERT, 9, rows, "").await?;
    let listed: Vec<(&str, &str)> = list
        .profiles
        .iter()
        .map(|profile| (profile.identifier.as_str(), profile.uuid.as_str()))
        .collect();
    let heard = reconcile::Heard {
        channel_id: &channel.id,
        device_id: &channel.device_id,
        now_ms: turn.now_ms,
    };
    reconcile::on_list_in(tx, heard, &listed).await
}
