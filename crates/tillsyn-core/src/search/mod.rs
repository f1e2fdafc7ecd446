//! One field finds what the reader reaches: devices, people, profiles, groups, units, invitations, commands. What
//! names exactly one thing (a serial number, an IMEI, a mail address, a command's id) is that thing.

mod exact;
pub(crate) mod people;
pub(crate) mod words;

use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::devices::{DeviceFilter, DeviceRow, DeviceSort, list_devices};
use crate::error::Error;
use crate::groups::{GroupFilter, list_groups};
use crate::help_desk;
use crate::people::{PersonFilter, PersonView, list_people};
use crate::profiles::{ProfileFilter, list_profiles};
use crate::units::unit_names;

/// Of each kind.
pub const MOST: usize = 5;
/// Shorter texts find nothing, unless they name something exactly.
pub const LEAST: usize = 2;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HitKind {
    Device,
    Person,
    Profile,
    Group,
    Unit,
    Invitation,
    Command,
}

impl HitKind {
    /// As the API names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Person => "person",
            Self::Profile => "profile",
            Self::Group => "group",
            Self::Unit => "org_unit",
            Self::Invitation => "invitation",
            Self::Command => "command",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub kind: HitKind,
    pub id: String,
    /// The device of a command.
    pub device_id: Option<String>,
    /// A command's type, else the name.
    pub name: String,
    /// What tells it from others of the name: serial number and person, mail address, identifier.
    pub detail: String,
}

impl Hit {
    fn new(kind: HitKind, id: &str, name: String, detail: String) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            device_id: None,
            name,
            detail,
        }
    }

    fn device(row: DeviceRow) -> Self {
        let personal = row.ownership.as_deref() == Some("personal");
        let parts = [row.serial_number.filter(|_| !personal), row.person_name];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        Self::new(
            HitKind::Device,
            row.id.as_str(),
            row.name,
            parts.join(" · "),
        )
    }

    fn person(person: PersonView) -> Self {
        Self::new(
            HitKind::Person,
            person.id.as_str(),
            person.name,
            person.email.unwrap_or_default(),
        )
    }
}

/// Hits of one kind.
#[derive(Clone, Debug)]
pub struct Kind {
    pub kind: HitKind,
    /// At most [`MOST`].
    pub hits: Vec<Hit>,
    /// There are others: the list of the kind shows them.
    pub more: bool,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The one thing that the text names exactly.
    pub exact: Option<Hit>,
    /// Kinds with hits, devices and people first.
    pub kinds: Vec<Kind>,
}

/// Looks for what was typed or pasted, among what the reader reaches and may see. A text that is too short finds
/// nothing.
///
/// # Errors
/// Only those of the database: whoever may see nothing finds nothing.
pub async fn search(core: &Core, actor: &Actor, wanted: &str) -> Result<Found, Error> {
    let wanted: String = wanted.trim().chars().take(100).collect();
    if wanted.chars().count() < LEAST {
        return Ok(Found::default());
    }
    if let Some(hit) = exact::exact(core, actor, &wanted).await? {
        return Ok(Found {
            exact: Some(hit.clone()),
            kinds: vec![Kind {
                kind: hit.kind,
                hits: vec![hit],
                more: false,
            }],
        });
    }
    let mut found = Found::default();
    let mut take = |kind, mut hits: Vec<Hit>, more: bool| {
        let more = more || hits.len() > MOST;
        hits.truncate(MOST);
        if !hits.is_empty() {
            found.kinds.push(Kind { kind, hits, more });
        }
    };
    if actor.holds(Permission::DevicesRead) {
        let (hits, more) = devices(core, actor, &wanted).await?;
        take(HitKind::Device, hits, more);
    }
    if actor.holds(Permission::PeopleRead) {
        let (hits, more) = of_people(core, actor, &wanted).await?;
        take(HitKind::Person, hits, more);
    }
    if actor.holds(Permission::ProfilesRead) {
        let (hits, more) = profiles(core, actor, &wanted).await?;
        take(HitKind::Profile, hits, more);
    }
    if actor.holds(Permission::GroupsRead) {
        let (hits, more) = groups(core, actor, &wanted).await?;
        take(HitKind::Group, hits, more);
    }
    take(HitKind::Unit, units(core, actor, &wanted).await?, false);
    if actor.holds(Permission::InvitationsRead) {
        let hits = help_desk::invitations(core, actor, &wanted).await?;
        let hit =
            |hit: help_desk::Hit| Hit::new(HitKind::Invitation, &hit.id, hit.name, hit.detail);
        take(
            HitKind::Invitation,
            hits.into_iter().map(hit).collect(),
            false,
        );
    }
    Ok(found)
}

fn limit() -> Option<i64> {
    i64::try_from(MOST).ok()
}

async fn devices(core: &Core, actor: &Actor, wanted: &str) -> Result<(Vec<Hit>, bool), Error> {
    let filter = DeviceFilter {
        search: Some(wanted.to_owned()),
        ..DeviceFilter::default()
    };
    let by_name = (DeviceSort::Name, false);
    let found = list_devices(core, actor, &filter, by_name, None, limit()).await?;
    let more = found.next.is_some();
    Ok((found.items.into_iter().map(Hit::device).collect(), more))
}

async fn of_people(core: &Core, actor: &Actor, wanted: &str) -> Result<(Vec<Hit>, bool), Error> {
    let filter = PersonFilter {
        search: Some(wanted.to_owned()),
        ..PersonFilter::default()
    };
    let found = list_people(core, actor, &filter, None, limit()).await?;
    let more = found.next.is_some();
    Ok((found.items.into_iter().map(Hit::person).collect(), more))
}

async fn profiles(core: &Core, actor: &Actor, wanted: &str) -> Result<(Vec<Hit>, bool), Error> {
    let filter = ProfileFilter {
        search: Some(wanted.to_owned()),
        ..ProfileFilter::default()
    };
    let found = list_profiles(core, actor, &filter, None, limit()).await?;
    let more = found.next.is_some();
    let hits = found.items.into_iter().map(|profile| {
        Hit::new(
            HitKind::Profile,
            profile.id.as_str(),
            profile.name,
            profile.identifier,
        )
    });
    Ok((hits.collect(), more))
}

async fn groups(core: &Core, actor: &Actor, wanted: &str) -> Result<(Vec<Hit>, bool), Error> {
    let filter = GroupFilter {
        search: Some(wanted.to_owned()),
        ..GroupFilter::default()
    };
    let found = list_groups(core, actor, &filter, None, limit()).await?;
    let more = found.next.is_some();
    let hits = found.items.into_iter().map(|group| {
        Hit::new(
            HitKind::Group,
            group.id.as_str(),
            group.name,
            group.unit_name,
        )
    });
    Ok((hits.collect(), more))
}

/// Whoever may not see units finds none.
async fn units(core: &Core, actor: &Actor, wanted: &str) -> Result<Vec<Hit>, Error> {
    let wanted = wanted.to_lowercase();
    let units = match unit_names(core, actor).await {
        Err(error) if error.kind == crate::error::Kind::Forbidden => return Ok(Vec::new()),
        units => units?,
    };
    let named = units
        .into_iter()
        .filter(|unit| unit.name.to_lowercase().contains(&wanted));
    Ok(named
        .take(MOST + 1)
        .map(|unit| Hit::new(HitKind::Unit, unit.id.as_str(), unit.name, String::new()))
        .collect())
}
