//! Where a person of a directory stands: active, suspended, leaving, gone.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::clock::HOUR_MS;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{DirectoryId, PersonId};
use crate::people::{PersonChange, change_in, check};

/// Two readings that far apart that both miss somebody mean that they left.
pub(super) const TWICE_MS: i64 = 12 * HOUR_MS;

/// Where somebody stands. In the list of people the last three are `inactive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifeState {
    Active,
    Suspended,
    Leaving,
    Deleted,
}

impl LifeState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Leaving => "leaving",
            Self::Deleted => "deleted",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Leaving, Self::Deleted]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    pub(super) fn stored(text: &str) -> Result<Self, Error> {
        Self::parse(text).ok_or_else(|| Error::internal("A stored state of a person is unknown."))
    }
}

/// What the source that decides says.
pub(super) struct Stand<'a> {
    pub(super) state: LifeState,
    pub(super) source: &'a DirectoryId,
    pub(super) raw_state: Option<&'a str>,
    pub(super) run_id: Option<&'a str>,
}

/// Moves a person to where their source has them; answers the new state when it is another. What somebody
/// changed by hand meanwhile stays until the source says something new.
pub(super) async fn stand_in(
    tx: &Tx,
    actor: &Actor,
    person: &PersonId,
    stand: &Stand<'_>,
    now_ms: i64,
) -> Result<Option<LifeState>, Error> {
    const FIND: &str = "SELECT state, source_id FROM person_life WHERE person_id = $1";
    const PUT: &str = "INSERT INTO person_life (person_id, state, since, source_id, run_id, raw_state) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id) DO UPDATE SET state = excluded.state, \
        since = excluded.since, source_id = excluded.source_id, run_id = excluded.run_id, \
        raw_state = excluded.raw_state, released_at = NULL, acted_at = NULL, \
        held_run_id = CASE WHEN excluded.state = 'active' THEN NULL ELSE person_life.held_run_id END";
    let before = match tx.fetch_optional(FIND, args![person]).await? {
        Some(row) => Some((LifeState::stored(row.str(0)?)?, row.text(1)?)),
        None => None,
    };
    let was = before
        .as_ref()
        .map_or(LifeState::Active, |(state, _)| *state);
    let same_source = before
        .as_ref()
        .is_some_and(|(_, source)| source == stand.source.as_str());
    // Who is leaving stays so until they may work again.
    let leaving = was == LifeState::Leaving && stand.state == LifeState::Suspended;
    if (was == stand.state || leaving) && same_source {
        return Ok(None);
    }
    let values = args![
        person,
        stand.state.as_str(),
        now_ms,
        stand.source,
        stand.run_id,
        stand.raw_state
    ];
    tx.execute(PUT, values).await?;
    if was == stand.state {
        return Ok(None);
    }
    become_in(tx, actor, person, stand, now_ms).await?;
    Ok(Some(stand.state))
}

/// What follows at once: who may not work has no sessions, tokens or open invitations.
async fn become_in(
    tx: &Tx,
    actor: &Actor,
    person: &PersonId,
    stand: &Stand<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    const UNIT: &str = "SELECT org_unit_id FROM person WHERE id = $1";
    let active = stand.state == LifeState::Active;
    let status = if active { "active" } else { "inactive" };
    let change = PersonChange {
        status: Some(status.to_owned()),
        ..PersonChange::default()
    };
    change_in(tx, actor, person, &check(change)?, now_ms).await?;
    let ended = if active {
        (0, 0)
    } else {
        end_access_in(tx, person.as_str(), now_ms).await?
    };
    let unit = tx.fetch_one(UNIT, args![person]).await?.text(0)?;
    let event = NewEvent::done("person.state", "person", person.as_str(), &unit).with(json!({
        "state": stand.state.as_str(), "directory": stand.source, "run": stand.run_id,
        "said": stand.raw_state, "sessions": ended.0, "tokens": ended.1,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Ends the sessions and tokens of the person's own account.
pub(super) async fn end_access_in(tx: &Tx, person: &str, now_ms: i64) -> Result<(u64, u64), Error> {
    const SESSIONS: &str = "DELETE FROM session WHERE account_id IN \
        (SELECT id FROM account WHERE person_id = $1)";
    const TOKENS: &str = "UPDATE api_token SET revoked_at = $2 WHERE revoked_at IS NULL \
        AND account_id IN (SELECT id FROM account WHERE person_id = $1)";
    let sessions = tx.execute(SESSIONS, args![person]).await?;
    let tokens = tx.execute(TOKENS, args![person, now_ms]).await?;
    Ok((sessions, tokens))
}
