//! The device list: filter, sort and place from an allowlist, keyset paging on indexed columns (S06).

use serde_json::Value as Json;
use tillsyn_db::{Row, Value, args};

use super::narrow::Narrow;
use crate::actor::{Actor, Permission, may};
use crate::clock::MINUTE_MS;
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::figures::{Counted, Question};
use crate::ids::{DeviceId, GroupId, OrgUnitId, PersonId};
use crate::paging::{Cursor, Page, page_size};
use crate::search::words;

/// In place of a value that nobody knows.
pub(super) const UNKNOWN: &str = "unknown";

/// Which devices. Several values of one field mean "one of them".
#[derive(Clone, Debug, Default)]
pub struct DeviceFilter {
    /// `ios`, `ipados`, `macos`.
    pub platform: Vec<String>,
    /// Device statuses of architecture §2a.
    pub status: Vec<String>,
    pub ownership: Vec<String>,
    pub contact: Vec<String>,
    /// Exact OS versions.
    pub os_version: Vec<String>,
    /// Models by their names, or by their identifiers where no name is known.
    pub model: Vec<String>,
    /// Checked in after this time, in milliseconds UTC.
    pub seen_since: Option<i64>,
    /// Not checked in since this time, or never.
    pub seen_before: Option<i64>,
    /// Part of name, serial number, person or model.
    pub search: Option<String>,
    /// In this unit or below.
    pub unit: Option<OrgUnitId>,
    /// That this person has.
    pub person: Option<PersonId>,
    /// In this group, themselves or by their person.
    pub group: Option<GroupId>,
    pub narrow: Narrow,
}

impl DeviceFilter {
    /// As a text that stays the same for a minute, where times in it follow the clock.
    fn by_the_minute(&self) -> String {
        let minute = |at: Option<i64>| at.map(|at| at - at.rem_euclid(MINUTE_MS));
        let rounded = Self {
            seen_since: minute(self.seen_since),
            seen_before: minute(self.seen_before),
            narrow: self.narrow.each(minute),
            ..self.clone()
        };
        format!("{rounded:?}")
    }
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceSort {
    Name,
    Serial,
    OsVersion,
    Model,
    Person,
    #[default]
    LastSeen,
    EnrolledAt,
}

impl DeviceSort {
    const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Name, "name", "COALESCE(d.name, '')"),
        (
            Self::Serial,
            "serial_number",
            "COALESCE(d.serial_number, '')",
        ),
        (Self::OsVersion, "os_version", "COALESCE(d.os_version, '')"),
        (Self::Model, "model", MODEL),
        (Self::Person, "person", "COALESCE(d.person_name, '')"),
        (Self::LastSeen, "last_seen", "COALESCE(d.last_seen, 0)"),
        (
            Self::EnrolledAt,
            "enrolled_at",
            "COALESCE(d.enrolled_at, 0)",
        ),
    ];

    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(s, ..)| *s == self)
            .map_or("last_seen", |(_, name, _)| name)
    }

    /// Reads `name` or `-name`; true means descending.
    pub fn parse(text: &str) -> Result<(Self, bool), Error> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |n| (n, true));
        Self::ALL.iter().find(|(_, n, _)| *n == name).map(|(s, ..)| (*s, descending)).ok_or_else(
            || {
                Error::invalid(
                    "sort",
                    "sort",
                    "Sort by name, serial_number, os_version, model, person, last_seen or enrolled_at, with a \
                     minus sign for the other direction.",
                )
            },
        )
    }

    pub(super) fn is_numeric(self) -> bool {
        matches!(self, Self::LastSeen | Self::EnrolledAt)
    }

    pub(super) fn column(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(s, ..)| *s == self)
            .map_or("", |(.., column)| column)
    }
}

/// One row of the list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DeviceRow {
    pub id: DeviceId,
    pub name: String,
    pub platform: String,
    pub serial_number: Option<String>,
    pub model: Option<String>,
    pub model_name: Option<String>,
    pub os_version: Option<String>,
    pub status: String,
    pub ownership: Option<String>,
    pub enrollment_type: Option<String>,
    pub enrollment_status: Option<String>,
    pub contact: String,
    pub person_id: Option<PersonId>,
    pub person_name: Option<String>,
    pub supervised: Option<bool>,
    pub enrolled_at: Option<i64>,
    pub last_seen: Option<i64>,
    pub unit_name: String,
}

/// What people call the model.
pub(super) const MODEL: &str = "COALESCE(d.model_name, d.model, '')";

pub(super) const COLUMNS: &str = "d.device_id, d.name, d.platform, d.serial_number, d.model, \
    d.model_name, d.os_version, d.status, d.ownership, d.enrollment_type, d.enrollment_status, \
    d.contact, d.person_id, d.person_name, d.supervised, d.enrolled_at, d.last_seen, u.name";

pub(super) fn decode(row: &Row) -> Result<DeviceRow, Error> {
    let (id, serial) = (row.text(0)?, row.opt_text(3)?);
    Ok(DeviceRow {
        name: shown_name(row.opt_text(1)?.as_deref(), serial.as_deref(), &id),
        id: DeviceId::from_store(id),
        platform: row.text(2)?,
        serial_number: serial,
        model: row.opt_text(4)?,
        model_name: row.opt_text(5)?,
        os_version: row.opt_text(6)?,
        status: row.text(7)?,
        ownership: row.opt_text(8)?,
        enrollment_type: row.opt_text(9)?,
        enrollment_status: row.opt_text(10)?,
        contact: row.text(11)?,
        person_id: row.opt_text(12)?.map(PersonId::from_store),
        person_name: row.opt_text(13)?,
        supervised: row.opt_i64(14)?.map(|v| v != 0),
        enrolled_at: row.opt_i64(15)?,
        last_seen: row.opt_i64(16)?,
        unit_name: row.text(17)?,
    })
}

/// Whether every unit is the actor's: they are at the top, whose path has one part.
pub(super) fn reaches_all(actor: &Actor) -> bool {
    let path = &actor.unit_path;
    path.is_empty() || path.find('/').is_some_and(|at| at + 1 == path.len())
}

/// A query grown from fixed pieces; values are always bound.
pub(super) struct Query {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Query {
    pub(super) fn of_scope(select: &str, actor: &Actor) -> Self {
        const FROM: &str = "FROM device_summary d JOIN org_unit u ON u.id = d.org_unit_id";
        let own = actor.platform_filter();
        if reaches_all(actor) {
            // Without a condition on units a page is read in the order of its index.
            return Self {
                sql: format!("{select} {FROM} WHERE 1 = 1{own}"),
                values: Vec::new(),
            };
        }
        Self {
            sql: format!("{select} {FROM} WHERE u.path >= $1 AND u.path < $2{own}"),
            values: args![actor.unit_path.as_str(), prefix_end(&actor.unit_path)],
        }
    }

    pub(super) fn push(&mut self, text: &str, value: Value) {
        self.values.push(value);
        self.sql
            .push_str(&text.replace('?', &format!("${}", self.values.len())));
    }

    fn one_of(&mut self, column: &'static str, values: &[String]) {
        for (index, value) in values.iter().enumerate() {
            let open = if index == 0 { " AND (" } else { " OR " };
            if value == UNKNOWN {
                self.sql.push_str(open);
                self.sql.push_str("COALESCE(");
                self.sql.push_str(column);
                self.sql.push_str(", '') = ''");
            } else {
                self.push(&format!("{open}{column} = ?"), Value::from(value.as_str()));
            }
        }
        if !values.is_empty() {
            self.sql.push(')');
        }
    }

    /// Only what comes behind this place in the order.
    pub(super) fn behind(&mut self, sort: DeviceSort, descending: bool, place: Value, id: &str) {
        let (column, sign) = (sort.column(), if descending { '<' } else { '>' });
        // The first condition alone is one that an index can begin at.
        self.push(&format!(" AND {column} {sign}= ?"), place.clone());
        self.push(&format!(" AND ({column} {sign} ?"), place);
        self.push(&format!(" OR d.device_id {sign} ?)"), Value::from(id));
    }

    pub(super) fn filter(&mut self, filter: &DeviceFilter) {
        self.one_of("d.platform", &filter.platform);
        self.one_of("d.status", &filter.status);
        self.one_of("d.ownership", &filter.ownership);
        self.one_of("d.contact", &filter.contact);
        self.narrow(&filter.narrow);
        self.one_of("d.os_version", &filter.os_version);
        self.one_of(MODEL, &filter.model);
        if let Some(since) = filter.seen_since {
            self.push(" AND COALESCE(d.last_seen, 0) > ?", Value::from(since));
        }
        if let Some(before) = filter.seen_before {
            self.push(" AND COALESCE(d.last_seen, 0) <= ?", Value::from(before));
        }
        if let Some(unit) = &filter.unit {
            const FROM: &str = " AND u.path >= (SELECT path FROM org_unit WHERE id = ?)";
            const TO: &str = " AND u.path < (SELECT path || '~' FROM org_unit WHERE id = ?)";
            self.push(FROM, unit.clone().into());
            self.push(TO, unit.clone().into());
        }
        if let Some(person) = &filter.person {
            self.push(" AND d.person_id = ?", person.clone().into());
        }
        if let Some(group) = &filter.group {
            const DEVICES: &str = " AND (d.device_id IN (SELECT member_id FROM group_member \
                WHERE member_kind = 'device' AND group_id = ?)";
            const PEOPLE: &str = " OR d.person_id IN (SELECT member_id FROM group_member \
                WHERE member_kind = 'person' AND group_id = ?))";
            // A membership counts in the group's unit and below.
            const INSIDE: &str = " AND EXISTS (SELECT 1 FROM device_group g JOIN org_unit gu \
                ON gu.id = g.org_unit_id WHERE g.id = ? \
                AND substr(u.path, 1, length(gu.path)) = gu.path)";
            for text in [DEVICES, PEOPLE, INSIDE] {
                self.push(text, group.clone().into());
            }
        }
        let Some(search) = filter
            .search
            .as_deref()
            .map(str::trim)
            .filter(|s| !s.is_empty())
        else {
            return;
        };
        self.search(search);
    }

    /// Every word that was typed begins one of the device's, or all of them together, without spaces and hyphens,
    /// begin a number.
    fn search(&mut self, search: &str) {
        const WORD: &str = "SELECT w.device_id FROM device_word w WHERE w.word >= ? AND w.word < ";
        const IMEI: &str = " UNION SELECT i.device_id FROM device_summary i WHERE i.imei = ?";
        const UDID: &str = " UNION SELECT n.device_id FROM device_summary n WHERE n.udid = ?";
        let wanted: String = search.chars().take(100).collect();
        let mut typed: Vec<String> = words::of_text(&wanted).collect();
        typed.truncate(8);
        let bare = typed.concat();
        self.sql.push_str(" AND d.device_id IN (");
        for (index, word) in typed.iter().enumerate() {
            if index > 0 {
                self.sql.push_str(" INTERSECT ");
            }
            self.begins(WORD, word);
        }
        if typed.len() != 1 {
            // Signs alone find nothing.
            self.sql
                .push_str(if typed.is_empty() { "" } else { " UNION " });
            self.begins(WORD, &bare);
        }
        self.push(IMEI, Value::from(bare));
        self.push(UDID, Value::from(wanted.trim()));
        self.push(UDID, Value::from(wanted.trim().to_uppercase()));
        self.sql.push(')');
    }

    fn begins(&mut self, select: &str, word: &str) {
        self.push(select, Value::from(word));
        // The last of all characters is behind whatever follows.
        let end = if word.is_empty() {
            String::new()
        } else {
            format!("{word}\u{10ffff}")
        };
        self.push("?", Value::from(end));
    }
}

/// The place behind a row of an earlier page.
fn place_of(after: &str, sort: DeviceSort) -> Result<(Value, String), Error> {
    let odd = |detail| Error::invalid("after", "cursor", detail);
    let cursor = Cursor::decode(after)?;
    let [value, id] = cursor.values() else {
        return Err(odd("This cursor is not one of ours."));
    };
    let place = match value {
        Json::Number(n) => Value::from(n.as_i64().unwrap_or(0)),
        other => Value::from(other.as_str().unwrap_or_default()),
    };
    if sort.is_numeric() != value.is_number() {
        return Err(odd("This cursor belongs to another sort."));
    }
    Ok((place, id.as_str().unwrap_or_default().to_owned()))
}

/// How many devices of the actor's scope pass the filter; where they are many the number may be some seconds old
/// ([`crate::figures`]).
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn shown_count(core: &Core, actor: &Actor, filter: &DeviceFilter) -> Result<i64, Error> {
    may(actor, Permission::DevicesRead)?;
    let (reader, asked) = (actor.clone(), filter.clone());
    let of = Question::of("devices", actor).and(&filter.by_the_minute());
    core.figure(of, move |core| {
        Box::pin(async move {
            let figure = count_devices(&core, &reader, &asked).await?;
            Ok(Counted {
                figure,
                rows: figure,
            })
        })
    })
    .await
}

/// How many devices of the actor's scope pass the filter, now.
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn count_devices(
    core: &Core,
    actor: &Actor,
    filter: &DeviceFilter,
) -> Result<i64, Error> {
    may(actor, Permission::DevicesRead)?;
    let mut query = Query::of_scope("SELECT count(*)", actor);
    query.filter(filter);
    core.db()
        .read((query.sql, query.values), |tx, (sql, values)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                Ok::<_, Error>(rows.first().map_or(Ok(0), |row| row.i64(0))?)
            })
        })
        .await
}

/// A page of the actor's devices. The sort is unique with the id behind it, so that no row is met twice.
pub async fn list_devices(
    core: &Core,
    actor: &Actor,
    filter: &DeviceFilter,
    sort: (DeviceSort, bool),
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<DeviceRow>, Error> {
    may(actor, Permission::DevicesRead)?;
    let limit = page_size(limit)?;
    let (sort, descending) = sort;
    let column = sort.column();
    let mut query = Query::of_scope(&format!("SELECT {COLUMNS}, {column}"), actor);
    query.filter(filter);
    if let Some(after) = after {
        let (place, id) = place_of(after, sort)?;
        query.behind(sort, descending, place, &id);
    }
    let order = if descending { "DESC" } else { "ASC" };
    query.push(
        &format!(" ORDER BY {column} {order}, d.device_id {order} LIMIT ?"),
        Value::from(limit + 1),
    );
    core.db()
        .read(
            (query.sql, query.values, limit, sort),
            |tx, (sql, values, limit, sort)| {
                Box::pin(async move {
                    let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                    let keep = usize::try_from(*limit).unwrap_or(usize::MAX);
                    let items = rows
                        .iter()
                        .take(keep)
                        .map(decode)
                        .collect::<Result<Vec<_>, Error>>()?;
                    let next = match (rows.len() > keep, rows.get(keep.saturating_sub(1))) {
                        (true, Some(last)) => {
                            let place = if sort.is_numeric() {
                                Json::from(last.i64(18)?)
                            } else {
                                Json::from(last.text(18)?)
                            };
                            Some(Cursor::new(vec![place, Json::from(last.text(0)?)]).encode())
                        }
                        _ => None,
                    };
                    Ok::<_, Error>(Page { items, next })
                })
            },
        )
        .await
}
