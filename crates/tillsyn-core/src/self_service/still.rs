//! Whether what a person asked for on their own device is still theirs to ask: asked again when a hold ends, when
//! somebody agrees, and at dispatch; and withdrawn at once where the change is made here.

use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::error::Error;

/// Whose acts are withdrawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose<'a> {
    /// Everything that waits of this person.
    Person(&'a str),
    /// What waits for this device of others than whoever has it now.
    Device(&'a str),
}

/// Which of these commands were asked for by a person whose device it is no more, or who is not active any more.
/// Mere questions stay: they may stand in for somebody else's.
pub(crate) async fn stale_in(tx: &Tx, commands: Vec<String>) -> Result<Vec<String>, Error> {
    const STALE: &str = "SELECT c.id FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE b.own_person_id IS NOT NULL AND c.act IS NOT NULL AND c.id {ids} AND NOT EXISTS \
        (SELECT 1 FROM device_summary d JOIN person p ON p.id = d.person_id AND p.status = 'active' \
        JOIN account a ON a.id = b.actor_id AND a.person_id = p.id AND a.status = 'active' \
        WHERE d.device_id = c.device_id AND d.person_id = b.own_person_id)";
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.fetch_all_in(STALE, commands, args![]).await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// Whether a command is one that this person asked for on a device that is theirs.
pub(crate) async fn is_own_command_in(
    tx: &Tx,
    actor: &Actor,
    command: &str,
) -> Result<bool, Error> {
    const OWN: &str = "SELECT c.device_id FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.id = $1 AND b.own_person_id = $2";
    let Some(person) = actor.own_person() else {
        return Ok(false);
    };
    let row = tx.fetch_optional(OWN, args![command, person]).await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let own = super::own_in(tx, actor, vec![row.text(0)?]).await?;
    Ok(!own.is_empty())
}

/// Withdraws what waits and is nobody's any more, with the requests that wait for it.
pub(crate) async fn withdraw_in(
    tx: &Tx,
    actor: &Actor,
    whose: Whose<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    const OF_DEVICE: &str = "SELECT c.id FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.device_id = $1 AND c.finished = 0 AND c.status <> 'sent' \
        AND b.own_person_id IS NOT NULL ORDER BY c.id";
    const OF_PERSON: &str = "SELECT c.id FROM command_batch b JOIN command c ON c.batch_id = b.id \
        WHERE b.own_person_id = $1 AND c.finished = 0 AND c.status <> 'sent' \
        ORDER BY c.id";
    let (sql, id) = match whose {
        Whose::Person(id) => (OF_PERSON, id),
        Whose::Device(id) => (OF_DEVICE, id),
    };
    let rows = tx.fetch_all(sql, args![id]).await?;
    let waiting = rows.iter().map(|row| Ok::<_, Error>(row.text(0)?));
    let waiting = waiting.collect::<Result<Vec<_>, _>>()?;
    let stale = stale_in(tx, waiting).await?;
    crate::commands::withdraw_in(tx, actor, stale, "not_yours", now_ms).await
}
