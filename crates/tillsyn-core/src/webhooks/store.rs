//! Webhooks as rows, and as they are shown: never with their key.

use serde::Serialize;
use tillsyn_db::{Row, Tx, args};

use super::create::masked;
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::WebhookId;

/// What a webhook sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Events of the audit trail.
    Tillsyn,
    /// What devices send, as it came, for tools of the NanoMDM family. It has secrets in it.
    Nanomdm,
}

impl Format {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tillsyn => "tillsyn",
            Self::Nanomdm => "nanomdm",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Tillsyn, Self::Nanomdm]
            .into_iter()
            .find(|format| format.as_str() == text)
    }

    pub(super) fn stored(text: &str) -> Result<Self, Error> {
        Self::parse(text)
            .ok_or_else(|| Error::internal("A webhook has a format that is not known."))
    }
}

/// Whether a webhook sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStatus {
    Active,
    /// By somebody, or by the server when the receiver took nothing for a day.
    Paused,
}

impl WebhookStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }

    fn stored(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            _ => Self::Paused,
        }
    }
}

/// A webhook as shown.
#[derive(Clone, Debug, Serialize)]
pub struct WebhookView {
    pub id: WebhookId,
    pub unit_id: String,
    pub unit_name: String,
    pub name: String,
    pub url: String,
    pub format: Format,
    pub events: Vec<String>,
    pub status: WebhookStatus,
    /// Tries in a row that failed.
    pub failures: i64,
    /// Why the last of them failed.
    pub last_error: Option<String>,
    pub last_success_at: Option<i64>,
    /// Deliveries that wait.
    pub waiting: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A webhook and where it belongs.
pub(super) struct Found {
    pub(super) view: WebhookView,
    pub(super) unit_path: String,
}

impl Found {
    pub(super) fn head(&self) -> Head {
        Head {
            id: self.view.id.to_string(),
            unit_id: self.view.unit_id.clone(),
            format: self.view.format,
            is_active: self.view.status == WebhookStatus::Active,
            failures: self.view.failures,
            last_success_at: self.view.last_success_at,
        }
    }

    /// As the actor may see it: the address may hold a secret of the receiver, so whoever cannot change it
    /// sees only whom it belongs to.
    fn shown_to(mut self, actor: &Actor) -> WebhookView {
        if !actor.holds(Permission::WebhooksWrite) {
            self.view.url = masked(&self.view.url);
        }
        self.view
    }
}

/// What pausing needs, without counting what waits.
pub(super) struct Head {
    pub(super) id: String,
    pub(super) unit_id: String,
    pub(super) format: Format,
    pub(super) is_active: bool,
    pub(super) failures: i64,
    pub(super) last_success_at: Option<i64>,
}

pub(super) async fn head_in(tx: &Tx, id: &WebhookId) -> Result<Option<Head>, Error> {
    const HEAD: &str = "SELECT org_unit_id, format, status, failures, last_success_at FROM webhook \
        WHERE id = $1";
    let Some(row) = tx.fetch_optional(HEAD, args![id]).await? else {
        return Ok(None);
    };
    Ok(Some(Head {
        id: id.to_string(),
        unit_id: row.text(0)?,
        format: Format::stored(row.str(1)?)?,
        is_active: row.str(2)? == WebhookStatus::Active.as_str(),
        failures: row.i64(3)?,
        last_success_at: row.opt_i64(4)?,
    }))
}

const COLUMNS: &str = "SELECT w.id, w.org_unit_id, u.name, w.name, w.url, w.format, w.events, w.status, \
    w.failures, w.last_error, w.last_success_at, w.created_at, w.updated_at, u.path, \
    (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'waiting') \
    FROM webhook w JOIN org_unit u ON u.id = w.org_unit_id";

fn decode(row: &Row) -> Result<Found, Error> {
    Ok(Found {
        view: WebhookView {
            id: WebhookId::from_store(row.text(0)?),
            unit_id: row.text(1)?,
            unit_name: row.text(2)?,
            name: row.text(3)?,
            url: row.text(4)?,
            format: Format::stored(row.str(5)?)?,
            events: serde_json::from_str(row.str(6)?).unwrap_or_default(),
            status: WebhookStatus::stored(row.str(7)?),
            failures: row.i64(8)?,
            last_error: row.opt_text(9)?,
            last_success_at: row.opt_i64(10)?,
            created_at: row.i64(11)?,
            updated_at: row.i64(12)?,
            waiting: row.i64(14)?,
        },
        unit_path: row.text(13)?,
    })
}

/// Loads one and decides whether the actor may.
pub(super) async fn find_in(
    tx: &Tx,
    actor: &Actor,
    permission: Permission,
    id: &WebhookId,
) -> Result<Found, Error> {
    may(actor, permission)?;
    let sql = format!("{COLUMNS} WHERE w.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("webhook"))?;
    let found = decode(row)?;
    authorize(actor, permission, &found.unit_path).map_err(|_| Error::not_found("webhook"))?;
    Ok(found)
}

/// One webhook of the actor's scope.
pub async fn find_webhook(
    core: &Core,
    actor: &Actor,
    id: &WebhookId,
) -> Result<WebhookView, Error> {
    core.db()
        .read((actor.clone(), id.clone()), |tx, (actor, id)| {
            Box::pin(async move {
                let found = find_in(tx, actor, Permission::WebhooksRead, id).await?;
                Ok(found.shown_to(actor))
            })
        })
        .await
}

/// The webhooks of the actor's scope, by name; never more than [`super::create::MOST`] of a unit.
pub async fn list_webhooks(core: &Core, actor: &Actor) -> Result<Vec<WebhookView>, Error> {
    may(actor, Permission::WebhooksRead)?;
    core.db()
        .read(actor.clone(), |tx, actor| {
            Box::pin(async move {
                let path = actor.unit_path.as_str();
                let sql = format!(
                    "{COLUMNS} WHERE u.path >= $1 AND u.path < $2 ORDER BY w.name, w.id LIMIT 1000"
                );
                let rows = tx
                    .fetch_all_dyn(&sql, args![path, prefix_end(path)])
                    .await?;
                let all = rows.iter();
                all.map(|row| Ok(decode(row)?.shown_to(actor))).collect()
            })
        })
        .await
}
