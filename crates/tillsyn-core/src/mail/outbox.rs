//! What was sent, what waits, and what failed.

use serde::Serialize;
use tillsyn_db::args;

use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::org;
use crate::paging::{Cursor, Page, page_size};

/// One message as listed: never with its text.
#[derive(Clone, Debug, Serialize)]
pub struct MailView {
    pub id: String,
    pub recipient: String,
    /// Which text: `test`, or what is told.
    pub template: String,
    /// `waiting`, `sent` or `failed`.
    pub status: String,
    /// Tries so far.
    pub tries: i64,
    /// When the next try is.
    pub due_at: Option<i64>,
    /// Why the last try failed: `refused_550`, `busy_451`, `login_535`, `timeout`, `tls`, `connect`; or it was `withdrawn`.
    pub last_error: Option<String>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

/// The messages of the last 30 days, newest first.
pub async fn list_mail(
    core: &Core,
    actor: &Actor,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<MailView>, Error> {
    const LIST: &str = "SELECT id, recipient, template, status, attempt, due_at, last_error, created_at, \
        finished_at FROM mail_outbox WHERE id < $1 ORDER BY id DESC LIMIT $2";
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let values = args![before, limit + 1];
    let rows = core.db().query_all(LIST, values).await?;
    let shown = usize::try_from(limit).unwrap_or(0);
    let mut items = Vec::new();
    for row in rows.iter().take(shown) {
        let status = row.text(3)?;
        items.push(MailView {
            id: row.text(0)?,
            recipient: row.text(1)?,
            template: row.text(2)?,
            tries: row.i64(4)?,
            due_at: Some(row.i64(5)?).filter(|_| status == "waiting"),
            status,
            last_error: row.opt_text(6)?,
            created_at: row.i64(7)?,
            finished_at: row.opt_i64(8)?,
        });
    }
    let next = items
        .last()
        .filter(|_| rows.len() > shown)
        .map(|last| Cursor::of_text(&last.id).encode());
    Ok(Page { items, next })
}
