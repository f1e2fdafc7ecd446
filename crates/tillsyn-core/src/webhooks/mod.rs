//! Webhooks: events sent to other programs, signed, at least once.
//!
//! Two steps, each safe to repeat: fanning out turns new events into rows, one per webhook and event; the
//! deliverer claims rows under a lease, sends them and writes down what came of it.

mod change;
mod create;
mod deliver;
mod deliveries;
mod fan_out;
mod limit;
mod raw;
mod record;
mod sign;
mod store;
mod subscription;
#[cfg(test)]
mod tests;
mod worker;

pub use change::{WebhookChange, change_webhook, remove_webhook, renew_key};
pub use create::{NewWebhook, create_webhook, may_have_raw};
pub(crate) use create::{host, masked};
pub use deliveries::{DeliveryView, list_deliveries, retry_delivery, send_test};
pub(crate) use fan_out::{SETTLED, SETTLED_MS};
pub(crate) use raw::{RawWanted, queue_body_in, wanting_in};
pub use store::{Format, WebhookStatus, WebhookView, find_webhook, list_webhooks};
pub use tillsyn_upstream::webhook::Allowed;
pub(crate) use worker::run_once;
pub use worker::run_worker;
