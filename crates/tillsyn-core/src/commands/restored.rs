//! What becomes of commands when the database is one of an earlier time.

use std::collections::BTreeMap;

use tillsyn_db::{Tx, args};

use super::catalogue::{CommandType, Family};
use crate::error::Error;

/// Withdraws every unfinished command but questions, which change nothing however often they are asked; answers
/// how many of each kind. Since the backup a device may have carried it out, or somebody may have taken it back:
/// nobody is to be erased or locked by a list of yesterday (security S87).
pub(crate) async fn withdraw_restored_in(
    tx: &Tx,
    actor_id: &str,
    now_ms: i64,
) -> Result<BTreeMap<String, i64>, Error> {
    const COUNT: &str = "SELECT COALESCE(act, request_type), count(*) FROM command \
        WHERE finished = 0 AND (act IS NOT NULL OR NOT (request_type {ids})) \
        GROUP BY COALESCE(act, request_type)";
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason, \
        actor_id) SELECT id, device_id, CAST($1 AS BIGINT), 'cancelled', 'restored', CAST($2 AS TEXT) \
        FROM command WHERE finished = 0 AND (act IS NOT NULL OR NOT (request_type {ids}))";
    const END: &str = "UPDATE command SET status = 'cancelled', status_reason = 'restored', \
        finished = 1, secret_sealed = NULL, held_until = NULL, updated_at = $1 \
        WHERE finished = 0 AND (act IS NOT NULL OR NOT (request_type {ids}))";
    let questions: Vec<String> = CommandType::all()
        .iter()
        .filter(|kind| kind.family == Family::Query)
        .map(|kind| kind.name.to_owned())
        .collect();
    let rows = tx.fetch_all_in(COUNT, questions.clone(), args![]).await?;
    let counts = rows.iter().map(|row| Ok((row.text(0)?, row.i64(1)?)));
    let counts = counts.collect::<Result<_, Error>>()?;
    tx.execute_in(STORY, questions.clone(), args![now_ms, actor_id])
        .await?;
    tx.execute_in(END, questions, args![now_ms]).await?;
    Ok(counts)
}
