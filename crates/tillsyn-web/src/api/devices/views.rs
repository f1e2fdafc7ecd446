//! Devices as the API shows them.

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::devices::{
    ChannelView, DeviceDetail, DeviceRow, EnrollmentView, FactView, InstalledProfileView,
};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A device in a list.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Device {
    #[schema(format = "uuid")]
    id: String,
    /// Its name, else its serial number.
    name: String,
    /// `ios`, `ipados` or `macos`.
    platform: String,
    serial_number: Option<String>,
    model: Option<String>,
    model_name: Option<String>,
    os_version: Option<String>,
    /// `ordered`, `registered`, `active`, `not_seen`, `lost`, `stolen`, `repair` or `retired`.
    status: String,
    /// `corporate` or `personal`.
    ownership: Option<String>,
    enrollment_type: Option<String>,
    /// `pending`, `active`, `inactive`, `reset`, `wiped`, `removed` or `superseded`.
    enrollment_status: Option<String>,
    /// `reachable`, `unreachable` or `unhealthy`.
    contact: String,
    person_id: Option<String>,
    person_name: Option<String>,
    supervised: Option<bool>,
    enrolled_at: Option<Time>,
    last_seen: Option<Time>,
}

impl From<DeviceRow> for Device {
    fn from(row: DeviceRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            platform: row.platform,
            serial_number: row.serial_number,
            model: row.model,
            model_name: row.model_name,
            os_version: row.os_version,
            status: row.status,
            ownership: row.ownership,
            enrollment_type: row.enrollment_type,
            enrollment_status: row.enrollment_status,
            contact: row.contact,
            person_id: row.person_id.map(|id| id.to_string()),
            person_name: row.person_name,
            supervised: row.supervised,
            enrolled_at: Time::option(row.enrolled_at),
            last_seen: Time::option(row.last_seen),
        }
    }
}

/// A device with all that is known of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeviceFull {
    #[serde(flatten)]
    device: Device,
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    udid: Option<String>,
    imei: Option<String>,
    build_version: Option<String>,
    passcode_present: Option<bool>,
    encrypted: Option<bool>,
    battery_percent: Option<i64>,
    capacity_bytes: Option<i64>,
    available_bytes: Option<i64>,
    stolen: bool,
    /// End of the identity certificate that the enrollment is pinned to.
    certificate_not_after: Option<Time>,
    last_push_at: Option<Time>,
    /// What APNs answered.
    last_push_answer: Option<String>,
    /// Kinds of sealed secrets that are held for it; never the secrets.
    escrow_kinds: Vec<String>,
    /// Removing the profile with this identifier is a retire.
    enrollment_profile_identifier: Option<String>,
    enrollments: Vec<Enrollment>,
    /// Channels of the enrollment: the device's own, and those of its users.
    channels: Vec<Channel>,
    facts: Vec<Fact>,
    profiles: Vec<InstalledProfile>,
    profiles_observed_at: Option<Time>,
}

/// One management relation.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Enrollment {
    #[schema(format = "uuid")]
    id: String,
    /// `pending`, `active`, `inactive`, `reset`, `wiped`, `removed` or `superseded`; at most one is active.
    status: String,
    enrollment_type: String,
    ownership: String,
    /// When the device first spoke with this enrollment's certificate.
    began_at: Time,
    enrolled_at: Option<Time>,
    ended_at: Option<Time>,
    end_reason: Option<String>,
}

/// The device itself, or one of its users: each with its own push token and queue.
#[derive(Serialize, ToSchema)]
struct Channel {
    #[schema(format = "uuid")]
    id: String,
    /// `device` or `user:<id>`.
    name: String,
    user_short_name: Option<String>,
    user_long_name: Option<String>,
    /// `reachable`, `unreachable` or `unhealthy`.
    contact: String,
    /// It waits in the setup assistant.
    awaiting_configuration: bool,
    since: Time,
    token_updated_at: Option<Time>,
    ended_at: Option<Time>,
    /// Commands that are not finished.
    waiting: i64,
}

impl From<ChannelView> for Channel {
    fn from(view: ChannelView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            user_short_name: view.user_short_name,
            user_long_name: view.user_long_name,
            contact: view.contact,
            awaiting_configuration: view.awaiting_configuration,
            since: Time(view.since),
            token_updated_at: Time::option(view.token_updated_at),
            ended_at: Time::option(view.ended_at),
            waiting: view.waiting,
        }
    }
}

/// A value with its source and age.
#[derive(Serialize, ToSchema)]
struct Fact {
    name: String,
    #[schema(value_type = Value)]
    value: Json,
    /// The query or message that said it.
    source: String,
    observed_at: Time,
    changed_at: Time,
}

/// A profile that the device says it has.
#[derive(Serialize, ToSchema)]
struct InstalledProfile {
    identifier: String,
    name: Option<String>,
    managed: Option<bool>,
    /// Whether it is the one that enrolls the device.
    enrolls: bool,
    observed_at: Time,
}

impl From<DeviceDetail> for DeviceFull {
    fn from(detail: DeviceDetail) -> Self {
        Self {
            device: detail.row.into(),
            unit_id: detail.unit_id.to_string(),
            unit_name: detail.unit_name,
            udid: detail.udid,
            imei: detail.imei,
            build_version: detail.build_version,
            passcode_present: detail.passcode_present,
            encrypted: detail.encrypted,
            battery_percent: detail.battery_percent,
            capacity_bytes: detail.capacity_bytes,
            available_bytes: detail.available_bytes,
            stolen: detail.stolen,
            certificate_not_after: Time::option(detail.certificate_not_after),
            last_push_at: Time::option(detail.last_push_at),
            last_push_answer: detail.last_push_answer,
            escrow_kinds: detail.escrow_kinds,
            enrollment_profile_identifier: detail
                .enrollment_profile_identifier
                .filter(|identifier| !identifier.is_empty()),
            enrollments: detail.enrollments.into_iter().map(Into::into).collect(),
            channels: detail.channels.into_iter().map(Into::into).collect(),
            facts: detail.facts.into_iter().map(Into::into).collect(),
            profiles: detail.profiles.into_iter().map(Into::into).collect(),
            profiles_observed_at: Time::option(detail.profiles_observed_at),
        }
    }
}

impl From<EnrollmentView> for Enrollment {
    fn from(view: EnrollmentView) -> Self {
        Self {
            id: view.id.to_string(),
            status: view.status,
            enrollment_type: view.enrollment_type,
            ownership: view.ownership,
            began_at: Time(view.began_at),
            enrolled_at: Time::option(view.enrolled_at),
            ended_at: Time::option(view.ended_at),
            end_reason: view.end_reason,
        }
    }
}

impl From<FactView> for Fact {
    fn from(view: FactView) -> Self {
        Self {
            name: view.name,
            value: view.value,
            source: view.source,
            observed_at: Time(view.observed_at),
            changed_at: Time(view.changed_at),
        }
    }
}

impl From<InstalledProfileView> for InstalledProfile {
    fn from(view: InstalledProfileView) -> Self {
        Self {
            identifier: view.identifier,
            name: view.name,
            managed: view.managed,
            enrolls: view.enrolls,
            observed_at: Time(view.observed_at),
        }
    }
}
