//! The schedules on record.

use tillsyn_db::{Row, Tx, args};

use super::rhythm::{Rhythm, When};
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{AccountId, ReportScheduleId};
use crate::reports::{ReportFilter, ReportName};

/// Somebody whom a report can be sent to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reader {
    pub id: AccountId,
    pub name: String,
    pub email: String,
}

/// A report that comes by mail.
#[derive(Clone, Debug)]
pub struct ScheduleView {
    pub id: ReportScheduleId,
    pub report: ReportName,
    pub filter: ReportFilter,
    pub when: When,
    pub paused: bool,
    pub due_at: i64,
    pub sent_at: Option<i64>,
    /// Why the last sending failed: `owner_gone`, `permission_missing`, `unit_gone`, `no_mail_server` or
    /// `nobody`; `None` since it succeeded.
    pub failure: Option<String>,
    pub failed_at: Option<i64>,
    pub readers: Vec<Reader>,
}

/// One on record, with its owner.
pub(super) struct Stored {
    pub(super) account: String,
    pub(super) view: ScheduleView,
}

const COLUMNS: &str = "s.id, s.account_id, s.report, s.filter, s.rhythm, s.weekday, s.month_day, s.hour, \
    s.paused, s.due_at, s.sent_at, s.failure, s.failed_at";

/// The account behind a session or token.
pub(super) fn own(actor: &Actor) -> Result<&AccountId, Error> {
    may(actor, Permission::DevicesRead)?;
    actor.account_id.as_ref().ok_or_else(|| {
        Error::forbidden("account_needed", "Only an account has reports sent to it.")
    })
}

fn decode(row: &Row) -> Result<Stored, Error> {
    let odd = || Error::internal("A schedule of reports cannot be read.");
    let small = |at: usize| i8::try_from(row.i64(at)?).map_err(|_| odd());
    let view = ScheduleView {
        id: ReportScheduleId::from_store(row.text(0)?),
        report: ReportName::parse(row.str(2)?).ok_or_else(odd)?,
        filter: serde_json::from_str(row.str(3)?).map_err(|_| odd())?,
        when: When {
            rhythm: Rhythm::parse(row.str(4)?).ok_or_else(odd)?,
            weekday: small(5)?,
            month_day: small(6)?,
            hour: small(7)?,
        },
        paused: row.i64(8)? != 0,
        due_at: row.i64(9)?,
        sent_at: row.opt_i64(10)?,
        failure: row.opt_text(11)?,
        failed_at: row.opt_i64(12)?,
        readers: Vec::new(),
    };
    Ok(Stored {
        account: row.text(1)?,
        view,
    })
}

async fn readers_in(tx: &Tx, view: &mut ScheduleView) -> Result<(), Error> {
    const READERS: &str = "SELECT a.id, a.name, a.email FROM report_recipient r \
        JOIN account a ON a.id = r.account_id WHERE r.schedule_id = $1 ORDER BY a.name, a.id";
    for row in tx.fetch_all(READERS, args![&view.id]).await? {
        view.readers.push(Reader {
            id: AccountId::from_store(row.text(0)?),
            name: row.text(1)?,
            email: row.text(2)?,
        });
    }
    Ok(())
}

/// The actor's own schedule; those of others do not exist for them.
pub(super) async fn find_own_in(
    tx: &Tx,
    actor: &Actor,
    id: &ReportScheduleId,
) -> Result<ScheduleView, Error> {
    let found = find_in(tx, id.as_str()).await?;
    let found = found.filter(|found| own(actor).is_ok_and(|own| own.as_str() == found.account));
    Ok(found.ok_or_else(|| Error::not_found("schedule"))?.view)
}

pub(super) async fn find_in(tx: &Tx, id: &str) -> Result<Option<Stored>, Error> {
    const FIND: &str = "SELECT {columns} FROM report_schedule s WHERE s.id = $1";
    let sql = FIND.replace("{columns}", COLUMNS);
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let mut stored = decode(row)?;
    readers_in(tx, &mut stored.view).await?;
    Ok(Some(stored))
}

/// The actor's own schedules, oldest first.
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn list_schedules(core: &Core, actor: &Actor) -> Result<Vec<ScheduleView>, Error> {
    const LIST: &str =
        "SELECT {columns} FROM report_schedule s WHERE s.account_id = $1 ORDER BY s.id";
    let account = own(actor)?.clone();
    core.db()
        .read(account, |tx, account| {
            Box::pin(async move {
                let sql = LIST.replace("{columns}", COLUMNS);
                let mut all = Vec::new();
                for row in &tx.fetch_all_dyn(&sql, args![&*account]).await? {
                    let mut view = decode(row)?.view;
                    readers_in(tx, &mut view).await?;
                    all.push(view);
                }
                Ok::<_, Error>(all)
            })
        })
        .await
}
