//! Invitations as API and console list them. The link is never among it: only its hash is kept.

use serde_json::Value as Json;
use tillsyn_db::{Row, args};

use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{InvitationId, PersonId};
use crate::paging::{Cursor, Page, page_size};

/// One invitation.
#[derive(Clone, Debug, serde::Serialize)]
pub struct InvitationView {
    pub id: InvitationId,
    pub label: String,
    pub person_id: Option<PersonId>,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub ownership: String,
    pub language: Option<String>,
    /// `open`, `used`, `expired` or `revoked`.
    pub status: &'static str,
    pub has_pin: bool,
    pub pin_locked: bool,
    pub uses: i64,
    pub uses_allowed: i64,
    pub may_replace: bool,
    /// Name of the account that made it.
    pub created_by: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
    pub attempts: i64,
    /// A mail server took its last mail.
    pub mail_sent: bool,
    /// Its person made it; nobody else sends it.
    pub self_made: bool,
}

/// The status as it is now: an open one whose time is over is expired, whatever the row says.
pub(super) fn status_now(
    stored: &str,
    uses: i64,
    allowed: i64,
    expires_at: i64,
    now: i64,
) -> &'static str {
    match stored {
        "revoked" => "revoked",
        _ if uses >= allowed => "used",
        _ if expires_at <= now => "expired",
        _ => "open",
    }
}

const SELECT: &str = "SELECT i.id, i.label, i.person_id, p.name, p.email, i.ownership, i.language, \
    i.status, i.pin_hash, i.pin_failures, i.uses, i.uses_allowed, i.may_replace, i.created_at, \
    i.expires_at, (SELECT count(*) FROM attempt t WHERE t.invitation_id = i.id), u.path, \
    COALESCE(a.name, t.name), o.path, m.status, i.self_made FROM invitation i JOIN org_unit u ON u.id = i.org_unit_id \
    LEFT JOIN person p ON p.id = i.person_id LEFT JOIN org_unit o ON o.id = p.org_unit_id \
    LEFT JOIN account a ON a.id = i.created_by LEFT JOIN api_token t ON t.id = i.created_by \
    LEFT JOIN mail_outbox m ON m.id = i.mail_id";

/// In the place of a label that may be somebody's name.
const HIDDEN: &str = "–";

fn decode(row: &Row, actor: &Actor, now: i64) -> Result<InvitationView, Error> {
    // It stays in the unit that its person left; who they are, only those hear who reach them.
    let reached = row.opt_text(18)?.is_some_and(|path| actor.reaches(&path));
    let of_person = |column| Ok::<_, Error>(row.opt_text(column)?.filter(|_| reached));
    let (uses, allowed, expires_at) = (row.i64(10)?, row.i64(11)?, row.i64(14)?);
    Ok(InvitationView {
        id: InvitationId::from_store(row.text(0)?),
        // Mostly the name.
        label: if reached || row.opt_text(2)?.is_none() {
            row.text(1)?
        } else {
            HIDDEN.to_owned()
        },
        person_id: of_person(2)?.map(PersonId::from_store),
        person_name: of_person(3)?,
        person_email: of_person(4)?,
        ownership: row.text(5)?,
        language: row.opt_text(6)?,
        status: status_now(&row.text(7)?, uses, allowed, expires_at, now),
        has_pin: row.opt_text(8)?.is_some(),
        pin_locked: row.i64(9)? >= super::open::PIN_TRIES,
        uses,
        uses_allowed: allowed,
        may_replace: row.i64(12)? != 0,
        created_by: row.opt_text(17)?,
        created_at: row.i64(13)?,
        expires_at,
        attempts: row.i64(15)?,
        mail_sent: row.opt_text(19)?.as_deref() == Some("sent"),
        self_made: row.i64(20)? != 0,
    })
}

/// The invitations of the actor's scope, newest first.
pub async fn list_invitations(
    core: &Core,
    actor: &Actor,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<InvitationView>, Error> {
    list_invitations_with(core, actor, None, after, limit).await
}

/// Those of one person.
pub async fn invitations_of_person(
    core: &Core,
    actor: &Actor,
    person: &PersonId,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<InvitationView>, Error> {
    list(core, actor, (None, person.as_str()), after, limit).await
}

/// The same, only those whose status is this one now.
pub async fn list_invitations_with(
    core: &Core,
    actor: &Actor,
    status: Option<&str>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<InvitationView>, Error> {
    list(core, actor, (status, ""), after, limit).await
}

async fn list(
    core: &Core,
    actor: &Actor,
    (status, person): (Option<&str>, &str),
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<InvitationView>, Error> {
    // The conditions of `status_now`; $6 is the present time. PostgreSQL takes the type of a parameter
    // from what it is compared with, and a bare 0 is too narrow for a time.
    let of_status = match status {
        None => "(CAST($6 AS BIGINT) >= 0)",
        Some("revoked") => "(i.status = 'revoked' AND CAST($6 AS BIGINT) >= 0)",
        Some("used") => {
            "(i.status <> 'revoked' AND i.uses >= i.uses_allowed AND CAST($6 AS BIGINT) >= 0)"
        }
        Some("expired") => {
            "(i.status <> 'revoked' AND i.uses < i.uses_allowed AND i.expires_at <= $6)"
        }
        Some("open") => "(i.status <> 'revoked' AND i.uses < i.uses_allowed AND i.expires_at > $6)",
        Some(_) => {
            return Err(Error::invalid(
                "status",
                "status",
                "An invitation is open, used, expired or revoked.",
            ));
        }
    };
    may(actor, Permission::InvitationsRead)?;
    let limit = page_size(limit)?;
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
        "{SELECT} WHERE u.path >= $1 AND u.path < $2 \
         AND (i.created_at < $3 OR (i.created_at = $3 AND i.id < $4)) AND {of_status} \
         AND ($7 = '' OR i.person_id = $7) \
         ORDER BY i.created_at DESC, i.id DESC LIMIT $5"
    );
    let now = core.now_ms();
    let values = args![
        actor.unit_path.as_str(),
        prefix_end(&actor.unit_path),
        at,
        id,
        limit + 1,
        now,
        person
    ];
    let (items, more) = core
        .db()
        .read(
            (sql, values, limit, (actor.clone(), now)),
            |tx, (sql, values, limit, (actor, now))| {
                Box::pin(async move {
                    let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                    let keep = usize::try_from(*limit).unwrap_or(usize::MAX);
                    let items = rows
                        .iter()
                        .take(keep)
                        .map(|row| decode(row, actor, *now))
                        .collect::<Result<Vec<_>, Error>>()?;
                    Ok::<_, Error>((items, rows.len() > keep))
                })
            },
        )
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

/// One invitation.
pub async fn invitation(
    core: &Core,
    actor: &Actor,
    id: &InvitationId,
) -> Result<InvitationView, Error> {
    let input = (
        format!("{SELECT} WHERE i.id = $1"),
        id.clone(),
        actor.clone(),
        core.now_ms(),
    );
    core.db()
        .read(input, |tx, (sql, id, actor, now)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![id]).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("invitation"))?;
                authorize(actor, Permission::InvitationsRead, &row.text(16)?)?;
                decode(row, actor, *now)
            })
        })
        .await
}
