//! The flight recorder: each step of an attempt with its time, and the cause when it failed (B8).

use serde_json::Value as Json;
use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, authorize_device, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{AttemptId, DeviceId, InvitationId};
use crate::onboarding::{Consent, consent_in};
use crate::paging::{Cursor, Page, page_size};

/// How far an attempt came (architecture §2a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttemptStatus {
    Created,
    Opened,
    SignedIn,
    ProfileFetched,
    CertificateIssued,
    Authenticated,
    Enrolled,
    Ready,
    Failed,
    Expired,
    Superseded,
}

impl AttemptStatus {
    pub const ALL: [Self; 11] = [
        Self::Created,
        Self::Opened,
        Self::SignedIn,
        Self::ProfileFetched,
        Self::CertificateIssued,
        Self::Authenticated,
        Self::Enrolled,
        Self::Ready,
        Self::Failed,
        Self::Expired,
        Self::Superseded,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Opened => "opened",
            Self::SignedIn => "signed_in",
            Self::ProfileFetched => "profile_fetched",
            Self::CertificateIssued => "certificate_issued",
            Self::Authenticated => "authenticated",
            Self::Enrolled => "enrolled",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// Whether a step may still follow. A failure can be overcome by trying again with the same link.
    pub fn is_open(self) -> bool {
        self < Self::Enrolled
    }
}

/// One step as recorded.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AttemptStep {
    pub at: i64,
    pub step: String,
    pub cause: Option<String>,
    pub address: Option<String>,
}

/// An attempt with its steps.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AttemptView {
    pub id: AttemptId,
    pub invitation_id: InvitationId,
    pub invitation_label: String,
    pub platform: Option<String>,
    pub status: String,
    /// The step at which it failed.
    pub failed_step: Option<String>,
    /// A stable code; the pages know a text and a remedy for each.
    pub cause: Option<String>,
    pub device_id: Option<DeviceId>,
    pub ownership: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub expires_at: i64,
    pub profile_expires_at: Option<i64>,
    /// A page asked, or asks, the person to agree; a program in their place is not asked.
    pub asks_consent: bool,
    /// What they agreed to; of a list only whether they did is known.
    pub consented: bool,
    pub consent: Option<Consent>,
    pub steps: Vec<AttemptStep>,
}

impl AttemptView {
    /// The next step is the person's: to read and agree.
    pub fn waits_for_consent(&self) -> bool {
        self.asks_consent && !self.consented
    }
}

/// Why an attempt failed; codes for which every page has a text and a remedy.
pub(crate) mod cause {
    pub(crate) const CHALLENGE_EXPIRED: &str = "too_late";
    pub(crate) const CHALLENGE_USED: &str = "used_elsewhere";
    pub(crate) const DEVICE_OF_ANOTHER: &str = "device_of_another";
    pub(crate) const INVITATION_USED: &str = "invitation_over";
    pub(crate) const NO_TOKEN_UPDATE: &str = "no_answer";
    pub(crate) const TOPIC_MISMATCH: &str = "server";
    /// The device could not prove to Apple's satisfaction what it is.
    pub(crate) const NOT_ATTESTED: &str = "not_attested";
    pub(crate) const REMOVED: &str = "removed_in_setup";
    /// Downloaded, and its time ran out before a device used it.
    pub(crate) const PROFILE_LAPSED: &str = "profile_lapsed";
    /// The certificate's request does not fit the profile.
    pub(crate) const REQUEST_REFUSED: &str = "request_refused";
    /// The device that came is not the one that got the certificate.
    pub(crate) const WRONG_DEVICE: &str = "wrong_device";
    pub(crate) const NO_PUSH: &str = "no_push";
    /// Enrolled, and no answer to a push.
    pub(crate) const PUSH_UNANSWERED: &str = "push_unanswered";
    pub(crate) const LIMIT_REACHED: &str = "limit_reached";
    /// Nothing of this kind can be managed.
    pub(crate) const WRONG_PLATFORM: &str = "wrong_platform";
    /// Told by the person.
    pub(crate) const ANOTHER_MDM: &str = "another_mdm";
    pub(crate) const CANCELLED: &str = "cancelled";
    pub(crate) const NO_SAFARI: &str = "no_safari";
    pub(crate) const CLOCK_WRONG: &str = "clock_wrong";
    pub(crate) const UNREACHABLE: &str = "unreachable";
    pub(crate) const NO_ADMINISTRATOR: &str = "no_administrator";
}

const STEP: &str =
    "INSERT INTO attempt_step (attempt_id, at, step, cause, address) VALUES ($1, $2, $3, $4, $5)";

/// Moves an attempt forward and records the step. A step that was reached already is recorded again (a
/// second download) but does not move the attempt back.
pub(crate) async fn step_in(
    tx: &Tx,
    id: &str,
    step: AttemptStatus,
    address: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const FIND: &str = "SELECT status FROM attempt WHERE id = $1";
    const MOVE: &str = "UPDATE attempt SET status = $2, failed_step = NULL, cause = NULL, \
        updated_at = $3 WHERE id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![id]).await? else {
        return Ok(());
    };
    tx.execute(
        STEP,
        args![id, now_ms, step.as_str(), None::<&str>, address],
    )
    .await?;
    let now = AttemptStatus::parse(&row.text(0)?);
    if now.is_none_or(|now| now < step || now == AttemptStatus::Failed) {
        tx.execute(MOVE, args![id, step.as_str(), now_ms]).await?;
    }
    Ok(())
}

/// Records that an attempt failed at a step. One that is enrolled already stays so: a late replay of an
/// old profile says nothing about it.
pub(crate) async fn fail_in(
    tx: &Tx,
    id: &str,
    at_step: AttemptStatus,
    cause: &str,
    address: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const FAIL: &str = "UPDATE attempt SET status = 'failed', failed_step = $2, cause = $3, \
        updated_at = $4 WHERE id = $1 AND status NOT IN ('enrolled', 'ready', 'superseded')";
    tx.execute(STEP, args![id, now_ms, "failed", cause, address])
        .await?;
    tx.execute(FAIL, args![id, at_step.as_str(), cause, now_ms])
        .await?;
    Ok(())
}

/// Records what is known of a step that was reached, without moving the attempt.
pub(crate) async fn note_in(
    tx: &Tx,
    id: &str,
    step: AttemptStatus,
    cause: &str,
    now_ms: i64,
) -> Result<(), Error> {
    let values = args![id, now_ms, step.as_str(), cause, None::<&str>];
    tx.execute(STEP, values).await?;
    Ok(())
}

/// Ends an attempt in favour of a later one; what was downloaded for it stops working. One whose device
/// has its certificate already is left to come to its end.
pub(super) async fn supersede_in(tx: &Tx, id: &str, now_ms: i64) -> Result<(), Error> {
    const END: &str = "UPDATE attempt SET status = 'superseded', updated_at = $2 WHERE id = $1 \
        AND status IN ('created', 'opened', 'signed_in', 'profile_fetched', 'failed', 'expired')";
    const VOID: &str = "UPDATE scep_challenge SET voided_at = $2 WHERE attempt_id = $1 \
        AND consumed_at IS NULL AND voided_at IS NULL";
    if tx.execute(END, args![id, now_ms]).await? == 0 {
        return Ok(());
    }
    tx.execute(VOID, args![id, now_ms]).await?;
    let step = AttemptStatus::Superseded.as_str();
    let values = args![id, now_ms, step, None::<&str>, None::<&str>];
    tx.execute(STEP, values).await?;
    Ok(())
}

const SELECT: &str = "SELECT t.id, t.invitation_id, i.label, t.platform, t.status, t.failed_step, \
    t.cause, t.device_id, i.ownership, t.created_at, t.updated_at, t.expires_at, \
    t.profile_expires_at, u.path, t.asks_consent, t.consent_id FROM attempt t JOIN invitation i ON i.id = t.invitation_id \
    JOIN org_unit u ON u.id = t.org_unit_id";

fn decode(row: &Row) -> Result<AttemptView, Error> {
    Ok(AttemptView {
        id: AttemptId::from_store(row.text(0)?),
        invitation_id: InvitationId::from_store(row.text(1)?),
        invitation_label: row.text(2)?,
        platform: row.opt_text(3)?,
        status: row.text(4)?,
        failed_step: row.opt_text(5)?,
        cause: row.opt_text(6)?,
        device_id: row.opt_text(7)?.map(DeviceId::from_store),
        ownership: row.text(8)?,
        created_at: row.i64(9)?,
        updated_at: row.i64(10)?,
        expires_at: row.i64(11)?,
        profile_expires_at: row.opt_i64(12)?,
        asks_consent: row.i64(14)? != 0,
        consented: row.opt_text(15)?.is_some(),
        consent: None,
        steps: Vec::new(),
    })
}

async fn steps_in(tx: &Tx, id: &str) -> Result<Vec<AttemptStep>, Error> {
    const STEPS: &str = "SELECT at, step, cause, address FROM attempt_step WHERE attempt_id = $1 \
        ORDER BY seq LIMIT 200";
    tx.fetch_all(STEPS, args![id])
        .await?
        .iter()
        .map(|row| {
            Ok(AttemptStep {
                at: row.i64(0)?,
                step: row.text(1)?,
                cause: row.opt_text(2)?,
                address: row.opt_text(3)?,
            })
        })
        .collect()
}

/// Those that failed in the last 24 hours, in place of a status.
pub const FAILED_TODAY: &str = "failed_today";

/// The attempts of the actor's scope, newest first; of one invitation when given, failed ones only on
/// demand.
pub async fn list_attempts(
    core: &Core,
    actor: &Actor,
    invitation: Option<&InvitationId>,
    status: Option<&str>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<AttemptView>, Error> {
    may(actor, Permission::InvitationsRead)?;
    let limit = page_size(limit)?;
    let (status, since) = match status {
        Some(FAILED_TODAY) => (Some("failed"), core.now_ms() - DAY_MS),
        status => (status, -1),
    };
    if status.is_some_and(|s| AttemptStatus::parse(s).is_none()) {
        return Err(Error::invalid(
            "status",
            "status",
            "There is no such attempt status.",
        ));
    }
    let (at, id) = match after {
        None => (i64::MAX, String::new()),
        Some(text) => match Cursor::decode(text)?.values() {
            [at, id] => (
                at.as_i64().unwrap_or(0),
                id.as_str().unwrap_or_default().to_owned(),
            ),
            _ => {
                return Err(Error::invalid(
                    "after",
                    "cursor",
                    "This cursor is not one of ours.",
                ));
            }
        },
    };
    let sql = format!(
        "{SELECT} WHERE u.path >= $1 AND u.path < $2 AND ($3 = '' OR t.invitation_id = $3) \
         AND ($4 = '' OR t.status = $4) \
         AND (t.created_at < $5 OR (t.created_at = $5 AND t.id < $6)) AND t.created_at > $8{} \
         ORDER BY t.created_at DESC, t.id DESC LIMIT $7",
        actor.platform_filter_of("COALESCE(t.platform, '')")
    );
    let values = args![
        actor.unit_path.as_str(),
        prefix_end(&actor.unit_path),
        invitation.map_or("", InvitationId::as_str),
        status.unwrap_or(""),
        at,
        id,
        limit + 1,
        since
    ];
    let (items, more) = core
        .db()
        .read((sql, values, limit), |tx, (sql, values, limit)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                let keep = usize::try_from(*limit).unwrap_or(usize::MAX);
                let items = rows
                    .iter()
                    .take(keep)
                    .map(decode)
                    .collect::<Result<Vec<_>, Error>>()?;
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
    Ok(Page { items, next })
}

/// One attempt with its steps, for administrators.
pub async fn attempt(core: &Core, actor: &Actor, id: &AttemptId) -> Result<AttemptView, Error> {
    let input = (
        format!("{SELECT} WHERE t.id = $1"),
        id.clone(),
        actor.clone(),
    );
    core.db()
        .read(input, |tx, (sql, id, actor)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![id]).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("attempt"))?;
                let mut view = decode(row)?;
                let platform = view.platform.as_deref().unwrap_or_default();
                authorize_device(actor, Permission::InvitationsRead, row.str(13)?, platform)?;
                view.steps = steps_in(tx, id.as_str()).await?;
                view.consent = consent_in(tx, id.as_str()).await?;
                Ok(view)
            })
        })
        .await
}

/// One attempt for the person who holds the invitation's code.
pub async fn attempt_of_invitation(
    core: &Core,
    invitation: &InvitationId,
    id: &AttemptId,
) -> Result<AttemptView, Error> {
    let sql = format!("{SELECT} WHERE t.id = $1 AND t.invitation_id = $2");
    let mut view = core
        .db()
        .read(
            (sql, id.clone(), invitation.clone()),
            |tx, (sql, id, invitation)| {
                Box::pin(async move {
                    let rows = tx.fetch_all_dyn(sql, args![id, invitation]).await?;
                    let row = rows.first().ok_or_else(|| Error::not_found("attempt"))?;
                    let mut view = decode(row)?;
                    view.steps = steps_in(tx, id.as_str()).await?;
                    Ok::<_, Error>(view)
                })
            },
        )
        .await?;
    for step in &mut view.steps {
        step.address = None;
    }
    Ok(view)
}
