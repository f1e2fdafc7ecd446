//! Commands as API and console show them: each with its transitions.

use std::collections::HashMap;

use serde_json::Value as Json;
use tillsyn_db::{Row, Tx, Value, args};

use super::request::Request;
use crate::actor::{Actor, Permission, authorize_device, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{BatchId, CommandId, DeviceId};
use crate::paging::{Cursor, Page, page_size};

/// One command with its story.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CommandView {
    pub id: CommandId,
    pub batch_id: String,
    pub device_id: DeviceId,
    pub device_name: String,
    pub request_type: String,
    pub act: Option<String>,
    /// Without secrets.
    pub request: Option<Request>,
    pub status: String,
    pub status_reason: Option<String>,
    pub unreadable: bool,
    pub held_until: Option<i64>,
    pub deliveries: i64,
    /// What the device said went wrong, first is the top.
    pub error_chain: Option<Json>,
    pub reason: Option<String>,
    pub actor_kind: String,
    pub actor_id: String,
    pub actor_name: Option<String>,
    /// Devices that the act it belongs to was asked for.
    pub targets: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub transitions: Vec<TransitionView>,
    /// The device's answer without secrets, only on a single command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
}

/// One step of the story.
#[derive(Clone, Debug, serde::Serialize)]
pub struct TransitionView {
    pub at: i64,
    pub status: String,
    pub reason: Option<String>,
    pub actor_id: Option<String>,
}

/// Which commands to list.
#[derive(Clone, Debug, Default)]
pub struct CommandFilter {
    pub device_id: Option<DeviceId>,
    /// A status of architecture §2a.
    pub status: Option<String>,
    /// Only those that are not over.
    pub unfinished: bool,
    /// Only those that failed within a day, as [`super::causes`] counts them.
    pub failed_today: bool,
    /// Why it is held, or the code of its failure; [`NO_REASON`] where the device gave none.
    pub reason: Option<String>,
    /// Of devices that can be reached so.
    pub contact: Option<String>,
    /// Of one act on several devices.
    pub batch_id: Option<BatchId>,
}

/// The reason of those that have none.
pub const NO_REASON: &str = "unknown";

const SELECT: &str = "SELECT c.id, c.batch_id, c.device_id, d.name, d.serial_number, c.request_type, \
    c.act, b.request, c.status, c.status_reason, c.unreadable, c.held_until, c.deliveries, \
    c.error_chain, b.reason, b.actor_kind, b.actor_id, \
    COALESCE(a.name, (SELECT t.name FROM api_token t WHERE t.id = b.actor_id)), \
    c.created_at, c.updated_at, u.path, d.platform, b.targets FROM command c \
    JOIN command_batch b ON b.id = c.batch_id JOIN device_summary d ON d.device_id = c.device_id \
    JOIN org_unit u ON u.id = c.org_unit_id LEFT JOIN account a ON a.id = b.actor_id";

fn decode(row: &Row) -> Result<CommandView, Error> {
    let device_id = row.text(2)?;
    let name = super::store::shown_name(
        row.opt_text(3)?.as_deref(),
        row.opt_text(4)?.as_deref(),
        &device_id,
    );
    Ok(CommandView {
        id: CommandId::from_store(row.text(0)?),
        batch_id: row.text(1)?,
        device_id: DeviceId::from_store(device_id),
        device_name: name,
        request_type: row.text(5)?,
        act: row.opt_text(6)?,
        request: serde_json::from_str(&row.text(7)?).ok(),
        status: row.text(8)?,
        status_reason: row.opt_text(9)?,
        unreadable: row.i64(10)? != 0,
        held_until: row.opt_i64(11)?,
        deliveries: row.i64(12)?,
        error_chain: row
            .opt_text(13)?
            .and_then(|text| serde_json::from_str(&text).ok()),
        reason: row.opt_text(14)?,
        actor_kind: row.text(15)?,
        actor_id: row.text(16)?,
        actor_name: row.opt_text(17)?,
        created_at: row.i64(18)?,
        updated_at: row.i64(19)?,
        targets: row.i64(22)?,
        transitions: Vec::new(),
        result: None,
    })
}

async fn add_stories(tx: &Tx, commands: &mut [CommandView]) -> Result<(), Error> {
    const STORIES: &str = "SELECT command_id, at, status, reason, actor_id FROM command_transition \
        WHERE command_id {ids} ORDER BY seq";
    let ids: Vec<String> = commands.iter().map(|c| c.id.to_string()).collect();
    let mut stories: HashMap<String, Vec<TransitionView>> = HashMap::new();
    for row in tx.fetch_all_in(STORIES, ids, args![]).await? {
        stories
            .entry(row.text(0)?)
            .or_default()
            .push(TransitionView {
                at: row.i64(1)?,
                status: row.text(2)?,
                reason: row.opt_text(3)?,
                actor_id: row.opt_text(4)?,
            });
    }
    for command in commands {
        command.transitions = stories.remove(command.id.as_str()).unwrap_or_default();
    }
    Ok(())
}

/// The place behind the last command of a page.
fn place_of(after: &str) -> Result<(i64, String), Error> {
    let cursor = Cursor::decode(after)?;
    let [at, id] = cursor.values() else {
        let detail = "This cursor is not one of ours.";
        return Err(Error::invalid("after", "cursor", detail));
    };
    let id = id.as_str().unwrap_or_default();
    Ok((at.as_i64().unwrap_or(0), id.to_owned()))
}

/// The commands of the actor's scope, newest first.
pub async fn list_commands(
    core: &Core,
    actor: &Actor,
    filter: CommandFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<CommandView>, Error> {
    may(actor, Permission::DevicesRead)?;
    let limit = page_size(limit)?;
    let mut sql = format!(
        "{SELECT} WHERE u.path >= $1 AND u.path < $2{}",
        actor.platform_filter()
    );
    let mut values: Vec<Value> = args![actor.unit_path.as_str(), prefix_end(&actor.unit_path)];
    let mut push = |sql: &mut String, text: &str, value: Value| {
        values.push(value);
        sql.push_str(&text.replace('?', &format!("${}", values.len())));
    };
    if let Some(device) = &filter.device_id {
        push(&mut sql, " AND c.device_id = ?", device.into());
    }
    if let Some(status) = &filter.status {
        if super::CommandStatus::parse(status).is_none() {
            return Err(Error::invalid(
                "status",
                "status",
                "There is no such command status.",
            ));
        }
        push(&mut sql, " AND c.status = ?", Value::from(status.as_str()));
    }
    if filter.failed_today {
        let since = Value::from(core.now_ms() - DAY_MS);
        sql.push_str(" AND c.finished = 1 AND c.status = 'error'");
        push(&mut sql, " AND c.updated_at > ?", since);
    }
    if filter.reason.as_deref() == Some(NO_REASON) {
        sql.push_str(
            " AND COALESCE(c.status_reason, '') = '' AND NOT EXISTS (SELECT 1 FROM command_transition t \
             WHERE t.command_id = c.id AND t.status = c.status AND COALESCE(t.reason, '') <> '')",
        );
    } else if let Some(reason) = &filter.reason {
        // The code of a failure stands in the story alone.
        const TOLD: &str = " OR EXISTS (SELECT 1 FROM command_transition t \
            WHERE t.command_id = c.id AND t.status = c.status AND t.reason = ?))";
        let reason = Value::from(reason.as_str());
        push(&mut sql, " AND (c.status_reason = ?", reason.clone());
        push(&mut sql, TOLD, reason);
    }
    if let Some(batch) = &filter.batch_id {
        push(&mut sql, " AND c.batch_id = ?", batch.into());
    }
    if let Some(contact) = &filter.contact {
        push(
            &mut sql,
            " AND d.contact = ?",
            Value::from(contact.as_str()),
        );
    }
    let waits = filter
        .status
        .as_deref()
        .and_then(super::CommandStatus::parse);
    if filter.unfinished || waits.is_some_and(|status| !status.is_finished()) {
        sql.push_str(" AND c.finished = 0");
    }
    if let Some(after) = after {
        let (at, id) = place_of(after)?;
        push(&mut sql, " AND (c.created_at < ?", Value::from(at));
        push(&mut sql, " OR (c.created_at = ?", Value::from(at));
        push(&mut sql, " AND c.id < ?))", Value::from(id));
    }
    push(
        &mut sql,
        " ORDER BY c.created_at DESC, c.id DESC LIMIT ?",
        Value::from(limit + 1),
    );
    let (mut items, more) = core
        .db()
        .read((sql, values, limit), |tx, (sql, values, limit)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                let keep = usize::try_from(*limit).unwrap_or(usize::MAX);
                let mut items = rows
                    .iter()
                    .take(keep)
                    .map(decode)
                    .collect::<Result<Vec<_>, Error>>()?;
                add_stories(tx, &mut items).await?;
                Ok::<_, Error>((items, rows.len() > keep))
            })
        })
        .await?;
    let next = items.last().filter(|_| more).map(|last| {
        Cursor::new(vec![
            Json::from(last.created_at),
            Json::from(last.id.as_str()),
        ])
        .encode()
    });
    items.shrink_to_fit();
    Ok(Page { items, next })
}

/// The newest commands of one device.
pub async fn commands_of_device(
    core: &Core,
    actor: &Actor,
    device_id: &DeviceId,
    limit: i64,
) -> Result<Vec<CommandView>, Error> {
    let filter = CommandFilter {
        device_id: Some(device_id.clone()),
        ..CommandFilter::default()
    };
    Ok(list_commands(core, actor, filter, None, Some(limit))
        .await?
        .items)
}

/// One command with its result.
pub async fn command(core: &Core, actor: &Actor, id: &CommandId) -> Result<CommandView, Error> {
    const RESULT: &str = "SELECT body FROM command_result WHERE command_id = $1";
    let input = (
        id.clone(),
        actor.clone(),
        format!("{SELECT} WHERE c.id = $1"),
    );
    core.db()
        .read(input, |tx, (id, actor, sql)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![id]).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("command"))?;
                authorize_device(actor, Permission::DevicesRead, row.str(20)?, row.str(21)?)?;
                let mut views = vec![decode(row)?];
                add_stories(tx, &mut views).await?;
                let mut view = views.remove(0);
                if let Some(row) = tx.fetch_optional(RESULT, args![id]).await? {
                    view.result = row.opt_text(0)?.and_then(|t| serde_json::from_str(&t).ok());
                }
                Ok(view)
            })
        })
        .await
}
