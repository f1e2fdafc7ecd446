//! Who knocks, for whoever may take them in.

use tillsyn_db::{Row, Tx, args};

use super::check::authorized;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::paging::{Cursor, Page, page_size};
use crate::text;

/// A certificate of ours without a record, and what its holder says of itself.
#[derive(Clone, Debug, serde::Serialize)]
pub struct UnknownSender {
    pub certificate_sha256: String,
    pub udid: Option<String>,
    /// Of User Enrollment.
    pub enrollment_id: Option<String>,
    /// It has named different devices: it is not taken in.
    pub contradicts: bool,
    /// Others say that they are the same device.
    pub rivals: i64,
    /// The device that had this UDID before, and whether it is enrolled with another certificate.
    pub device_id: Option<String>,
    pub device_name: Option<String>,
    pub enrolled_otherwise: bool,
    pub address: Option<String>,
    pub times: i64,
    pub first_at: i64,
    pub last_at: i64,
}

const FIELDS: &str = "SELECT s.sha256, s.udid, s.apple_enrollment_id, s.contradicts, \
    (SELECT count(*) FROM unknown_sender o WHERE o.sha256 <> s.sha256 AND (o.udid = s.udid \
    OR o.apple_enrollment_id = s.apple_enrollment_id)), \
    d.device_id, d.name, (SELECT count(*) FROM enrollment a WHERE (a.udid = s.udid \
    OR a.apple_enrollment_id = s.apple_enrollment_id) \
    AND a.status IN ('active', 'inactive')), s.address, s.times, s.first_at, s.last_at FROM unknown_sender s \
    LEFT JOIN device_summary d ON d.device_id = (SELECT e.device_id FROM enrollment e \
    WHERE e.udid = s.udid AND e.device_id IS NOT NULL ORDER BY e.created_at DESC LIMIT 1) ";

fn decode(row: &Row) -> Result<UnknownSender, Error> {
    Ok(UnknownSender {
        certificate_sha256: row.text(0)?,
        udid: row.opt_text(1)?,
        enrollment_id: row.opt_text(2)?,
        contradicts: row.i64(3)? != 0,
        rivals: row.i64(4)?,
        device_id: row.opt_text(5)?,
        device_name: row.opt_text(6)?,
        enrolled_otherwise: row.i64(7)? > 0,
        address: row.opt_text(8)?,
        times: row.i64(9)?,
        first_at: row.i64(10)?,
        last_at: row.i64(11)?,
    })
}

/// The one with this certificate.
pub(super) async fn find_in(tx: &Tx, sha256: &str) -> Result<Option<UnknownSender>, Error> {
    const ONE: &str = "WHERE s.sha256 = $1";
    let one = format!("{FIELDS}{ONE}");
    let rows = tx.fetch_all_dyn(&one, args![sha256]).await?;
    rows.first().map(decode).transpose()
}

/// All of them, by certificate, or those in which the text is found. They belong to no unit: whoever reaches the whole organisation sees them.
pub async fn list_unknown(
    core: &Core,
    actor: &Actor,
    search: Option<&str>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<UnknownSender>, Error> {
    const PAGE: &str = "WHERE s.sha256 > $1 AND ($3 = '' OR s.sha256 LIKE $3 ESCAPE '\\' \
        OR lower(s.udid) LIKE $3 ESCAPE '\\' OR lower(s.apple_enrollment_id) LIKE $3 ESCAPE '\\' \
        OR lower(d.name) LIKE $3 ESCAPE '\\') ORDER BY s.sha256 LIMIT $2";
    authorized(core, actor).await?;
    let limit = page_size(limit)?;
    let after = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => String::new(),
    };
    let rows = core
        .db()
        .read((after, limit + 1, text::pattern(search)), |tx, work| {
            Box::pin(async move {
                let list = format!("{FIELDS}{PAGE}");
                let (after, most, pattern) = work;
                let page = args![after.as_str(), *most, pattern.as_str()];
                Ok::<_, Error>(tx.fetch_all_dyn(&list, page).await?)
            })
        })
        .await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.iter().take(usize::try_from(limit).unwrap_or(0)) {
        items.push(decode(row)?);
    }
    let next = items
        .last()
        .filter(|_| rows.len() > items.len())
        .map(|last| Cursor::of_text(&last.certificate_sha256).encode());
    Ok(Page { items, next })
}
