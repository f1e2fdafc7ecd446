//! People as lists and pages show them.

use tillsyn_db::{Row, args};

use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::figures::{Counted, Question};
use crate::groups::{cut, place};
use crate::ids::{OrgUnitId, PersonId};
use crate::paging::{Page, page_size};
use crate::search::people;
use crate::text;
use crate::units::scope;

/// One person.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PersonView {
    pub id: PersonId,
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    #[serde(skip)]
    pub unit_path: String,
    pub name: String,
    pub email: Option<String>,
    pub language: Option<String>,
    /// `active` or `inactive`.
    pub status: String,
    /// Devices that are theirs now, those that the reader reaches.
    pub devices: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Which people.
#[derive(Clone, Debug, Default)]
pub struct PersonFilter {
    /// Part of name or mail address.
    pub search: Option<String>,
    /// `active` or `inactive`.
    pub status: Option<String>,
    /// In this unit or below.
    pub unit: Option<OrgUnitId>,
}

/// `$1` is the path of what the reader reaches, `{own}` what they reach of platforms: other devices are not
/// counted.
const COLUMNS: &str = "SELECT p.id, u.id, u.name, u.path, p.name, p.email, p.language, p.status, \
    (SELECT count(*) FROM device_summary d JOIN org_unit du ON du.id = d.org_unit_id \
    WHERE d.person_id = p.id AND substr(du.path, 1, length($1)) = $1{own}), p.created_at, p.updated_at \
    FROM person p JOIN org_unit u ON u.id = p.org_unit_id";

fn columns(actor: &Actor) -> String {
    COLUMNS.replace("{own}", actor.platform_filter())
}

fn decode(row: &Row) -> Result<PersonView, Error> {
    Ok(PersonView {
        id: PersonId::from_store(row.text(0)?),
        unit_id: OrgUnitId::from_store(row.text(1)?),
        unit_name: row.text(2)?,
        unit_path: row.text(3)?,
        name: row.text(4)?,
        email: row.opt_text(5)?,
        language: row.opt_text(6)?,
        status: row.text(7)?,
        devices: row.i64(8)?,
        created_at: row.i64(9)?,
        updated_at: row.i64(10)?,
    })
}

/// One person of the actor's scope.
pub async fn person(core: &Core, actor: &Actor, id: &PersonId) -> Result<PersonView, Error> {
    let sql = format!(
        "{} WHERE p.id = $2 AND p.status <> 'erased'",
        columns(actor)
    );
    core.db()
        .read((sql, id.clone(), actor.clone()), |tx, (sql, id, actor)| {
            Box::pin(async move {
                let values = args![actor.unit_path.as_str(), id];
                let rows = tx.fetch_all_dyn(sql, values).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("person"))?;
                authorize(actor, Permission::PeopleRead, &row.text(3)?)?;
                decode(row)
            })
        })
        .await
}

/// How many people the list of the actor's scope has; where they are many the number may be some seconds old
/// ([`crate::figures`]).
///
/// # Errors
/// Forbidden without the permission to see people.
pub async fn count_people(core: &Core, actor: &Actor) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2 AND p.status <> 'erased'";
    may(actor, Permission::PeopleRead)?;
    let path = actor.unit_path.clone();
    core.figure(Question::of("people", actor), move |core| {
        Box::pin(async move {
            let values = args![path.as_str(), prefix_end(&path)];
            let row = core.db().query_optional(COUNT, values).await?;
            let figure = row.map_or(Ok(0), |row| row.i64(0))?;
            Ok(Counted {
                figure,
                rows: figure,
            })
        })
    })
    .await
}

/// The people of the actor's scope by name.
pub async fn list_people(
    core: &Core,
    actor: &Actor,
    filter: &PersonFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<PersonView>, Error> {
    may(actor, Permission::PeopleRead)?;
    let limit = page_size(limit)?;
    let status = match filter.status.as_deref() {
        None | Some("") => "",
        Some("active") => "active",
        Some("inactive") => "inactive",
        Some(_) => {
            let text = "A person is active or inactive.";
            return Err(Error::invalid("status", "person_status", text));
        }
    };
    let (from, to) = scope(core, actor, filter.unit.as_ref()).await?;
    let (name, id) = place(after)?;
    let reach = actor.unit_path.as_str();
    let mut values = args![reach, from, to, status, name, id, limit + 1];
    let pattern = text::pattern(filter.search.as_deref());
    let search = if pattern.is_empty() {
        String::new()
    } else {
        let wanted = filter.search.as_deref().unwrap_or_default();
        let (ids, found) = people::found(wanted, &pattern, values.len() + 1);
        values.extend(found);
        format!(" AND p.id IN ({ids})")
    };
    let sql = format!(
        "{} WHERE u.path >= $2 AND u.path < $3 AND p.status <> 'erased' AND ($4 = '' OR p.status = $4) \
         AND (p.name > $5 OR (p.name = $5 AND p.id > $6)){search} ORDER BY p.name, p.id LIMIT $7",
        columns(actor)
    );
    core.db()
        .read((sql, values, limit), |tx, (sql, values, limit)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                let found = rows.iter().map(decode).collect::<Result<Vec<_>, Error>>()?;
                Ok::<_, Error>(cut(found, *limit, |person| {
                    (&person.name, person.id.as_str())
                }))
            })
        })
        .await
}
