//! Sending what is due. Whoever moves the time of a schedule on sends it, so two nodes send it once.

use jiff::tz::TimeZone;
use serde_json::json;
use tillsyn_db::{Tx, args};

use super::change::{record_in, zone};
use super::store::{Stored, find_in};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::imports::actor_in;
use crate::keys::KeyStore;
use crate::mail::{NewMail, has_server, queue_in};
use crate::reports::{Report, report};
use crate::settings::{self, Organisation};

/// Schedules of one round.
const ROUND: i64 = 50;
/// Rows that a mail has; the page has all.
const ROWS: usize = 40;

/// Sends the reports whose time has come.
pub(crate) async fn run_due(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT id FROM report_schedule WHERE paused = 0 AND due_at <= $1 \
        ORDER BY due_at, id LIMIT $2";
    let now = core.now_ms();
    let due = core.db().query_all(DUE, args![now, ROUND]).await?;
    for row in due {
        // One that cannot be sent holds up neither the others nor what else is due.
        let id = row.text(0)?;
        if let Err(error) = send(core, id.clone(), now).await {
            tracing::warn!(report_schedule.id = id, error = %error, "a report was not sent; it is tried again");
        }
    }
    Ok(())
}

struct Input {
    id: String,
    /// The time that is being served: another node may have served it meanwhile.
    due_at: i64,
    counted: Result<Report, &'static str>,
    keys: KeyStore,
    organisation: Organisation,
    console: String,
    zone: TimeZone,
    now: i64,
}

async fn send(core: &Core, id: String, now: i64) -> Result<(), Error> {
    let read = core.db().read((id.clone(), now), |tx, (id, now)| {
        Box::pin(async move {
            let Some(found) = find_in(tx, id).await? else {
                return Ok(None);
            };
            let owner = actor_in(tx, "account", &found.account, *now).await;
            Ok::<_, Error>(Some((found, owner.ok())))
        })
    });
    let Some((found, owner)) = read.await? else {
        return Ok(());
    };
    let counted = match &owner {
        None => Err("owner_gone"),
        Some(_) if !has_server(core).await? => Err("no_mail_server"),
        Some(owner) => counted(core, owner, &found).await?,
    };
    let input = Input {
        id,
        due_at: found.view.due_at,
        counted,
        keys: core.keys().clone(),
        organisation: settings::organisation(core).await?,
        console: core.config().console_url.clone(),
        zone: zone(core).await?,
        now,
    };
    core.db()
        .write(input, |tx, input| Box::pin(send_in(tx, input)))
        .await
}

async fn counted(
    core: &Core,
    owner: &Actor,
    found: &Stored,
) -> Result<Result<Report, &'static str>, Error> {
    let is_own = |id: &str| id == found.account;
    if !found
        .view
        .readers
        .iter()
        .all(|reader| is_own(reader.id.as_str()))
        && !owner.holds(Permission::AccountsWrite)
    {
        return Ok(Err("permission_missing"));
    }
    match report(core, owner, found.view.report, &found.view.filter).await {
        Ok(report) => Ok(Ok(report)),
        Err(error) if error.kind == Kind::Forbidden => Ok(Err("permission_missing")),
        Err(error) if error.kind == Kind::NotFound => Ok(Err("unit_gone")),
        Err(error) => Err(error),
    }
}

async fn send_in(tx: &Tx, input: &Input) -> Result<(), Error> {
    const MOVE: &str = "UPDATE report_schedule SET due_at = $3 \
        WHERE id = $1 AND due_at = $2 AND paused = 0";
    const SENT: &str = "UPDATE report_schedule SET sent_at = $2, failure = NULL, failed_at = NULL \
        WHERE id = $1";
    const FAILED: &str = "UPDATE report_schedule SET failed_at = $2, failure = $3 WHERE id = $1";
    let Some(found) = find_in(tx, &input.id).await? else {
        return Ok(());
    };
    let next = found.view.when.next(input.now, &input.zone)?;
    let moved = args![input.id.as_str(), input.due_at, next];
    if tx.execute(MOVE, moved).await? == 0 {
        return Ok(());
    }
    let told = match &input.counted {
        Ok(report) => mail_in(tx, input, &found, report).await?,
        Err(reason) => Err(*reason),
    };
    let system = Actor::system();
    let name = found.view.report.as_str();
    let (action, details) = match told {
        Ok(readers) => {
            let sent = args![input.id.as_str(), input.now];
            tx.execute(SENT, sent).await?;
            (
                "report_schedule.send",
                json!({ "report": name, "recipients": readers }),
            )
        }
        Err(reason) => {
            let failed = args![input.id.as_str(), input.now, reason];
            tx.execute(FAILED, failed).await?;
            (
                "report_schedule.failed",
                json!({ "report": name, "reason": reason }),
            )
        }
    };
    record_in(tx, &system, action, &found.view.id, details, input.now).await
}

/// The ids of those whom it was sent to, or why it was sent to nobody.
async fn mail_in(
    tx: &Tx,
    input: &Input,
    found: &Stored,
    report: &Report,
) -> Result<Result<Vec<String>, &'static str>, Error> {
    // Whoever left the owner's reach, or was disabled, gets nothing any more.
    const READERS: &str = "SELECT a.id, a.email, a.language, o.name FROM report_recipient r \
        JOIN account a ON a.id = r.account_id JOIN org_unit u ON u.id = a.org_unit_id \
        JOIN account o ON o.id = $2 JOIN org_unit ou ON ou.id = o.org_unit_id \
        WHERE r.schedule_id = $1 AND a.status = 'active' AND a.kind = 'person' AND a.role <> 'portal' \
        AND (a.id = o.id OR substr(u.path, 1, length(ou.path)) = ou.path) ORDER BY a.id";
    let account = found.account.as_str();
    let rows = tx
        .fetch_all(READERS, args![input.id.as_str(), account])
        .await?;
    let shown: Vec<_> = report.rows.iter().take(ROWS).collect();
    let further: i64 = report.rows.iter().skip(ROWS).map(|row| row.devices).sum();
    let organisation = &input.organisation;
    let mut told = Vec::new();
    for row in &rows {
        let (id, email, language) = (row.str(0)?, row.str(1)?, row.opt_text(2)?);
        let arguments = json!({
            "organisation": organisation.name,
            "time_zone": organisation.time_zone,
            "console": input.console,
            "report": report.name.as_str(),
            "filter": found.view.filter,
            "owner": row.str(3)?,
            "own": id == account,
            "at": report.at,
            "total": report.total,
            "others": report.others + further,
            "rows": shown,
        });
        let key = format!("report/{}/{}/{id}", input.id, input.due_at);
        let mail = NewMail {
            dedup_key: Some(&key),
            account_id: Some(id),
            recipient: email,
            template: "report",
            language: Some(language.as_deref().unwrap_or(&organisation.language)),
            arguments: &arguments,
            urgent: false,
        };
        queue_in(tx, &input.keys, &mail, input.now).await?;
        told.push(id.to_owned());
    }
    Ok(if told.is_empty() {
        Err("nobody")
    } else {
        Ok(told)
    })
}
