//! Campaigns as they are shown.

use tillsyn_db::{Row, args};

use super::store::{COLUMNS, CampaignView, decode, find_in};
use crate::actor::{Actor, Permission, authorize, may};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::CampaignId;
use crate::paging::{Cursor, Page, page_size};

/// One campaign of the actor's scope.
pub async fn find(core: &Core, actor: &Actor, id: &CampaignId) -> Result<CampaignView, Error> {
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .read(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                let found = find_in(tx, id.as_str(), *now).await?;
                authorize(actor, Permission::DevicesRead, &found.unit_path)?;
                Ok(found)
            })
        })
        .await
}

/// The campaigns of the actor's scope, newest first.
pub async fn list_campaigns(
    core: &Core,
    actor: &Actor,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<CampaignView>, Error> {
    may(actor, Permission::DevicesRead)?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let input = (actor.unit_path.clone(), before, limit, core.now_ms());
    core.db()
        .read(input, |tx, (path, before, limit, now)| {
            Box::pin(async move {
                let sql = format!(
                    "{COLUMNS} WHERE u.path >= $1 AND u.path < $2 AND c.id < $3 \
                     AND c.status <> 'draft' ORDER BY c.id DESC LIMIT $4"
                );
                let values = args![path.as_str(), prefix_end(path), before.as_str(), *limit + 1];
                let rows = tx.fetch_all_dyn(&sql, values).await?;
                let shown = usize::try_from(*limit).unwrap_or(0);
                let items = rows
                    .iter()
                    .take(shown)
                    .map(|row| decode(row, *now))
                    .collect::<Result<Vec<_>, Error>>()?;
                let next = items
                    .last()
                    .filter(|_| rows.len() > shown)
                    .map(|last| Cursor::of_text(last.id.as_str()).encode());
                Ok(Page { items, next })
            })
        })
        .await
}

/// One device of a campaign.
#[derive(Clone, Debug)]
pub struct CampaignTarget {
    pub device_id: String,
    pub name: String,
    pub last_seen: Option<i64>,
    pub used_at: Option<i64>,
    pub command_id: Option<String>,
    /// Where that command stands.
    pub command_status: Option<String>,
}

/// The devices of a campaign, by their ids; only those that the actor reaches.
pub async fn targets(
    core: &Core,
    actor: &Actor,
    id: &CampaignId,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<CampaignTarget>, Error> {
    const LIST: &str = "SELECT t.device_id, d.name, d.serial_number, d.last_seen, t.used_at, \
        t.command_id, c.status FROM campaign_target t \
        JOIN device_summary d ON d.device_id = t.device_id JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN command c ON c.id = t.command_id \
        WHERE t.campaign_id = $1 AND t.device_id > $2 AND u.path >= $3 AND u.path < $4";
    find(core, actor, id).await?;
    let limit = page_size(limit)?;
    let from = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => String::new(),
    };
    let path = actor.unit_path.as_str();
    let values = args![id, from, path, prefix_end(path), limit + 1];
    let own = actor.platform_filter();
    let sql = format!("{LIST}{own} ORDER BY t.device_id LIMIT $5");
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let shown = usize::try_from(limit).unwrap_or(0);
    let mut items = Vec::new();
    for row in rows.iter().take(shown) {
        let device_id = row.text(0)?;
        let (name, serial) = (row.opt_text(1)?, row.opt_text(2)?);
        items.push(CampaignTarget {
            name: shown_name(name.as_deref(), serial.as_deref(), &device_id),
            device_id,
            last_seen: row.opt_i64(3)?,
            used_at: row.opt_i64(4)?,
            command_id: row.opt_text(5)?,
            command_status: row.opt_text(6)?,
        });
    }
    let next = items
        .last()
        .filter(|_| rows.len() > shown)
        .map(|last| Cursor::of_text(&last.device_id).encode());
    Ok(Page { items, next })
}
