//! Making, pausing and removing schedules.

use jiff::tz::TimeZone;
use serde_json::json;
use tillsyn_db::{Tx, args};

use super::rhythm::When;
use super::store::{Reader, ScheduleView, find_own_in, own};
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::{AccountId, ReportScheduleId};
use crate::reports::{ReportFilter, ReportName, report};
use crate::settings;

/// Schedules that one account has at most.
const MOST: i64 = 50;
/// People whom one report goes to at most.
const MOST_READERS: usize = 20;
/// Those who can read a report: they sign in and have an address.
const PEOPLE: &str = "a.status = 'active' AND a.kind = 'person' AND a.role <> 'portal' \
    AND u.path >= $1 AND u.path < $2";

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct NewSchedule {
    pub report: ReportName,
    pub filter: ReportFilter,
    pub when: When,
    /// Who gets it; nobody means oneself.
    pub readers: Vec<AccountId>,
}

struct Input {
    actor: Actor,
    account: AccountId,
    new: NewSchedule,
    due_at: i64,
    now: i64,
}

/// Has a report sent from now on.
///
/// # Errors
/// Invalid for a day or hour that there is not; forbidden for other readers without the right over accounts;
/// not found for readers and units beyond the actor's reach.
pub async fn create_schedule(
    core: &Core,
    actor: &Actor,
    mut new: NewSchedule,
) -> Result<ScheduleView, Error> {
    let account = own(actor)?.clone();
    let when = new.when.check()?;
    if new.readers.is_empty() {
        new.readers.push(account.clone());
    }
    new.readers.sort();
    new.readers.dedup();
    if new.readers.len() > MOST_READERS {
        let detail = format!("A report goes to {MOST_READERS} people at most.");
        return Err(Error::invalid("recipients", "too_many", detail));
    }
    if new.readers.iter().any(|reader| *reader != account) {
        may(actor, Permission::AccountsWrite)?;
    }
    // A unit that is not there is said now, not when it is sent.
    report(core, actor, ReportName::Unit, &new.filter).await?;
    let now = core.now_ms();
    let input = Input {
        due_at: when.next(now, &zone(core).await?)?,
        actor: actor.clone(),
        account,
        new,
        now,
    };
    core.db()
        .write(input, |tx, input| Box::pin(create_in(tx, input)))
        .await
}

pub(super) async fn zone(core: &Core) -> Result<TimeZone, Error> {
    let organisation = settings::organisation(core).await?;
    Ok(TimeZone::get(&organisation.time_zone).unwrap_or(TimeZone::UTC))
}

async fn create_in(tx: &Tx, input: &Input) -> Result<ScheduleView, Error> {
    const COUNT: &str = "SELECT count(*) FROM report_schedule WHERE account_id = $1";
    const INSERT: &str = "INSERT INTO report_schedule (id, account_id, report, filter, rhythm, weekday, \
        month_day, hour, paused, due_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)";
    const READER: &str = "INSERT INTO report_recipient (schedule_id, account_id) VALUES ($1, $2)";
    let (actor, new, now) = (&input.actor, &input.new, input.now);
    if tx.fetch_one(COUNT, args![&input.account]).await?.i64(0)? >= MOST {
        let detail = format!("{MOST} schedules are the most that one account has.");
        return Err(Error::conflict("too_many", detail));
    }
    for reader in &new.readers {
        if *reader != input.account && !reads_in(tx, actor, reader).await? {
            return Err(Error::not_found("account"));
        }
    }
    let id = ReportScheduleId::new(now);
    let filter = serde_json::to_string(&new.filter)
        .map_err(|error| Error::internal("A filter cannot be kept.").caused_by(error))?;
    let values = args![
        &id,
        &input.account,
        new.report.as_str(),
        filter,
        new.when.rhythm.as_str(),
        i64::from(new.when.weekday),
        i64::from(new.when.month_day),
        i64::from(new.when.hour),
        input.due_at,
        now
    ];
    tx.execute(INSERT, values).await?;
    for reader in &new.readers {
        tx.execute(READER, args![&id, reader]).await?;
    }
    let details = json!({
        "report": new.report.as_str(), "rhythm": new.when.rhythm.as_str(), "recipients": new.readers,
        "filter": new.filter,
    });
    record_in(tx, actor, "report_schedule.create", &id, details, now).await?;
    find_own_in(tx, actor, &id).await
}

pub(super) async fn record_in(
    tx: &Tx,
    actor: &Actor,
    action: &'static str,
    id: &ReportScheduleId,
    details: serde_json::Value,
    now: i64,
) -> Result<(), Error> {
    const UNIT: &str = "SELECT a.org_unit_id FROM report_schedule s JOIN account a ON a.id = s.account_id \
        WHERE s.id = $1";
    let unit = tx.fetch_one(UNIT, args![id]).await?.text(0)?;
    let event = NewEvent::done(action, "report_schedule", id.as_str(), &unit).with(details);
    events::record(tx, actor, now, event).await?;
    Ok(())
}

async fn reads_in(tx: &Tx, actor: &Actor, reader: &AccountId) -> Result<bool, Error> {
    let path = actor.unit_path.as_str();
    let sql = format!(
        "SELECT 1 FROM account a JOIN org_unit u ON u.id = a.org_unit_id WHERE {PEOPLE} AND a.id = $3"
    );
    let rows = tx
        .fetch_all_dyn(&sql, args![path, prefix_end(path), reader])
        .await?;
    Ok(!rows.is_empty())
}

/// Whom the actor may have reports sent to, by name: themselves alone without the right over accounts.
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn readers(core: &Core, actor: &Actor) -> Result<Vec<Reader>, Error> {
    const MOST_OFFERED: usize = 200;
    own(actor)?;
    let input = actor.clone();
    core.db()
        .read(input, |tx, actor| {
            Box::pin(async move {
                let own = own(actor)?.as_str();
                let others = actor.holds(Permission::AccountsWrite);
                let path = actor.unit_path.as_str();
                let sql = format!(
                    "SELECT a.id, a.name, a.email FROM account a JOIN org_unit u ON u.id = a.org_unit_id \
                     WHERE ({PEOPLE}) OR a.id = $3 ORDER BY a.name, a.id LIMIT {MOST_OFFERED}"
                );
                let values = args![path, prefix_end(path), own];
                let mut found = Vec::new();
                for row in tx.fetch_all_dyn(&sql, values).await? {
                    if others || row.str(0)? == own {
                        found.push(Reader {
                            id: AccountId::from_store(row.text(0)?),
                            name: row.text(1)?,
                            email: row.text(2)?,
                        });
                    }
                }
                Ok::<_, Error>(found)
            })
        })
        .await
}

/// Pauses one of the actor's own schedules, or lets it go on; what was missed is not sent later.
///
/// # Errors
/// Not found for what is not the actor's.
pub async fn set_schedule_paused(
    core: &Core,
    actor: &Actor,
    id: &ReportScheduleId,
    paused: bool,
) -> Result<(), Error> {
    let zone = zone(core).await?;
    let input = (actor.clone(), id.clone(), paused, zone, core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, paused, zone, now)| {
            Box::pin(async move {
                const SET: &str =
                    "UPDATE report_schedule SET paused = $2, due_at = $3 WHERE id = $1";
                let found = find_own_in(tx, actor, id).await?;
                if found.paused == *paused {
                    return Ok(());
                }
                let due = found.when.next(*now, zone)?;
                tx.execute(SET, args![&*id, i64::from(*paused), due])
                    .await?;
                let action = if *paused {
                    "report_schedule.pause"
                } else {
                    "report_schedule.resume"
                };
                let details = json!({ "report": found.report.as_str() });
                record_in(tx, actor, action, id, details, *now).await
            })
        })
        .await
}

/// Has one of the actor's own reports sent within a minute, besides its times.
///
/// # Errors
/// Not found for what is not the actor's; a conflict while it is paused.
pub async fn schedule_now(core: &Core, actor: &Actor, id: &ReportScheduleId) -> Result<(), Error> {
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                const SET: &str = "UPDATE report_schedule SET due_at = $2 WHERE id = $1";
                let found = find_own_in(tx, actor, id).await?;
                if found.paused {
                    return Err(Error::conflict("paused", "This report is paused."));
                }
                tx.execute(SET, args![&*id, *now]).await?;
                let details = json!({ "report": found.report.as_str() });
                record_in(tx, actor, "report_schedule.ask", id, details, *now).await
            })
        })
        .await
}

/// Ends one of the actor's own schedules.
///
/// # Errors
/// Not found for what is not the actor's.
pub async fn remove_schedule(
    core: &Core,
    actor: &Actor,
    id: &ReportScheduleId,
) -> Result<(), Error> {
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                const READERS: &str = "DELETE FROM report_recipient WHERE schedule_id = $1";
                const REMOVE: &str = "DELETE FROM report_schedule WHERE id = $1";
                let found = find_own_in(tx, actor, id).await?;
                let details = json!({ "report": found.report.as_str() });
                record_in(tx, actor, "report_schedule.remove", id, details, *now).await?;
                tx.execute(READERS, args![&*id]).await?;
                tx.execute(REMOVE, args![&*id]).await?;
                Ok(())
            })
        })
        .await
}
