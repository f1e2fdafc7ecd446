//! What is kept for a device: kinds, dates, who saw it. Never a value.

use tillsyn_db::{Row, args};

use super::Kind;
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::devices;
use crate::error::Error;
use crate::ids::{DeviceId, EnrollmentId, EscrowId};
use crate::paging::{Cursor, Page, page_size};

/// A kept secret, without its value.
#[derive(Clone, Debug, serde::Serialize)]
pub struct EscrowView {
    pub id: EscrowId,
    pub kind: &'static str,
    pub label: Option<String>,
    /// The message, command or person that brought it.
    pub source: String,
    /// `kept`, `proposed`, `refused`, `uncertain`.
    pub state: String,
    pub enrollment_id: Option<EnrollmentId>,
    /// When it was first kept.
    pub created_at: i64,
    /// When the device last said the same.
    pub confirmed_at: i64,
    /// The one that counts; the others are history.
    pub newest: bool,
    /// The last time that somebody saw it.
    pub revealed: Option<RevealView>,
    pub times_revealed: i64,
    /// Whether this actor may see it.
    pub may_reveal: bool,
}

/// Who saw a secret.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RevealView {
    pub at: i64,
    pub by: String,
}

const COLUMNS: &str = "SELECT s.id, s.kind, s.label, s.source, s.state, s.enrollment_id, s.created_at, \
    s.updated_at, CASE WHEN s.state = 'kept' AND NOT EXISTS (SELECT 1 FROM escrow n \
    WHERE n.device_id = s.device_id AND n.kind = s.kind AND n.state = 'kept' \
    AND COALESCE(n.label, '') = COALESCE(s.label, '') AND (n.updated_at > s.updated_at \
    OR (n.updated_at = s.updated_at AND n.id > s.id))) THEN 1 ELSE 0 END, \
    r.at, r.actor_name, (SELECT count(*) FROM escrow_reveal c WHERE c.escrow_id = s.id) \
    FROM escrow s LEFT JOIN escrow_reveal r ON r.seq = \
    (SELECT MAX(m.seq) FROM escrow_reveal m WHERE m.escrow_id = s.id)";
const PAGE: &str = " WHERE s.device_id = $1 AND ($2 = '' OR s.id < $2) ORDER BY s.id DESC LIMIT $3";

/// The secrets of a device of the actor's scope, the latest first.
pub async fn list_escrow(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<EscrowView>, Error> {
    crate::actor::may(actor, Permission::DevicesRead)?;
    devices::reach(core, actor, device).await?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => String::new(),
    };
    let input = (format!("{COLUMNS}{PAGE}"), device.clone(), before);
    let rows = core
        .db()
        .read(input, move |tx, (sql, device, before)| {
            Box::pin(async move {
                let values = args![device, before.as_str(), limit + 1];
                Ok::<_, Error>(tx.fetch_all_dyn(sql, values).await?)
            })
        })
        .await?;
    let keep = usize::try_from(limit).unwrap_or(0);
    let items = rows
        .iter()
        .take(keep)
        .filter_map(|row| decode(actor, row).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let next = match rows.get(keep.wrapping_sub(1)) {
        Some(last) if rows.len() > keep => Some(Cursor::of_text(&last.text(0)?).encode()),
        _ => None,
    };
    Ok(Page { items, next })
}

/// One of them.
///
/// # Errors
/// Not found when it is none of this device, or the device is outside the scope.
pub async fn find_escrow(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    id: &EscrowId,
) -> Result<EscrowView, Error> {
    crate::actor::may(actor, Permission::DevicesRead)?;
    devices::reach(core, actor, device).await?;
    let sql = format!("{COLUMNS} WHERE s.device_id = $1 AND s.id = $2");
    let input = (sql, device.clone(), id.clone(), actor.clone());
    core.db()
        .read(input, |tx, (sql, device, id, actor)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![device, id]).await?;
                let found = rows.first().map(|row| decode(actor, row)).transpose()?;
                found.flatten().ok_or_else(|| Error::not_found("secret"))
            })
        })
        .await
}

/// `None` for a kind of a newer version.
fn decode(actor: &Actor, row: &Row) -> Result<Option<EscrowView>, Error> {
    let Some(kind) = Kind::parse(&row.text(1)?) else {
        return Ok(None);
    };
    let revealed = match (row.opt_i64(9)?, row.opt_text(10)?) {
        (Some(at), Some(by)) => Some(RevealView { at, by }),
        _ => None,
    };
    Ok(Some(EscrowView {
        id: EscrowId::from_store(row.text(0)?),
        kind: kind.as_str(),
        label: row.opt_text(2)?,
        source: row.text(3)?,
        state: row.text(4)?,
        enrollment_id: row.opt_text(5)?.map(EnrollmentId::from_store),
        created_at: row.i64(6)?,
        confirmed_at: row.i64(7)?,
        newest: row.i64(8)? != 0,
        revealed,
        times_revealed: row.i64(11)?,
        may_reveal: actor.holds(kind.permission()),
    }))
}
