//! Webhooks as the API shows them: never with their key.

use serde::Serialize;
use tillsyn_core::webhooks::{DeliveryView, WebhookView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// Where events are sent to.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Webhook {
    #[schema(format = "uuid")]
    id: String,
    /// Whose events, with those of the units below.
    #[schema(format = "uuid")]
    unit_id: String,
    unit: String,
    name: String,
    url: String,
    /// What is sent: `tillsyn`, events of the audit trail; `nanomdm`, what devices send, with secrets in it.
    format: &'static str,
    /// Actions, all of a kind such as `device.*`, or `*`.
    events: Vec<String>,
    /// `active` or `paused`.
    status: &'static str,
    /// Tries in a row that failed.
    failures: i64,
    /// Why the last of them failed: `status_500`, `timeout`, `connect`, `tls`, `transport`,
    /// `address_forbidden`.
    last_error: Option<String>,
    last_success_at: Option<Time>,
    /// Deliveries that wait.
    waiting: i64,
    created_at: Time,
    updated_at: Time,
}

impl From<WebhookView> for Webhook {
    fn from(view: WebhookView) -> Self {
        Self {
            id: view.id.to_string(),
            unit_id: view.unit_id,
            unit: view.unit_name,
            name: view.name,
            url: view.url,
            format: view.format.as_str(),
            events: view.events,
            status: view.status.as_str(),
            failures: view.failures,
            last_error: view.last_error,
            last_success_at: Time::option(view.last_success_at),
            waiting: view.waiting,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}

/// One event on its way to a webhook.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WebhookDelivery {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    event_id: String,
    /// The event's action; `null` for a test, and when the event is no longer kept.
    action: Option<String>,
    /// `waiting`, `delivered` or `failed`.
    status: String,
    /// Tries so far.
    tries: i64,
    /// When the next try is.
    due_at: Option<Time>,
    /// HTTP status of the last answer.
    last_status: Option<i64>,
    last_error: Option<String>,
    created_at: Time,
    finished_at: Option<Time>,
}

impl From<DeliveryView> for WebhookDelivery {
    fn from(view: DeliveryView) -> Self {
        Self {
            id: view.id,
            event_id: view.event_id,
            action: view.action,
            status: view.status,
            tries: view.tries,
            due_at: Time::option(view.due_at),
            last_status: view.last_status,
            last_error: view.last_error,
            created_at: Time(view.created_at),
            finished_at: Time::option(view.finished_at),
        }
    }
}
