//! Device certificates as people see them.

use std::fmt::Write as _;

use serde_json::Value as Json;
use tillsyn_db::{Row, Value, args};

use super::life::{self, CertificateStatus, Facts};
use super::method::Method;
use crate::actor::{Actor, Permission, authorize_device, may};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{AttemptId, CertificateId, DeviceId, EnrollmentId};
use crate::paging::{Cursor, Page, page_size};

/// One certificate.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CertificateView {
    pub id: CertificateId,
    pub serial_number: String,
    pub sha256: String,
    pub method: String,
    /// `enrollment` or `renewal`.
    pub purpose: String,
    pub status: CertificateStatus,
    /// The one that its enrollment is pinned to.
    pub in_use: bool,
    pub enrollment_id: Option<EnrollmentId>,
    pub attempt_id: Option<AttemptId>,
    pub device_id: Option<DeviceId>,
    pub device_name: Option<String>,
    /// What Apple said of the device.
    pub attested: Option<Json>,
    /// Address of the request.
    pub address: Option<String>,
    pub not_before: i64,
    pub not_after: i64,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
    pub revoke_reason: Option<String>,
    /// Until when it is still admitted beside its successor.
    pub revoke_after: Option<i64>,
    /// When the next renewal is asked for.
    pub renew_at: Option<i64>,
    pub renewal_asked_at: Option<i64>,
    pub renewal_tries: i64,
    /// Why the last renewal came to nothing.
    pub renewal_problem: Option<String>,
}

/// Which certificates. Several values mean "one of them".
#[derive(Clone, Debug, Default)]
pub struct CertificateFilter {
    pub status: Vec<String>,
    pub method: Vec<String>,
    pub device: Option<DeviceId>,
    /// Only those that an active enrollment uses now.
    pub in_use: bool,
    /// Only those whose renewal came to nothing so far.
    pub late: bool,
}

const SELECT: &str = "SELECT c.id, c.serial_number, c.sha256, c.method, c.purpose, e.pin_sha256, \
    e.status, c.enrollment_id, c.attempt_id, e.device_id, d.name, d.serial_number, c.attested, \
    c.address, c.not_before, c.not_after, c.created_at, c.revoked_at, c.revoke_reason, \
    c.revoke_after, c.renew_at, c.renewal_asked_at, c.renewal_tries, c.renewal_problem, u.path, \
    COALESCE(d.platform, t.platform, '') \
    FROM certificate c LEFT JOIN enrollment e ON e.id = c.enrollment_id \
    LEFT JOIN attempt t ON t.id = c.attempt_id \
    JOIN org_unit u ON u.id = COALESCE(e.org_unit_id, t.org_unit_id) \
    LEFT JOIN device_summary d ON d.device_id = e.device_id";

/// [`life::status`] in SQL; `$3` is now, `$4` thirty days later. A test compares the two.
const STATUS: &str = "CASE WHEN c.revoked_at IS NOT NULL THEN 'revoked' \
    WHEN c.not_after <= $3 THEN 'expired' \
    WHEN e.status = 'active' AND e.pin_sha256 = c.sha256 AND c.renewal_problem IS NOT NULL \
    THEN 'expiring' \
    WHEN e.status = 'active' AND e.pin_sha256 = c.sha256 AND c.renewal_tries > 0 THEN 'renewing' \
    WHEN c.not_after <= $4 THEN 'expiring' ELSE 'valid' END";

const IN_USE: &str = "e.status = 'active' AND e.pin_sha256 = c.sha256 AND c.revoked_at IS NULL";

fn decode(row: &Row, now_ms: i64) -> Result<CertificateView, Error> {
    let sha256 = row.text(2)?;
    let pinned = row.opt_text(5)?.as_deref() == Some(sha256.as_str())
        && row.opt_text(6)?.as_deref() == Some("active");
    let device_id = row.opt_text(9)?;
    let (name, serial) = (row.opt_text(10)?, row.opt_text(11)?);
    let (not_after, revoked_at) = (row.i64(15)?, row.opt_i64(17)?);
    let (tries, problem) = (row.i64(22)?, row.opt_text(23)?);
    let facts = Facts {
        not_after,
        revoked: revoked_at.is_some(),
        renewing: pinned && tries > 0,
        late: pinned && problem.is_some(),
    };
    Ok(CertificateView {
        id: CertificateId::from_store(row.text(0)?),
        serial_number: row.text(1)?,
        method: row.text(3)?,
        purpose: row.text(4)?,
        status: life::status(facts, now_ms),
        in_use: pinned && revoked_at.is_none(),
        enrollment_id: row.opt_text(7)?.map(EnrollmentId::from_store),
        attempt_id: row.opt_text(8)?.map(AttemptId::from_store),
        device_name: device_id
            .as_deref()
            .map(|id| shown_name(name.as_deref(), serial.as_deref(), id)),
        device_id: device_id.map(DeviceId::from_store),
        attested: row
            .opt_text(12)?
            .and_then(|text| serde_json::from_str(&text).ok()),
        address: row.opt_text(13)?,
        not_before: row.i64(14)?,
        not_after,
        created_at: row.i64(16)?,
        revoked_at,
        revoke_reason: row.opt_text(18)?,
        revoke_after: row.opt_i64(19)?,
        renew_at: row.opt_i64(20)?,
        renewal_asked_at: row.opt_i64(21)?,
        renewal_tries: tries,
        renewal_problem: problem,
        sha256,
    })
}

/// The certificates of the actor's scope, newest first.
///
/// # Errors
/// Forbidden without the permission; invalid for an unknown status, method or cursor.
pub async fn list_certificates(
    core: &Core,
    actor: &Actor,
    filter: &CertificateFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<CertificateView>, Error> {
    may(actor, Permission::DevicesRead)?;
    let limit = page_size(limit)?;
    let now_ms = core.now_ms();
    let (at, id) = place(after)?;
    let mut sql = format!(
        "{SELECT} WHERE u.path >= $1 AND u.path < $2 AND CAST($3 AS BIGINT) < CAST($4 AS BIGINT) \
         AND (c.created_at < $5 OR (c.created_at = $5 AND c.id < $6))"
    );
    let mut values: Vec<Value> = args![
        actor.unit_path.as_str(),
        prefix_end(&actor.unit_path),
        now_ms,
        now_ms + life::EXPIRING_MS,
        at,
        id
    ];
    let mut one_of = |column: &str, wanted: &[String]| {
        let marks: Vec<String> = wanted
            .iter()
            .map(|value| {
                values.push(Value::from(value.as_str()));
                format!("${}", values.len())
            })
            .collect();
        if !marks.is_empty() {
            let _ = write!(sql, " AND {column} IN ({})", marks.join(", "));
        }
    };
    check(&filter.status, "status", |s| {
        CertificateStatus::parse(s).is_some()
    })?;
    check(&filter.method, "method", |m| Method::parse(m).is_some())?;
    one_of(STATUS, &filter.status);
    one_of("c.method", &filter.method);
    let device: Vec<String> = filter.device.iter().map(ToString::to_string).collect();
    one_of("e.device_id", &device);
    if filter.in_use {
        let _ = write!(sql, " AND {IN_USE}");
    }
    if filter.late {
        let _ = write!(sql, " AND {IN_USE} AND c.renewal_problem IS NOT NULL");
    }
    sql.push_str(&actor.platform_filter_of("COALESCE(d.platform, t.platform, '')"));
    values.push(Value::from(limit + 1));
    let last = values.len();
    let _ = write!(sql, " ORDER BY c.created_at DESC, c.id DESC LIMIT ${last}");
    let (items, more) = core
        .db()
        .read((sql, values, limit), move |tx, (sql, values, limit)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                let keep = usize::try_from(*limit).unwrap_or(usize::MAX);
                let items = rows
                    .iter()
                    .take(keep)
                    .map(|row| decode(row, now_ms))
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

fn check(wanted: &[String], field: &'static str, known: fn(&str) -> bool) -> Result<(), Error> {
    match wanted.iter().find(|value| !known(value)) {
        None => Ok(()),
        Some(value) => Err(Error::invalid(
            field,
            field,
            format!("There is no certificate {field} {value}."),
        )),
    }
}

fn place(after: Option<&str>) -> Result<(i64, String), Error> {
    let Some(text) = after else {
        return Ok((i64::MAX, String::new()));
    };
    match Cursor::decode(text)?.values() {
        [Json::Number(at), Json::String(id)] => Ok((at.as_i64().unwrap_or(0), id.clone())),
        _ => Err(Error::invalid(
            "after",
            "cursor",
            "This cursor is not one of ours; start without it.",
        )),
    }
}

/// The certificates of one device, newest first: at most a hundred.
///
/// # Errors
/// Not found outside the scope.
pub async fn of_device(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<Vec<CertificateView>, Error> {
    crate::devices::reach(core, actor, device).await?;
    let filter = CertificateFilter {
        device: Some(device.clone()),
        ..CertificateFilter::default()
    };
    Ok(list_certificates(core, actor, &filter, None, Some(100))
        .await?
        .items)
}

/// One certificate.
///
/// # Errors
/// Not found outside the scope.
pub async fn certificate(
    core: &Core,
    actor: &Actor,
    id: &CertificateId,
) -> Result<CertificateView, Error> {
    let now_ms = core.now_ms();
    let sql = format!("{SELECT} WHERE c.id = $1");
    core.db()
        .read(
            (sql, id.clone(), actor.clone()),
            move |tx, (sql, id, actor)| {
                Box::pin(async move {
                    let rows = tx.fetch_all_dyn(sql, args![id]).await?;
                    let row = rows
                        .first()
                        .ok_or_else(|| Error::not_found("certificate"))?;
                    let (path, platform) = (row.str(24)?, row.str(25)?);
                    authorize_device(actor, Permission::DevicesRead, path, platform)?;
                    decode(row, now_ms)
                })
            },
        )
        .await
}

/// How many identities in use could not be renewed so far.
///
/// # Errors
/// Only when the store fails.
pub async fn late_count(core: &Core, actor: &Actor) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM certificate c \
        JOIN enrollment e ON e.id = c.enrollment_id AND e.pin_sha256 = c.sha256 \
        AND e.status = 'active' JOIN org_unit u ON u.id = e.org_unit_id \
        JOIN device d ON d.id = e.device_id WHERE c.revoked_at IS NULL AND c.renewal_problem IS NOT NULL AND u.path >= $1 AND u.path < $2";
    let values = args![actor.unit_path.as_str(), prefix_end(&actor.unit_path)];
    let sql = format!("{COUNT}{}", actor.platform_filter());
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    Ok(rows.first().map_or(Ok(0), |row| row.i64(0))?)
}
