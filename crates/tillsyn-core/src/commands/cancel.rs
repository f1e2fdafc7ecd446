//! Withdrawing a command that the device does not hold yet.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::catalogue::CommandType;
use super::hold::waiting_devices_in;
use super::request::Act;
use super::status::CommandStatus;
use super::store;
use crate::actor::{Actor, Permission, authorize};
use crate::approvals::{ApprovalStatus, End, settle_in};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::CommandId;
use crate::self_service;

const FIND: &str = "SELECT c.status, c.device_id, c.org_unit_id, u.path, c.request_type, c.act, \
    c.batch_id, d.platform FROM command c JOIN org_unit u ON u.id = c.org_unit_id \
    JOIN device d ON d.id = c.device_id WHERE c.id = $1";
const END: &str = "UPDATE command SET status = 'cancelled', status_reason = 'withdrawn', finished = 1, \
    secret_sealed = NULL, updated_at = $2 WHERE id = $1";

/// Withdraws one command. Anyone who may send it, or who may cancel commands, can.
///
/// # Errors
/// A conflict that says why when the device already fetched it or it is over.
pub async fn cancel_command(core: &Core, actor: &Actor, id: &CommandId) -> Result<(), Error> {
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let row = tx
                    .fetch_optional(FIND, args![id])
                    .await?
                    .ok_or_else(|| Error::not_found("command"))?;
                let (device, unit, path) = (row.text(1)?, row.text(2)?, row.text(3)?);
                let act = row.opt_text(5)?.as_deref().and_then(Act::parse);
                if !self_service::is_own_command_in(tx, actor, id.as_str()).await? {
                    if !actor.reaches_device(&path, row.str(7)?) {
                        return Err(Error::not_found("command"));
                    }
                    let of_act = permission_of(&row.text(4)?, act);
                    authorize(actor, Permission::CommandsCancel, &path)
                        .or_else(|_| authorize(actor, of_act, &path))?;
                }
                let status = CommandStatus::parse(&row.text(0)?)
                    .ok_or_else(|| Error::internal("command.status holds an unknown value."))?;
                if status == CommandStatus::Sent {
                    return Err(Error::conflict(
                        "already_fetched",
                        "The device has fetched this command; it cannot be stopped.",
                    ));
                }
                if !status.can_be_cancelled() {
                    return Err(Error::conflict(
                        "already_over",
                        format!("This command is over ({}).", status.as_str()),
                    ));
                }
                tx.execute(END, args![id, *now]).await?;
                store::transition(
                    tx,
                    id.as_str(),
                    &device,
                    CommandStatus::Cancelled,
                    Some("withdrawn"),
                    Some(&actor.id),
                    *now,
                )
                .await?;
                end_request_in(tx, actor, &row.text(6)?, *now).await?;
                let event =
                    NewEvent::done("command.cancel", "device", &device, &unit).with(json!({
                        "command_id": id, "request_type": row.text(4)?, "act": act.map(Act::as_str),
                        "was": status.as_str(),
                    }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}

/// Withdraws what an account, or a token of it or made by it, asked for and no time or person let go yet. Answers
/// which; the event is the caller's.
pub(crate) async fn withdraw_of_in(
    tx: &Tx,
    actor: &Actor,
    account_id: &str,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    const HELD: &str = "SELECT c.id FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.finished = 0 AND c.act IS NOT NULL AND c.status = 'held' AND (b.actor_id = $1 \
        OR b.actor_id IN (SELECT t.id FROM api_token t WHERE t.account_id = $1 OR t.created_by = $1)) \
        ORDER BY c.id";
    let rows = tx.fetch_all(HELD, args![account_id]).await?;
    let ids: Vec<String> = rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?;
    end_in(tx, actor, &ids, "withdrawn", now_ms).await?;
    Ok(ids)
}

/// Ends commands that wait, each with its story.
async fn end_in(
    tx: &Tx,
    actor: &Actor,
    commands: &[String],
    reason: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason, \
        actor_id) SELECT id, device_id, CAST($1 AS BIGINT), 'cancelled', CAST($2 AS TEXT), \
        CAST($3 AS TEXT) FROM command WHERE id {ids}";
    const END: &str = "UPDATE command SET status = 'cancelled', status_reason = $2, \
        finished = 1, secret_sealed = NULL, held_until = NULL, updated_at = $1 WHERE id {ids}";
    if commands.is_empty() {
        return Ok(());
    }
    let told = args![now_ms, reason, actor.id.as_str()];
    tx.execute_in(STORY, commands.to_vec(), told).await?;
    tx.execute_in(END, commands.to_vec(), args![now_ms, reason])
        .await?;
    Ok(())
}

/// Withdraws commands that wait, and the requests that nothing waits for then; the event is the caller's. `reason` is
/// `withdrawn`, or `not_yours` for what people asked for on devices that are not theirs any more.
pub(crate) async fn withdraw_in(
    tx: &Tx,
    actor: &Actor,
    commands: Vec<String>,
    reason: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    const FIND: &str =
        "SELECT DISTINCT c.batch_id FROM command c WHERE c.id {ids} ORDER BY c.batch_id";
    end_in(tx, actor, &commands, reason, now_ms).await?;
    for row in &tx.fetch_all_in(FIND, commands, args![]).await? {
        end_request_in(tx, actor, row.str(0)?, now_ms).await?;
    }
    Ok(())
}

/// Whoever may send a destructive command may take it back.
fn permission_of(request_type: &str, act: Option<Act>) -> Permission {
    match act {
        None => Permission::CommandsCancel,
        Some(Act::Retire) => Permission::DevicesRetire,
        Some(_) => {
            CommandType::of(request_type).map_or(Permission::CommandsRaw, |kind| kind.permission)
        }
    }
}

/// When nothing of a batch waits any more, nobody has to decide on it.
async fn end_request_in(tx: &Tx, actor: &Actor, batch: &str, now_ms: i64) -> Result<(), Error> {
    if waiting_devices_in(tx, batch).await?.is_empty() {
        let end = End {
            status: ApprovalStatus::Cancelled,
            reason: None,
        };
        settle_in(tx, actor, "commands", batch, end, now_ms).await?;
    }
    Ok(())
}
