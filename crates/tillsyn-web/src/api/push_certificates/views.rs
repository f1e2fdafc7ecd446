//! Push certificates as the API shows them; the key is never among it.

use serde::Serialize;
use tillsyn_core::push::{PastCertificate, PushTopicView, RehearsalReport};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A push certificate on record.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushCertificate {
    #[schema(format = "uuid")]
    id: String,
    /// The organisational unit that it is bound to.
    #[schema(format = "uuid")]
    unit_id: String,
    unit: String,
    topic: String,
    serial_number: String,
    subject: String,
    /// The account at Apple with which it is renewed.
    vendor_account: Option<String>,
    /// Who cares for it: a person or a contact.
    owner_contact: Option<String>,
    note: Option<String>,
    /// `production` or `test`.
    purpose: Option<String>,
    /// New enrollments of its unit use it.
    for_new_enrollments: bool,
    not_before: Time,
    not_after: Time,
    days_left: i64,
    /// `valid`, `renewing`, `expiring` (60 days or less) or `expired`.
    status: &'static str,
    /// Why APNs refuses it, when it does.
    stopped_reason: Option<String>,
    /// Why APNs refuses many pushes for a fault on this side, when it does.
    alarm_reason: Option<String>,
    alarm_since: Option<Time>,
    /// Active enrollments that depend on it.
    devices: i64,
    /// Pushes that wait to be sent.
    pushes_waiting: i64,
    created_at: Time,
    updated_at: Time,
}

impl From<PushTopicView> for PushCertificate {
    fn from(view: PushTopicView) -> Self {
        Self {
            id: view.id.to_string(),
            unit_id: view.unit_id.to_string(),
            unit: view.unit,
            topic: view.topic,
            serial_number: view.serial_number,
            subject: view.subject,
            vendor_account: view.vendor_account,
            owner_contact: view.owner_contact,
            note: view.note,
            purpose: view.purpose,
            for_new_enrollments: view.for_new,
            not_before: Time(view.not_before),
            not_after: Time(view.not_after),
            days_left: view.days_left,
            status: view.status,
            stopped_reason: view.stopped_reason,
            alarm_reason: view.alarm_reason,
            alarm_since: Time::option(view.alarm_since),
            devices: view.devices,
            pushes_waiting: view.pushes_waiting,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}

/// A certificate that a topic has or had.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PastPushCertificate {
    #[schema(format = "uuid")]
    id: String,
    topic: String,
    serial_number: String,
    not_before: Option<Time>,
    not_after: Time,
    vendor_account: Option<String>,
    /// `pair` (came with its key) or `request` (its key was made here).
    key_origin: String,
    uploaded_at: Time,
    /// `null` while it is in use.
    replaced_at: Option<Time>,
}

impl From<PastCertificate> for PastPushCertificate {
    fn from(past: PastCertificate) -> Self {
        Self {
            id: past.id.to_string(),
            topic: past.topic,
            serial_number: past.serial_number,
            not_before: Time::option(past.not_before),
            not_after: Time(past.not_after),
            vendor_account: past.vendor_account,
            key_origin: past.key_origin,
            uploaded_at: Time(past.uploaded_at),
            replaced_at: Time::option(past.replaced_at),
        }
    }
}

/// The report of a rehearsal.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushRehearsal {
    #[schema(format = "uuid")]
    id: String,
    at: Time,
    /// Nothing failed.
    passed: bool,
    /// Who will renew the certificate.
    responsible: Option<String>,
    /// Serial number of the certificate that was tried; `null` when none was given.
    candidate_serial: Option<String>,
    checks: Vec<PushRehearsalCheck>,
}

/// One line of a report.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushRehearsalCheck {
    /// `certificate`, `key`, `topic`, `connection`, `account`, `responsible`, `signer` or `time`.
    check: String,
    /// `passed`, `failed` or `skipped`.
    result: String,
    /// Why it failed or was skipped.
    reason: Option<String>,
}

impl From<RehearsalReport> for PushRehearsal {
    fn from(report: RehearsalReport) -> Self {
        let checks = report.checks.into_iter().map(|line| PushRehearsalCheck {
            check: line.check,
            result: line.result,
            reason: line.reason,
        });
        Self {
            id: report.id,
            at: Time(report.at),
            passed: report.passed,
            responsible: report.responsible,
            candidate_serial: report.candidate_serial,
            checks: checks.collect(),
        }
    }
}
