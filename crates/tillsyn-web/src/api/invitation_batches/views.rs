//! Batches as the API shows them.

use std::collections::BTreeMap;

use serde::Serialize;
use tillsyn_core::ids::InvitationBatchId;
use tillsyn_core::invitations::{BatchPerson, BatchView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// Invitations that are sent together.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct InvitationBatch {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    label: String,
    /// `people`, `group` or `file`.
    source: String,
    /// `open` while it is only a preview, then `waiting`, `running`, `done`, `failed` or `cancelled`.
    status: &'static str,
    skip_open: bool,
    skip_enrolled: bool,
    /// Of the preview; a batch is begun with it.
    digest: String,
    /// Everybody in it, and those with whom it is done.
    total: i64,
    done: i64,
    /// Why it failed as a whole.
    error: Option<String>,
    created_by: String,
    created_at: Time,
    begun_at: Option<Time>,
    finished_at: Option<Time>,
}

impl From<BatchView> for InvitationBatch {
    fn from(view: BatchView) -> Self {
        Self {
            done: view.done(),
            id: view.id.to_string(),
            unit_id: view.unit_id,
            unit_name: view.unit_name,
            label: view.label,
            source: view.source,
            status: view.status.as_str(),
            skip_open: view.skip_open,
            skip_enrolled: view.skip_enrolled,
            digest: view.digest,
            total: view.total,
            error: view.error,
            created_by: view.created_by,
            created_at: Time(view.created_at),
            begun_at: Time::option(view.begun_at),
            finished_at: Time::option(view.finished_at),
        }
    }
}

/// Somebody in a batch.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct InvitationBatchPerson {
    line: i64,
    person_id: Option<String>,
    name: String,
    email: Option<String>,
    unit_name: Option<String>,
    /// How far they are.
    step: &'static str,
    /// Why they were passed over, or what failed.
    cause: Option<String>,
    /// What is wrong with their row.
    errors: Vec<InvitationRowError>,
    /// Is made first.
    new: bool,
    invitation_id: Option<String>,
    device_id: Option<String>,
    reminders: i64,
}

/// What is wrong with a row.
#[derive(Serialize, ToSchema)]
struct InvitationRowError {
    code: String,
    field: String,
    found: String,
    allowed: String,
}

impl From<BatchPerson> for InvitationBatchPerson {
    fn from(person: BatchPerson) -> Self {
        let errors = person.errors.into_iter().map(|error| InvitationRowError {
            code: error.code,
            field: error.field,
            found: error.found,
            allowed: error.allowed,
        });
        Self {
            line: person.line,
            person_id: person.person_id,
            name: person.name,
            email: person.email,
            unit_name: person.unit_name,
            step: person.step.as_str(),
            cause: person.cause,
            errors: errors.collect(),
            new: person.new,
            invitation_id: person.invitation_id,
            device_id: person.device_id,
            reminders: person.reminders,
        }
    }
}

/// A page of people, with how many are at each step in the whole batch.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct InvitationBatchPeople {
    pub(super) items: Vec<InvitationBatchPerson>,
    pub(super) next: Option<String>,
    pub(super) counts: BTreeMap<&'static str, usize>,
}

pub(super) fn batch_id(text: &str) -> Option<InvitationBatchId> {
    InvitationBatchId::parse(text)
}
