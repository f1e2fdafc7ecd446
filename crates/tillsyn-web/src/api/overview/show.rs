//! `GET /api/v1/overview`.

use std::collections::BTreeMap;

use axum::Json;
use serde::Serialize;
use tillsyn_core::devices;
use utoipa::ToSchema;

use crate::auth::RequestContext;
use crate::error::AppError;

/// How the fleet stands, and what needs somebody.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Overview {
    devices: i64,
    active: i64,
    not_seen: i64,
    retired: i64,
    unreachable: i64,
    unhealthy: i64,
    seen_today: i64,
    commands_waiting: i64,
    commands_not_now: i64,
    /// On their hold, going by themselves.
    commands_on_hold: i64,
    /// Waiting for a release.
    commands_held: i64,
    commands_failed_today: i64,
    attempts_failed_today: i64,
    invitations_open: i64,
    /// Devices that refuse a profile, or cannot be given one.
    devices_refusing: i64,
    /// Messages today of devices that no enrollment of ours knows.
    strangers_today: i64,
    /// Devices with a certificate of this server that it does not know: they enrolled after the backup that was
    /// restored.
    unknown_senders: i64,
    /// Devices per platform.
    platforms: BTreeMap<String, i64>,
    versions: Vec<Version>,
}

/// Devices per platform and OS version.
#[derive(Serialize, ToSchema)]
struct Version {
    platform: String,
    os_version: String,
    devices: i64,
}

impl From<devices::Overview> for Overview {
    fn from(overview: devices::Overview) -> Self {
        let versions = overview.versions.into_iter().map(|version| Version {
            platform: version.platform,
            os_version: version.os_version,
            devices: version.devices,
        });
        Self {
            devices: overview.devices,
            active: overview.active,
            not_seen: overview.not_seen,
            retired: overview.retired,
            unreachable: overview.unreachable,
            unhealthy: overview.unhealthy,
            seen_today: overview.seen_today,
            commands_waiting: overview.commands_waiting,
            commands_not_now: overview.commands_not_now,
            commands_on_hold: overview.commands_on_hold,
            commands_held: overview.commands_held,
            commands_failed_today: overview.commands_failed_today,
            attempts_failed_today: overview.attempts_failed_today,
            invitations_open: overview.invitations_open,
            devices_refusing: overview.devices_refusing,
            strangers_today: overview.strangers_today,
            unknown_senders: overview.unknown_senders,
            platforms: overview.platforms.into_iter().collect(),
            versions: versions.collect(),
        }
    }
}

/// The figures of the token's scope.
#[utoipa::path(get, path = "/api/v1/overview", operation_id = "overview_show", tag = "overview",
    responses((status = 200, body = Overview)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<Overview>, AppError> {
    Ok(Json(
        devices::overview(ctx.core(), &ctx.actor).await?.into(),
    ))
}
