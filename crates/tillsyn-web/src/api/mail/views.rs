//! Mail as the API shows it: never a password, never a text.

use serde::Serialize;
use tillsyn_core::mail::{self, MailView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// The organisation's mail server.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct MailServer {
    host: String,
    port: u16,
    /// `starttls`, `implicit` or `none`.
    tls: &'static str,
    user: Option<String>,
    has_password: bool,
    from: String,
    updated_at: Time,
}

impl From<mail::MailServer> for MailServer {
    fn from(server: mail::MailServer) -> Self {
        Self {
            host: server.host,
            port: server.port,
            tls: server.tls.as_str(),
            user: server.user,
            has_password: server.has_password,
            from: server.from,
            updated_at: Time(server.updated_at),
        }
    }
}

/// One message on its way.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct MailMessage {
    #[schema(format = "uuid")]
    id: String,
    recipient: String,
    /// Which text: `test`, `notification`.
    template: String,
    /// `waiting`, `sent` or `failed`.
    status: String,
    /// Tries so far.
    tries: i64,
    /// When the next try is.
    due_at: Option<Time>,
    /// Why the last try failed: `refused_550`, `busy_451`, `login_535`, `not_offered`, `timeout`, `tls`,
    /// `connect`.
    last_error: Option<String>,
    created_at: Time,
    finished_at: Option<Time>,
}

impl From<MailView> for MailMessage {
    fn from(view: MailView) -> Self {
        Self {
            id: view.id,
            recipient: view.recipient,
            template: view.template,
            status: view.status,
            tries: view.tries,
            due_at: Time::option(view.due_at),
            last_error: view.last_error,
            created_at: Time(view.created_at),
            finished_at: Time::option(view.finished_at),
        }
    }
}
