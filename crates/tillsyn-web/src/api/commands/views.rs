//! Commands as the API shows them.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::commands as core;
use utoipa::ToSchema;

use crate::api::json::{Accepted, KeepInstead, KeepNot, no_store};
use crate::api::time::Time;

/// A command with its story.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CommandFull {
    /// Also Apple's CommandUUID.
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    batch_id: String,
    #[schema(format = "uuid")]
    device_id: String,
    device_name: String,
    /// Apple's RequestType.
    request_type: String,
    /// What the guard counts or slows: `lock`, `lost_mode`, `remove_profile`, `erase`, `retire`,
    /// `clear_passcode`, `delete_user` or `unknown`; `null` for everything else.
    act: Option<String>,
    /// The request without its secrets.
    #[schema(value_type = Option<Object>)]
    request: Option<Json>,
    /// `queued`, `held`, `push_sent`, `sent`, `not_now`, `acknowledged`, `error`, `cancelled`,
    /// `superseded` or `expired`.
    status: String,
    status_reason: Option<String>,
    /// The result was too large to decode.
    unreadable: bool,
    /// When a held command goes by itself.
    held_until: Option<Time>,
    deliveries: i64,
    /// What the device said went wrong, the first is the top.
    #[schema(value_type = Option<Vec<Object>>)]
    error_chain: Option<Json>,
    reason: Option<String>,
    actor_kind: String,
    actor_id: String,
    actor_name: Option<String>,
    created_at: Time,
    updated_at: Time,
    transitions: Vec<Transition>,
    /// The device's answer without secrets; only when one command is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    result: Option<Json>,
}

/// One step of a command.
#[derive(Serialize, ToSchema)]
struct Transition {
    at: Time,
    status: String,
    reason: Option<String>,
    actor_id: Option<String>,
}

impl From<core::CommandView> for CommandFull {
    fn from(view: core::CommandView) -> Self {
        let transitions = view.transitions.into_iter().map(|step| Transition {
            at: Time(step.at),
            status: step.status,
            reason: step.reason,
            actor_id: step.actor_id,
        });
        Self {
            id: view.id.to_string(),
            batch_id: view.batch_id,
            device_id: view.device_id.to_string(),
            device_name: view.device_name,
            request_type: view.request_type,
            act: view.act,
            request: view
                .request
                .and_then(|request| serde_json::to_value(request).ok()),
            status: view.status,
            status_reason: view.status_reason,
            unreadable: view.unreadable,
            held_until: Time::option(view.held_until),
            deliveries: view.deliveries,
            error_chain: view.error_chain,
            reason: view.reason,
            actor_kind: view.actor_kind,
            actor_id: view.actor_id,
            actor_name: view.actor_name,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
            transitions: transitions.collect(),
            result: view.result,
        }
    }
}

/// What was recorded: one command per device.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Enqueued {
    #[schema(format = "uuid")]
    batch_id: String,
    commands: Vec<EnqueuedCommand>,
}

/// One command of the batch.
#[derive(Serialize, ToSchema)]
struct EnqueuedCommand {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    device_id: String,
    /// `queued` or `held`.
    status: &'static str,
    /// `hold` (goes by itself), `second_person`, `budget` or `new_account` (wait for a release).
    held_reason: Option<&'static str>,
    held_until: Option<Time>,
    /// The same query was waiting already; this is it.
    merged: bool,
    /// Unlocks a Mac after this lock. Shown this once, of one device, to who may see PINs.
    #[serde(skip_serializing_if = "Option::is_none")]
    unlock_pin: Option<String>,
}

impl From<core::Enqueued> for Enqueued {
    fn from(enqueued: core::Enqueued) -> Self {
        let commands = enqueued
            .commands
            .into_iter()
            .map(|command| EnqueuedCommand {
                id: command.id.to_string(),
                device_id: command.device_id.to_string(),
                status: command.status,
                held_reason: command.held_reason,
                held_until: Time::option(command.held_until),
                merged: command.merged,
                unlock_pin: command.unlock_pin,
            });
        Self {
            batch_id: enqueued.batch_id.to_string(),
            commands: commands.collect(),
        }
    }
}

impl IntoResponse for Enqueued {
    /// `202 Accepted`. A PIN is in the first answer alone: a repeated request hears what was recorded.
    fn into_response(mut self) -> Response {
        let mut response = Accepted(&self).into_response();
        if self.commands.iter().all(|c| c.unlock_pin.is_none()) {
            return response;
        }
        for command in &mut self.commands {
            command.unlock_pin = None;
        }
        match serde_json::to_vec(&self) {
            Ok(kept) => response
                .extensions_mut()
                .insert(KeepInstead(kept))
                .is_some(),
            Err(_) => response.extensions_mut().insert(KeepNot).is_some(),
        };
        no_store(response)
    }
}

/// What a request would do, as things stand.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Preview {
    /// `lock`, `erase`, `retire` or `null`.
    act: Option<&'static str>,
    targets: Vec<PreviewTarget>,
    /// Goes into `targets_digest` of the request.
    targets_digest: String,
    /// Goes into `confirm` of the request; `null` when nothing has to be typed.
    confirm_with: Option<String>,
    hold_minutes: i64,
    budget: Budget,
    within_budget: bool,
    /// Why it would wait for a second person: `second_person`, `budget` or `new_account`.
    waits_for: Option<&'static str>,
}

/// One device of the set.
#[derive(Serialize, ToSchema)]
struct PreviewTarget {
    #[schema(format = "uuid")]
    device_id: String,
    name: String,
    last_seen: Option<Time>,
    ownership: Option<String>,
    /// Why it cannot; `null` when it can.
    refused: Option<String>,
}

/// Erases and retires used and allowed, in 24 hours (`day`) and 20 minutes (`short`).
#[derive(Serialize, ToSchema)]
struct Budget {
    organisation_day_used: i64,
    organisation_day_limit: i64,
    organisation_short_used: i64,
    organisation_short_limit: i64,
    actor_day_used: i64,
    actor_day_limit: i64,
    actor_short_used: i64,
    actor_short_limit: i64,
}

impl From<core::Preview> for Preview {
    fn from(preview: core::Preview) -> Self {
        let targets = preview.targets.into_iter().map(|target| PreviewTarget {
            device_id: target.device_id.to_string(),
            name: target.name,
            last_seen: Time::option(target.last_seen),
            ownership: target.ownership,
            refused: target.refused,
        });
        let budget = preview.budget;
        Self {
            act: preview.act,
            targets: targets.collect(),
            targets_digest: preview.targets_digest,
            confirm_with: preview.confirm_with,
            hold_minutes: preview.hold_minutes,
            within_budget: preview.within_budget,
            waits_for: preview.waits_for,
            budget: Budget {
                organisation_day_used: budget.organisation_day_used,
                organisation_day_limit: budget.organisation_day_limit,
                organisation_short_used: budget.organisation_short_used,
                organisation_short_limit: budget.organisation_short_limit,
                actor_day_used: budget.actor_day_used,
                actor_day_limit: budget.actor_day_limit,
                actor_short_used: budget.actor_short_used,
                actor_short_limit: budget.actor_short_limit,
            },
        }
    }
}
