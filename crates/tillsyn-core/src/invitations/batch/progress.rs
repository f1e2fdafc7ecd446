//! Who is where: the furthest step of everybody in a batch, computed from one look at all of them, so that counts,
//! filter and list always agree.

use std::collections::{BTreeMap, HashMap};

use tillsyn_db::{Row, Tx, args};

use super::store::{BatchView, Detail, reached_in};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::ids::InvitationBatchId;
use crate::imports::RowError;
use crate::invitations::attempt::AttemptStatus;
use crate::invitations::bounced::BOUNCED;
use crate::invitations::open::PIN_TRIES;
use crate::invitations::view::status_now;
use crate::keys::KeyStore;
use crate::lists::csv_file;
use crate::paging::{Cursor, Page, page_size};

/// How far somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatchStep {
    /// Will be invited.
    Planned,
    /// Passed over; the cause says why.
    Skipped,
    /// The row cannot be used.
    Wrong,
    /// The batch was ended before them.
    Cancelled,
    /// Could not be invited; the cause says why.
    NotInvited,
    /// Invited; the mail waits.
    Invited,
    MailSent,
    /// The mail server refused the address for good.
    MailRefused,
    /// The mail was given up after several tries.
    MailFailed,
    /// Somebody did something with the link.
    Opened,
    PinProved,
    ProfileFetched,
    Certificate,
    Enrolled,
    Ready,
    Failed,
    Expired,
    Revoked,
}

impl BatchStep {
    pub const ALL: [Self; 18] = [
        Self::Planned,
        Self::Skipped,
        Self::Wrong,
        Self::Cancelled,
        Self::NotInvited,
        Self::Invited,
        Self::MailSent,
        Self::MailRefused,
        Self::MailFailed,
        Self::Opened,
        Self::PinProved,
        Self::ProfileFetched,
        Self::Certificate,
        Self::Enrolled,
        Self::Ready,
        Self::Failed,
        Self::Expired,
        Self::Revoked,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Skipped => "skipped",
            Self::Wrong => "wrong",
            Self::Cancelled => "cancelled",
            Self::NotInvited => "not_invited",
            Self::Invited => "invited",
            Self::MailSent => "mail_sent",
            Self::MailRefused => "mail_refused",
            Self::MailFailed => "mail_failed",
            Self::Opened => "opened",
            Self::PinProved => "pin_proved",
            Self::ProfileFetched => "profile_fetched",
            Self::Certificate => "certificate",
            Self::Enrolled => "enrolled",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// Whether somebody there goes on only when they are written to again, or may.
    pub fn is_stuck(self) -> bool {
        matches!(
            self,
            Self::MailSent
                | Self::MailRefused
                | Self::MailFailed
                | Self::Opened
                | Self::PinProved
                | Self::ProfileFetched
                | Self::Failed
                | Self::Expired
        )
    }
}

/// Somebody in a batch.
#[derive(Clone, Debug)]
pub struct BatchPerson {
    pub line: i64,
    pub person_id: Option<String>,
    pub name: String,
    pub email: Option<String>,
    pub unit_name: Option<String>,
    pub step: BatchStep,
    /// Why they were passed over, or what failed.
    pub cause: Option<String>,
    /// What is wrong with a row.
    pub errors: Vec<RowError>,
    /// Is made first.
    pub new: bool,
    pub invitation_id: Option<String>,
    pub device_id: Option<String>,
    /// Reminders so far.
    pub reminders: i64,
}

/// How many people are at each step.
pub type BatchCounts = BTreeMap<BatchStep, usize>;

const PEOPLE: &str = "SELECT i.line, i.outcome, i.cause, i.row_sealed, i.person_id, p.name, p.email, \
    p.status, u.name, v.id, v.status, v.uses, v.uses_allowed, v.expires_at, v.opened_at, \
    v.pin_proved_at, v.reminders, m.status, m.last_error, t.status, t.cause, t.device_id, v.pin_failures \
    FROM invitation_batch_item i LEFT JOIN person p ON p.id = i.person_id \
    LEFT JOIN org_unit u ON u.id = p.org_unit_id LEFT JOIN invitation v ON v.id = i.invitation_id \
    LEFT JOIN mail_outbox m ON m.id = v.mail_id LEFT JOIN attempt t ON t.id = \
    (SELECT max(a.id) FROM attempt a WHERE a.invitation_id = v.id) \
    WHERE i.batch_id = $1 ORDER BY i.line";

/// Everybody in a batch.
pub(super) async fn people_in(
    tx: &Tx,
    keys: &KeyStore,
    batch: &BatchView,
    now_ms: i64,
) -> Result<Vec<BatchPerson>, Error> {
    // Whoever came to the end with an invitation that was replaced meanwhile is at the end.
    const DONE: &str = "SELECT v.person_id, t.status, t.device_id FROM attempt t \
        JOIN invitation v ON v.id = t.invitation_id WHERE v.batch_id = $1 \
        AND t.status IN ('enrolled', 'ready') AND v.person_id IS NOT NULL";
    let mut done = HashMap::new();
    for row in tx.fetch_all(DONE, args![&batch.id]).await? {
        let step = match row.str(1)? {
            "ready" => BatchStep::Ready,
            _ => BatchStep::Enrolled,
        };
        done.insert(row.text(0)?, (step, row.opt_text(2)?));
    }
    let rows = tx.fetch_all(PEOPLE, args![&batch.id]).await?;
    rows.iter()
        .map(|row| decode(row, keys, batch, &done, now_ms))
        .collect()
}

fn decode(
    row: &Row,
    keys: &KeyStore,
    batch: &BatchView,
    done: &HashMap<String, (BatchStep, Option<String>)>,
    now_ms: i64,
) -> Result<BatchPerson, Error> {
    let line = row.i64(0)?;
    let outcome = row.text(1)?;
    let detail = match row.opt_blob(3)? {
        Some(sealed) => Detail::open(keys, &sealed, batch.id.as_str(), line)?,
        None => Detail::default(),
    };
    let person_id = row.opt_text(4)?;
    let name = row
        .opt_text(5)?
        .filter(|_| row.opt_text(7).ok().flatten().as_deref() != Some("erased"));
    let mut person = BatchPerson {
        line,
        name: name.unwrap_or(detail.name),
        email: row.opt_text(6)?.or(detail.email),
        unit_name: row.opt_text(8)?,
        step: BatchStep::Planned,
        cause: row.opt_text(2)?,
        errors: detail.errors,
        new: outcome == "new",
        invitation_id: row.opt_text(9)?,
        device_id: row.opt_text(21)?,
        reminders: row.opt_i64(16)?.unwrap_or(0),
        person_id,
    };
    person.step = match outcome.as_str() {
        "skip" => BatchStep::Skipped,
        "error" => BatchStep::Wrong,
        "cancelled" => BatchStep::Cancelled,
        "failed" => BatchStep::NotInvited,
        "invited" | "again" => {
            let (step, cause) = step_of(row, now_ms)?;
            person.cause = cause.or(person.cause);
            step
        }
        _ => BatchStep::Planned,
    };
    let finished = person.person_id.as_ref().and_then(|id| done.get(id));
    if let (Some((step, device)), true) = (finished, person.invitation_id.is_some()) {
        person.step = *step;
        person.cause = None;
        person.device_id.clone_from(device);
    }
    Ok(person)
}

/// How far somebody came with the invitation that they have now.
fn step_of(row: &Row, now_ms: i64) -> Result<(BatchStep, Option<String>), Error> {
    let Some(stored) = row.opt_text(10)? else {
        return Ok((BatchStep::Invited, None));
    };
    let attempt = row.opt_text(19)?;
    let status = attempt.as_deref().and_then(AttemptStatus::parse);
    let (uses, allowed) = (row.opt_i64(11)?.unwrap_or(0), row.opt_i64(12)?.unwrap_or(1));
    let ends = row.opt_i64(13)?.unwrap_or(0);
    match status_now(&stored, uses, allowed, ends, now_ms) {
        "revoked" => return Ok((BatchStep::Revoked, None)),
        "used" => return Ok((BatchStep::Enrolled, None)),
        // Why it was left open, as far as anything says so: the last try, the PIN, the mail.
        "expired" => {
            let mail = mail_step(row)?.1;
            let cause = row.opt_text(20)?.or(locked(row)?).or(mail);
            return Ok((BatchStep::Expired, cause));
        }
        _ => {}
    }
    let step = match status {
        Some(AttemptStatus::Ready) => BatchStep::Ready,
        Some(AttemptStatus::Enrolled) => BatchStep::Enrolled,
        Some(AttemptStatus::CertificateIssued | AttemptStatus::Authenticated) => {
            BatchStep::Certificate
        }
        Some(AttemptStatus::ProfileFetched) => BatchStep::ProfileFetched,
        Some(AttemptStatus::SignedIn) => BatchStep::PinProved,
        Some(AttemptStatus::Failed) => return Ok((BatchStep::Failed, row.opt_text(20)?)),
        Some(AttemptStatus::Expired) => {
            return Ok((BatchStep::Failed, Some("attempt_expired".to_owned())));
        }
        Some(AttemptStatus::Created | AttemptStatus::Opened | AttemptStatus::Superseded) => {
            BatchStep::Opened
        }
        None if row.opt_i64(15)?.is_some() => BatchStep::PinProved,
        None if row.opt_i64(14)?.is_some() => return Ok((BatchStep::Opened, locked(row)?)),
        None => return mail_step(row),
    };
    Ok((step, None))
}

/// Nobody gets on with a PIN that was mistyped too often, whatever else they did before.
fn locked(row: &Row) -> Result<Option<String>, Error> {
    let failures = row.opt_i64(22)?.unwrap_or(0);
    Ok((failures >= PIN_TRIES).then(|| "pin_locked".to_owned()))
}

fn mail_step(row: &Row) -> Result<(BatchStep, Option<String>), Error> {
    let error = row.opt_text(18)?;
    Ok(match row.opt_text(17)?.as_deref() {
        Some("sent") => (BatchStep::MailSent, None),
        Some("failed") => {
            let refused = error
                .as_deref()
                .is_some_and(|e| e.starts_with("refused") || e == BOUNCED);
            let step = if refused {
                BatchStep::MailRefused
            } else {
                BatchStep::MailFailed
            };
            (step, error)
        }
        _ => (BatchStep::Invited, error),
    })
}

async fn all(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
) -> Result<Vec<BatchPerson>, Error> {
    let input = (
        actor.clone(),
        id.clone(),
        core.keys().clone(),
        core.now_ms(),
    );
    core.db()
        .read(input, |tx, (actor, id, keys, now)| {
            Box::pin(async move {
                let found = reached_in(tx, actor, Permission::InvitationsRead, id).await?;
                people_in(tx, keys, &found, *now).await
            })
        })
        .await
}

/// The people of a batch, only those at one step when asked, and how many are at each.
///
/// # Errors
/// Not found outside of the actor's reach.
pub async fn batch_people(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
    only: Option<BatchStep>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<(Page<BatchPerson>, BatchCounts), Error> {
    let limit = usize::try_from(page_size(limit)?).unwrap_or(0);
    let start = match after {
        Some(text) => Cursor::decode(text)?.first_i64()?,
        None => 0,
    };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let mut people = all(core, actor, id).await?;
    let mut counts = BatchCounts::new();
    for person in &people {
        *counts.entry(person.step).or_default() += 1;
    }
    people.retain(|person| only.is_none_or(|only| person.step == only));
    let end = start.saturating_add(limit);
    let next = (people.len() > end).then(|| {
        let place = i64::try_from(end).unwrap_or(i64::MAX);
        Cursor::of_i64(place).encode()
    });
    let items = people.into_iter().skip(start).take(limit).collect();
    Ok((Page { items, next }, counts))
}

/// Everybody in a batch as CSV; what a spreadsheet would take for a formula is marked as text.
///
/// # Errors
/// Not found outside of the actor's reach.
pub async fn batch_people_csv(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
) -> Result<Vec<u8>, Error> {
    let header = [
        "line",
        "name",
        "email",
        "unit",
        "step",
        "cause",
        "reminders",
    ];
    let mut lines = vec![header.map(str::to_owned)];
    for person in all(core, actor, id).await? {
        lines.push([
            person.line.to_string(),
            person.name,
            person.email.unwrap_or_default(),
            person.unit_name.unwrap_or_default(),
            person.step.as_str().to_owned(),
            person.cause.unwrap_or_default(),
            person.reminders.to_string(),
        ]);
    }
    csv_file(&lines)
}
