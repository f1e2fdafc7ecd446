//! `GET /api/v1/devices/{id}/inventory`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::inventory::{self, InventoryItem, InventoryView};
use utoipa::ToSchema;

use crate::api::json::id;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What the device listed, with when it was asked.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Inventory {
    questions: Vec<Question>,
    /// At most 2000. On a personal device only apps that the organisation manages.
    apps: Vec<App>,
    /// At most 500.
    certificates: Vec<Certificate>,
    /// Accounts on a Mac or a Shared iPad, at most 500.
    users: Vec<User>,
    /// At most 100.
    updates: Vec<Update>,
}

/// One question of the schedule.
#[derive(Serialize, ToSchema)]
struct Question {
    /// `device`, `security`, `profiles`, `certificates`, `apps`, `users`,
    /// `updates` or `activation_lock`.
    kind: String,
    asked_at: Option<Time>,
    /// Null when it was never answered, or the device cannot answer it.
    answered_at: Option<Time>,
    due_at: Time,
    kept: Option<i64>,
    /// Entries of the last answer above the limit.
    left_out: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct App {
    identifier: String,
    version: String,
    name: Option<String>,
    short_version: Option<String>,
    bundle_bytes: Option<i64>,
    data_bytes: Option<i64>,
    from_app_store: Option<bool>,
    installing: Option<bool>,
    update_available: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct Certificate {
    /// Of the DER, lower-case hex.
    sha256: String,
    common_name: String,
    issuer: Option<String>,
    serial_number: Option<String>,
    not_before: Option<Time>,
    not_after: Option<Time>,
    /// Whether the device holds its private key.
    is_identity: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct User {
    user_name: String,
    full_name: Option<String>,
    guid: Option<String>,
    signed_in: Option<bool>,
    has_data_to_sync: Option<bool>,
    quota_bytes: Option<i64>,
    used_bytes: Option<i64>,
    secure_token: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct Update {
    product_key: String,
    name: Option<String>,
    version: Option<String>,
    build: Option<String>,
    critical: Option<bool>,
    restart_required: Option<bool>,
    download_bytes: Option<i64>,
}

/// The inventory of the device's present enrollment.
#[utoipa::path(get, path = "/api/v1/devices/{id}/inventory", operation_id = "devices_inventory", tag = "devices",
    params(("id" = String, Path, description = "The device")), responses((status = 200, body = Inventory)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Inventory>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let view = inventory::device_inventory(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(view.into()))
}

impl From<InventoryView> for Inventory {
    fn from(view: InventoryView) -> Self {
        Self {
            questions: view.items.into_iter().map(Into::into).collect(),
            apps: view.apps.into_iter().map(Into::into).collect(),
            certificates: view.certificates.into_iter().map(Into::into).collect(),
            users: view.users.into_iter().map(Into::into).collect(),
            updates: view.updates.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<InventoryItem> for Question {
    fn from(item: InventoryItem) -> Self {
        Self {
            kind: item.kind,
            asked_at: Time::option(item.asked_at),
            answered_at: Time::option(item.answered_at),
            due_at: Time(item.due_at),
            kept: item.kept,
            left_out: item.left_out,
        }
    }
}

impl From<inventory::InstalledApp> for App {
    fn from(app: inventory::InstalledApp) -> Self {
        Self {
            identifier: app.identifier,
            version: app.version,
            name: app.name,
            short_version: app.short_version,
            bundle_bytes: app.bundle_bytes,
            data_bytes: app.data_bytes,
            from_app_store: app.from_app_store,
            installing: app.installing,
            update_available: app.update_available,
        }
    }
}

impl From<inventory::InstalledCertificate> for Certificate {
    fn from(certificate: inventory::InstalledCertificate) -> Self {
        Self {
            sha256: certificate.sha256,
            common_name: certificate.common_name,
            issuer: certificate.issuer,
            serial_number: certificate.serial_number,
            not_before: Time::option(certificate.not_before),
            not_after: Time::option(certificate.not_after),
            is_identity: certificate.is_identity,
        }
    }
}

impl From<inventory::DeviceUser> for User {
    fn from(user: inventory::DeviceUser) -> Self {
        Self {
            user_name: user.user_name,
            full_name: user.full_name,
            guid: user.guid,
            signed_in: user.signed_in,
            has_data_to_sync: user.has_data_to_sync,
            quota_bytes: user.quota_bytes,
            used_bytes: user.used_bytes,
            secure_token: user.secure_token,
        }
    }
}

impl From<inventory::AvailableUpdate> for Update {
    fn from(update: inventory::AvailableUpdate) -> Self {
        Self {
            product_key: update.product_key,
            name: update.name,
            version: update.version,
            build: update.build,
            critical: update.critical,
            restart_required: update.restart_required,
            download_bytes: update.download_bytes,
        }
    }
}
