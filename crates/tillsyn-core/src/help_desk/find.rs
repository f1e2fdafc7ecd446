//! One field finds by name, mail address, serial number, IMEI, device name, and the label of an invitation.

use std::collections::BTreeSet;

use tillsyn_db::args;

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::devices::{DeviceFilter, DeviceSort, list_devices};
use crate::error::Error;
use crate::events::prefix_end;
use crate::people::{PersonFilter, list_people};
use crate::text;

/// Of each kind, so that the page stays one that can be read.
const MOST: i64 = 20;
/// Shorter texts find everybody.
const LEAST: usize = 2;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HitKind {
    Person,
    Device,
    Invitation,
}

impl HitKind {
    /// As the API names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Device => "device",
            Self::Invitation => "invitation",
        }
    }
}

/// Somebody or something that was meant, with the page to open: of the person where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub kind: HitKind,
    pub id: String,
    /// The person to whom a device or invitation belongs, when the reader sees people.
    pub person_id: Option<String>,
    pub name: String,
    /// Mail address, serial number, or the person's name.
    pub detail: String,
}

impl Hit {
    /// What opens: hits that open the same are one.
    pub fn target(&self) -> (HitKind, &str) {
        match &self.person_id {
            Some(person) => (HitKind::Person, person),
            None => (self.kind, &self.id),
        }
    }
}

/// Looks for what somebody typed among all that the reader reaches and may see: people, devices, invitations.
/// Nothing else is found, and nothing else is counted.
///
/// # Errors
/// Forbidden without the permission to see people; invalid for a text that is too short.
pub async fn find(core: &Core, actor: &Actor, wanted: &str) -> Result<Vec<Hit>, Error> {
    may(actor, Permission::PeopleRead)?;
    let wanted: String = wanted.trim().chars().take(100).collect();
    if wanted.chars().count() < LEAST {
        let text = format!("Type {LEAST} characters at least.");
        return Err(Error::invalid("q", "text_short", text));
    }
    let mut hits = people(core, actor, &wanted).await?;
    if actor.holds(Permission::DevicesRead) {
        hits.extend(devices(core, actor, &wanted).await?);
    }
    if actor.holds(Permission::InvitationsRead) {
        hits.extend(invitations(core, actor, &wanted).await?);
    }
    // Who is found by name and by each of their devices is found once.
    let mut seen = BTreeSet::new();
    hits.retain(|hit| {
        let (kind, id) = hit.target();
        seen.insert((kind, id.to_owned()))
    });
    Ok(hits)
}

async fn people(core: &Core, actor: &Actor, wanted: &str) -> Result<Vec<Hit>, Error> {
    let filter = PersonFilter {
        search: Some(wanted.to_owned()),
        ..PersonFilter::default()
    };
    let found = list_people(core, actor, &filter, None, Some(MOST)).await?;
    let hit = |person: crate::people::PersonView| Hit {
        kind: HitKind::Person,
        person_id: Some(person.id.to_string()),
        id: person.id.to_string(),
        name: person.name,
        detail: person.email.unwrap_or_default(),
    };
    Ok(found.items.into_iter().map(hit).collect())
}

/// Whose device it is, only those hear who reach the person.
const REACHED: &str = "SELECT p.id FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
    WHERE u.path >= $1 AND u.path < $2 AND p.status <> 'erased' AND p.id {ids}";

async fn reached(
    core: &Core,
    actor: &Actor,
    people: Vec<String>,
) -> Result<BTreeSet<String>, Error> {
    if people.is_empty() {
        return Ok(BTreeSet::new());
    }
    let input = (people, actor.unit_path.clone());
    let rows = core
        .db()
        .read(input, |tx, (people, path)| {
            Box::pin(async move {
                let values = args![path.as_str(), prefix_end(path)];
                Ok::<_, Error>(tx.fetch_all_in(REACHED, people.clone(), values).await?)
            })
        })
        .await?;
    rows.iter()
        .map(|row| Ok(row.text(0)?))
        .collect::<Result<_, Error>>()
}

async fn devices(core: &Core, actor: &Actor, wanted: &str) -> Result<Vec<Hit>, Error> {
    let filter = DeviceFilter {
        search: Some(wanted.to_owned()),
        ..DeviceFilter::default()
    };
    let by_name = (DeviceSort::Name, false);
    let found = list_devices(core, actor, &filter, by_name, None, Some(MOST)).await?;
    let owners = found.items.iter().filter_map(|row| row.person_id.as_ref());
    let owners = owners.map(ToString::to_string).collect();
    let reached = reached(core, actor, owners).await?;
    let hit = |row: crate::devices::DeviceRow| {
        let person = row.person_id.map(|id| id.to_string());
        Hit {
            kind: HitKind::Device,
            id: row.id.to_string(),
            person_id: person.filter(|id| reached.contains(id)),
            name: row.name,
            detail: row.serial_number.unwrap_or_default(),
        }
    };
    Ok(found.items.into_iter().map(hit).collect())
}

/// Of people out of reach, neither the name nor the label, which mostly is the name, finds anything: an invitation
/// stays in the unit that somebody left.
pub(crate) async fn invitations(
    core: &Core,
    actor: &Actor,
    wanted: &str,
) -> Result<Vec<Hit>, Error> {
    const FIND: &str = "SELECT i.id, i.label, i.person_id, COALESCE(p.name, '') FROM invitation i \
        JOIN org_unit u ON u.id = i.org_unit_id LEFT JOIN person p ON p.id = i.person_id \
        LEFT JOIN org_unit o ON o.id = p.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2 AND (i.person_id IS NULL \
        OR (o.path >= $1 AND o.path < $2 AND p.status <> 'erased')) \
        AND (lower(i.label) LIKE $3 ESCAPE '\\' OR lower(p.name) LIKE $3 ESCAPE '\\') \
        ORDER BY i.created_at DESC, i.id LIMIT $4";
    let path = actor.unit_path.as_str();
    let values = args![path, prefix_end(path), text::pattern(Some(wanted)), MOST];
    let rows = core.db().query_all(FIND, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Hit {
                kind: HitKind::Invitation,
                id: row.text(0)?,
                person_id: row.opt_text(2)?,
                name: row.text(1)?,
                detail: row.text(3)?,
            })
        })
        .collect()
}
