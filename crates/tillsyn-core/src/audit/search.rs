//! Finding events: by time, actor, action, object, unit, result, and by any id.

use tillsyn_db::{Row, Value, args};

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{ACTIONS, EventView};
use crate::ids::OrgUnitId;
use crate::paging::{Cursor, Page, page_size};
use crate::text;
use crate::units::scope;

/// Which events. Everything that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Since then, in milliseconds.
    pub from: Option<i64>,
    /// Before then.
    pub to: Option<i64>,
    /// Id of an account, token or device.
    pub actor: Option<String>,
    /// One action, or all of a kind: `device.*`.
    pub action: Option<String>,
    pub object_kind: Option<String>,
    pub object: Option<String>,
    /// In this unit or below.
    pub unit: Option<OrgUnitId>,
    /// `done` or `refused`.
    pub result: Option<String>,
    /// An id anywhere in the event, or a part of its details.
    pub find: Option<String>,
}

/// An event with its place.
#[derive(Clone, Debug)]
pub struct FoundEvent {
    pub event: EventView,
    pub unit_id: String,
    pub unit_name: String,
    pub request_id: Option<String>,
    /// In the chain; `None` until it is sealed.
    pub position: Option<i64>,
}

const COLUMNS: &str = "SELECT e.id, e.at, e.actor_kind, e.actor_id, COALESCE(i.address, e.address), \
    e.action, e.object_kind, e.object_id, e.result, e.details, e.seq, u.id, u.name, e.request_id, \
    a.position FROM event e JOIN org_unit u ON u.id = e.org_unit_id \
    LEFT JOIN event_identity i ON i.event_id = e.id \
    LEFT JOIN audit_entry a ON a.event_seq = e.seq \
    WHERE e.seq < $1 AND u.path >= $2 AND u.path < $3";

/// The events of the actor's scope that fit, newest first.
pub async fn search(
    core: &Core,
    actor: &Actor,
    filter: &EventFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<FoundEvent>, Error> {
    may(actor, Permission::AuditRead)?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_i64()?,
        None => i64::MAX,
    };
    let (from, to) = scope(core, actor, filter.unit.as_ref()).await?;
    let own = actor.platform_filter_of_events();
    let (sql, values) = statement(filter, &own, args![before, from, to], limit + 1)?;
    let rows = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { tx.fetch_all_dyn(sql, values.clone()).await })
        })
        .await
        .map_err(|error: tillsyn_db::DbError| Error::from(error))?;
    let keep = usize::try_from(limit).unwrap_or(0);
    let items = rows
        .iter()
        .take(keep)
        .map(decode)
        .collect::<Result<Vec<_>, Error>>()?;
    let next = match rows.get(keep.saturating_sub(1)) {
        Some(last) if rows.len() > keep => Some(Cursor::of_i64(last.i64(10)?).encode()),
        _ => None,
    };
    Ok(Page { items, next })
}

/// The statement of this filter, made of fragments of ours; values are bound.
fn statement(
    filter: &EventFilter,
    own: &str,
    mut values: Vec<Value>,
    limit: i64,
) -> Result<(String, Vec<Value>), Error> {
    let mut sql = format!("{COLUMNS}{own}");
    let mut and = |fragment: &str, value: Value| {
        values.push(value);
        sql.push_str(&fragment.replace("$n", &format!("${}", values.len())));
    };
    let given = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim).unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    };
    if let Some(from) = filter.from {
        and(" AND e.at >= $n", from.into());
    }
    if let Some(to) = filter.to {
        and(" AND e.at < $n", to.into());
    }
    if let Some(actor) = given(&filter.actor) {
        and(" AND e.actor_id = $n", actor.into());
    }
    if let Some(action) = given(&filter.action) {
        match action.strip_suffix(".*") {
            Some(kind) if is_kind(kind) => {
                and(" AND e.action >= $n", format!("{kind}.").into());
                and(" AND e.action < $n", format!("{kind}/").into());
            }
            None if ACTIONS.contains(&action.as_str()) => and(" AND e.action = $n", action.into()),
            _ => {
                let text = "There is no such action; device.* means all of a kind.";
                return Err(Error::invalid("action", "action", text));
            }
        }
    }
    if let Some(kind) = given(&filter.object_kind) {
        and(" AND e.object_kind = $n", kind.into());
    }
    if let Some(object) = given(&filter.object) {
        and(" AND e.object_id = $n", object.into());
    }
    match given(&filter.result).as_deref() {
        None => {}
        Some(result @ ("done" | "refused")) => and(" AND e.result = $n", result.into()),
        Some(_) => {
            let text = "A result is done or refused.";
            return Err(Error::invalid("result", "result", text));
        }
    }
    if let Some(find) = given(&filter.find) {
        and(
            " AND ($n IN (e.id, e.actor_id, e.object_id, e.request_id, i.address)",
            find.clone().into(),
        );
        let pattern = text::pattern(Some(&find));
        and(" OR lower(e.details) LIKE $n ESCAPE '\\')", pattern.into());
    }
    and(" ORDER BY e.seq DESC LIMIT $n", limit.into());
    Ok((sql, values))
}

fn is_kind(kind: &str) -> bool {
    let prefix = format!("{kind}.");
    ACTIONS.iter().any(|action| action.starts_with(&prefix))
}

fn decode(row: &Row) -> Result<FoundEvent, Error> {
    Ok(FoundEvent {
        event: EventView {
            id: row.text(0)?,
            at: row.i64(1)?,
            actor_kind: row.text(2)?,
            actor_id: row.text(3)?,
            address: row.opt_text(4)?,
            action: row.text(5)?,
            object_kind: row.text(6)?,
            object_id: row.text(7)?,
            result: row.text(8)?,
            details: serde_json::from_str(&row.text(9)?).unwrap_or_default(),
        },
        unit_id: row.text(11)?,
        unit_name: row.text(12)?,
        request_id: row.opt_text(13)?,
        position: row.opt_i64(14)?,
    })
}
