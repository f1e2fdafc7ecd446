//! The desk as the API shows it.

use serde::Serialize;
use tillsyn_core::devices::DeviceRow;
use tillsyn_core::help_desk::{AccountState, Desk, DeskAttempt, Hit, NextAct};
use tillsyn_core::invitations::InvitationView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// Somebody or something that was meant.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct HelpDeskHit {
    /// `person`, `device` or `invitation`.
    kind: String,
    #[schema(format = "uuid")]
    id: String,
    /// The person whose desk it opens.
    #[schema(format = "uuid")]
    person_id: Option<String>,
    name: String,
    /// Mail address, serial number, or the person's name.
    detail: String,
}

impl From<Hit> for HelpDeskHit {
    fn from(hit: Hit) -> Self {
        Self {
            kind: hit.kind.as_str().to_owned(),
            id: hit.id,
            person_id: hit.person_id,
            name: hit.name,
            detail: hit.detail,
        }
    }
}

/// One person's desk.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PersonDesk {
    #[schema(format = "uuid")]
    person_id: String,
    name: String,
    email: Option<String>,
    status: String,
    account: DeskAccount,
    next: DeskNext,
    /// Absent without the permission to see devices.
    devices: Option<Vec<DeskDevice>>,
    /// Absent without the permission to see invitations.
    invitations: Option<Vec<DeskInvitation>>,
    attempts: Option<Vec<DeskTry>>,
}

/// How it stands with their own account.
#[derive(Serialize, ToSchema)]
struct DeskAccount {
    /// `none`, `not_opened`, `good`, `locked`, `password_expired` or `disabled`.
    state: String,
    locked_until: Option<Time>,
    last_sign_in_at: Option<Time>,
}

/// What helps most now.
#[derive(Serialize, ToSchema)]
struct DeskNext {
    /// `nothing`, `activate`, `unlock_sign_in`, `send_password_link`, `give_password`, `new_pin`,
    /// `new_profile`, `remedy`, `resend_invitation`, `invite`, `enroll_again`, `renew_push`, `ask_check_in`
    /// or `lost_mode`.
    act: String,
    /// The invitation or device that it is about.
    object_id: Option<String>,
    /// Of a failed attempt.
    cause: Option<String>,
}

/// A device of theirs.
#[derive(Serialize, ToSchema)]
struct DeskDevice {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    model: Option<String>,
    os_version: Option<String>,
    status: String,
    enrollment_status: Option<String>,
    contact: String,
    last_seen: Option<Time>,
}

/// An invitation of theirs, without its link.
#[derive(Serialize, ToSchema)]
struct DeskInvitation {
    #[schema(format = "uuid")]
    id: String,
    label: String,
    status: String,
    pin_locked: bool,
    expires_at: Time,
}

/// An attempt of theirs.
#[derive(Serialize, ToSchema)]
struct DeskTry {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    invitation_id: String,
    status: String,
    failed_step: Option<String>,
    cause: Option<String>,
    #[schema(format = "uuid")]
    device_id: Option<String>,
    updated_at: Time,
}

impl From<Desk> for PersonDesk {
    fn from(desk: Desk) -> Self {
        let locked = match desk.account {
            AccountState::Locked(until) => Some(until),
            _ => None,
        };
        let cause = match &desk.next {
            NextAct::Remedy { cause, .. } => Some(cause.clone()),
            _ => None,
        };
        Self {
            person_id: desk.person.id.to_string(),
            name: desk.person.name,
            email: desk.person.email,
            status: desk.person.status,
            account: DeskAccount {
                state: desk.account.as_str().to_owned(),
                locked_until: Time::option(locked),
                last_sign_in_at: Time::option(desk.last_sign_in_at),
            },
            next: DeskNext {
                act: desk.next.as_str().to_owned(),
                object_id: desk.next.object().map(str::to_owned),
                cause,
            },
            devices: desk
                .devices
                .map(|rows| rows.into_iter().map(device).collect()),
            invitations: desk
                .invitations
                .map(|rows| rows.into_iter().map(invitation).collect()),
            attempts: desk
                .attempts
                .map(|rows| rows.into_iter().map(attempt).collect()),
        }
    }
}

fn device(row: DeviceRow) -> DeskDevice {
    DeskDevice {
        id: row.id.to_string(),
        name: row.name,
        model: row.model_name.or(row.model),
        os_version: row.os_version,
        status: row.status,
        enrollment_status: row.enrollment_status,
        contact: row.contact,
        last_seen: Time::option(row.last_seen),
    }
}

fn invitation(view: InvitationView) -> DeskInvitation {
    DeskInvitation {
        id: view.id.to_string(),
        label: view.label,
        status: view.status.to_owned(),
        pin_locked: view.pin_locked,
        expires_at: Time(view.expires_at),
    }
}

fn attempt(found: DeskAttempt) -> DeskTry {
    DeskTry {
        id: found.id,
        invitation_id: found.invitation_id,
        status: found.status,
        failed_step: found.failed_step,
        cause: found.cause,
        device_id: found.device_id,
        updated_at: Time(found.at),
    }
}
