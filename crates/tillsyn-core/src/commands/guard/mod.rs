//! The guard: the rows of security §6 for one and for two to five devices, holds, and the budget counted
//! in the enqueue transaction. Deciding is pure; only the counting reads the store.

use tillsyn_db::{Tx, Value, args};

use super::request::Act;
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::error::Error;
use crate::ids::DeviceId;
use crate::settings::GuardSettings;

/// Why a command is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldReason {
    /// Goes by itself at the end of its hold, unless somebody cancels.
    Hold,
    /// More than five devices.
    SecondPerson,
    /// The organisation's or the person's budget is used up.
    Budget,
    /// The account or its rights are newer than a day and more than one device is meant.
    NewAccount,
}

impl HeldReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::SecondPerson => "second_person",
            Self::Budget => "budget",
            Self::NewAccount => "new_account",
        }
    }
}

/// What the guard decides on a confirmed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    AtOnce,
    /// Held until the given time, then sent by itself.
    Hold {
        until: i64,
    },
    /// Held until somebody releases it.
    Held(HeldReason),
}

/// Erases and retires used and allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Budget {
    pub organisation_day_used: i64,
    pub organisation_day_limit: i64,
    pub organisation_short_used: i64,
    pub organisation_short_limit: i64,
    pub actor_day_used: i64,
    pub actor_day_limit: i64,
    pub actor_short_used: i64,
    pub actor_short_limit: i64,
}

impl Budget {
    fn of(used: Used, fleet: i64, settings: &GuardSettings) -> Self {
        // Never below one, so that the last device of a small fleet can be erased; never looser than set.
        let day = settings
            .day_floor
            .max(fleet.saturating_mul(settings.day_percent) / 100)
            .max(1);
        let short = settings.short_limit.max(1);
        Self {
            organisation_day_used: used.day,
            organisation_day_limit: day,
            organisation_short_used: used.short,
            organisation_short_limit: short,
            actor_day_used: used.actor_day,
            actor_day_limit: (day / 2).max(1),
            actor_short_used: used.actor_short,
            actor_short_limit: (short / 2).max(1),
        }
    }

    /// Whether `more` acts fit into every one of the four windows.
    pub fn allows(&self, more: i64) -> bool {
        self.organisation_day_used + more <= self.organisation_day_limit
            && self.organisation_short_used + more <= self.organisation_short_limit
            && self.actor_day_used + more <= self.actor_day_limit
            && self.actor_short_used + more <= self.actor_short_limit
    }
}

/// Acts counted in the two windows.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    day: i64,
    short: i64,
    actor_day: i64,
    actor_short: i64,
}

/// What the decision needs to know of the asker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker {
    /// A person who confirmed freshly; tokens and automations cannot.
    pub(crate) confirmed: bool,
    /// Account or rights younger than a day (S55).
    pub(crate) new: bool,
    /// A campaign that a second person agreed on covers all of it.
    pub(crate) in_campaign: bool,
    /// Other devices of what the same person did shortly before: many small steps are one large one.
    pub(crate) lately: usize,
}

/// Acts that draw on no budget, or on none that could be loosened for them alone.
const UNBUDGETED: [&str; 3] = ["remove_profile", "clear_passcode", REVOKE];
/// What revoking the certificate of a device is counted as: it is lost as by a retire.
pub(crate) const REVOKE: &str = "revoke";

/// Decides on a request that is permitted, possible and confirmed. More than five devices of any
/// destructive act need a second person; lock, lost mode, or removing a profile from few, goes at once.
pub(crate) fn decide(
    act: Act,
    targets: usize,
    asker: Asker,
    budget: &Budget,
    settings: &GuardSettings,
    now_ms: i64,
) -> Decision {
    let steps = targets.saturating_add(asker.lately);
    if asker.in_campaign {
        return match (steps, asker.new) {
            (2.., true) => Decision::Held(HeldReason::NewAccount),
            _ => hold(asker.confirmed, settings, now_ms),
        };
    }
    // An organisation may want a second person for fewer; never for more only.
    let few = settings.second_person_from.clamp(1, 6);
    let all = if asker.new { targets } else { steps };
    if all > 5 || (act.is_slow() && i64::try_from(all).is_ok_and(|all| all >= few)) {
        return Decision::Held(HeldReason::SecondPerson);
    }
    if steps > 1 && asker.new {
        return Decision::Held(HeldReason::NewAccount);
    }
    if !act.is_slow() {
        return Decision::AtOnce;
    }
    if over(act, targets, budget) {
        return Decision::Held(HeldReason::Budget);
    }
    hold(asker.confirmed, settings, now_ms)
}

/// Whether so many are more than the budget has room for.
pub(crate) fn over(act: Act, targets: usize, budget: &Budget) -> bool {
    act.draws_budget() && !budget.allows(i64::try_from(targets).unwrap_or(i64::MAX))
}

/// The hold in which anybody with the right may cancel.
pub(crate) fn hold(confirmed: bool, settings: &GuardSettings, now_ms: i64) -> Decision {
    let set = settings.hold_minutes.clamp(0, 10);
    let minutes = if confirmed {
        set
    } else {
        set.max(GuardSettings::default().hold_minutes)
    };
    match minutes {
        0 => Decision::AtOnce,
        _ => Decision::Hold {
            until: now_ms + minutes * MINUTE_MS,
        },
    }
}

const USED: &str = "SELECT count(*), \
    CAST(COALESCE(SUM(CASE WHEN at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN actor_id = $3 THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN actor_id = $3 AND at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT) \
    FROM guard_use WHERE at > $1 AND campaign_id IS NULL \
    AND act IN ('erase', 'retire', 'delete_user', 'unknown', 'revoke')";

/// Counts what was done; in the enqueue transaction, so that two nodes cannot both see room.
pub(crate) async fn budget_in(
    tx: &Tx,
    actor_id: &str,
    fleet: i64,
    settings: &GuardSettings,
    now_ms: i64,
) -> Result<Budget, Error> {
    let row = tx
        .fetch_one(
            USED,
            args![now_ms - DAY_MS, now_ms - 20 * MINUTE_MS, actor_id],
        )
        .await?;
    let used = Used {
        day: row.i64(0)?,
        short: row.i64(1)?,
        actor_day: row.i64(2)?,
        actor_short: row.i64(3)?,
    };
    Ok(Budget::of(used, fleet, settings))
}

/// Size of the fleet for the percentage; read before the transaction, since a minute's age is harmless
/// and counting inside would make every check-in a conflict.
pub(crate) async fn fleet_size(core: &crate::core::Core) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM enrollment WHERE status = 'active'";
    let row = core.db().query_optional(COUNT, args![]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// From how many other devices the person's earlier acts count together with `act` (security S55, and the row of
/// more than five). What a second person agreed to does not. Newcomers have one device in their first day, save
/// that a single lock or lost mode always goes at once; of others the acts count that draw on no budget.
pub(crate) async fn lately_in(
    tx: &Tx,
    act: &str,
    (actor_id, new): (&str, bool),
    devices: &[DeviceId],
    now_ms: i64,
) -> Result<usize, Error> {
    const STEPS: &str = "SELECT DISTINCT device_id FROM guard_use WHERE at > $1 AND actor_id = $2 \
        AND agreed = 0 AND ($3 = 1 OR act IN ('remove_profile', 'clear_passcode', 'revoke'))";
    let single = matches!(Act::parse(act), Some(Act::Lock | Act::LostMode));
    let since = if new && !single {
        now_ms - DAY_MS
    } else if !new && UNBUDGETED.contains(&act) {
        now_ms - 20 * MINUTE_MS
    } else {
        return Ok(0);
    };
    let values = args![since, actor_id, i64::from(new)];
    let rows = tx.fetch_all(STEPS, values).await?;
    let mut others = 0;
    for row in &rows {
        let device = row.str(0)?;
        others += usize::from(!devices.iter().any(|one| one.as_str() == device));
    }
    Ok(others)
}

/// Who is counted, and what lets it be.
pub(crate) struct Count<'a> {
    pub(crate) actor_id: &'a str,
    pub(crate) campaign_id: Option<&'a str>,
    /// A second person agreed to this very act.
    pub(crate) agreed: bool,
}

/// Counts acts that will happen.
pub(crate) async fn count_in(
    tx: &Tx,
    act: &str,
    count: Count<'_>,
    commands: &[(String, String)],
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str =
        "INSERT INTO guard_use (at, act, actor_id, device_id, command_id, campaign_id, agreed)";
    let rows: Vec<Vec<Value>> = commands
        .iter()
        .map(|(command, device)| {
            args![
                now_ms,
                act,
                count.actor_id,
                device.as_str(),
                command.as_str(),
                count.campaign_id,
                i64::from(count.agreed)
            ]
        })
        .collect();
    tx.insert_many(INSERT, 7, rows, "").await?;
    Ok(())
}

#[cfg(test)]
mod tests;
