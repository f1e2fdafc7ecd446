//! The departments of the demo, with a few people, groups and profiles. Devices come to them by their
//! invitations.

use tillsyn_core::assignments::{AssignedChannel, TargetKind, TargetRef, Terms};
use tillsyn_core::groups::{NewGroup, change_members, create_group, find_members};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::people::{NewPerson, create_person};
use tillsyn_core::plans::{self, Change};
use tillsyn_core::profiles::{self, NewProfile, Origin, create_profile};
use tillsyn_core::units::{NewUnit, create_unit, list_units};
use tillsyn_core::{Actor, Core};

const FACULTY: &str = "Faculty of Science";
/// Department and, where there is one, what it is part of.
const DEPARTMENTS: [(&str, Option<&str>); 4] = [
    (FACULTY, None),
    ("Physics", Some(FACULTY)),
    ("Chemistry", Some(FACULTY)),
    ("Library", None),
];
const PEOPLE: [(&str, &str, &str); 3] = [
    ("Ingrid Nyberg", "ingrid@norrvik.example", "Library"),
    ("Tomas Falk", "tomas@norrvik.example", "Physics"),
    ("Yuki Mori", "yuki@norrvik.example", "Chemistry"),
];
/// Group, its department and who is in it from the start.
const GROUPS: [(&str, &str, &str); 2] = [
    ("Loan iPads", "Library", "ingrid@norrvik.example"),
    ("Laboratory", FACULTY, "tomas@norrvik.example"),
];
/// Template, name and the department whose devices get it.
const PROFILES: [(&str, &str, &str); 3] = [
    ("baseline_ios", "Security baseline", FACULTY),
    ("mail", "Staff mail", "Physics"),
    ("web_clip", "Library catalogue", "Library"),
];

/// Makes them, once.
pub(super) async fn make(core: &Core, actor: &Actor) -> anyhow::Result<()> {
    let mut made: Vec<(&str, OrgUnitId)> = Vec::new();
    let id = |made: &[(&str, OrgUnitId)], name: &str| {
        let found = made.iter().find(|(known, _)| *known == name);
        found.map(|(_, id)| id.clone())
    };
    for (name, parent) in DEPARTMENTS {
        let new = NewUnit {
            name: name.to_owned(),
            parent: parent.and_then(|parent| id(&made, parent)),
        };
        made.push((name, create_unit(core, actor, new).await?.id));
    }
    for (name, email, department) in PEOPLE {
        let new = NewPerson {
            name: name.to_owned(),
            email: Some(email.to_owned()),
            language: None,
            unit: id(&made, department),
        };
        create_person(core, actor, new).await?;
    }
    for (name, department, member) in GROUPS {
        let new = NewGroup {
            name: name.to_owned(),
            description: None,
            unit: id(&made, department),
        };
        let group = create_group(core, actor, new).await?;
        let members = find_members(core, actor, &[member.to_owned()]).await?;
        change_members(core, actor, &group.id, members, Vec::new()).await?;
    }
    for (template, name, department) in PROFILES {
        if let Some(unit) = id(&made, department) {
            give(core, actor, template, name, unit).await?;
        }
    }
    Ok(())
}

/// Publishes a profile made from a template and gives it to all devices of a department.
async fn give(
    core: &Core,
    actor: &Actor,
    template: &str,
    name: &str,
    unit: OrgUnitId,
) -> anyhow::Result<()> {
    let new = NewProfile {
        name: Some(name.to_owned()),
        description: None,
        unit: Some(unit.clone()),
        origin: Origin::Template(template.to_owned()),
    };
    let profile = create_profile(core, actor, new).await?;
    profiles::publish(core, actor, &profile, 1, None).await?;
    let terms = Terms {
        channel: AssignedChannel::Device,
        version: None,
        include: vec![TargetRef {
            kind: TargetKind::OrgUnit,
            id: unit.to_string(),
        }],
        exclude: Vec::new(),
    };
    let profile_id = profile.to_string();
    plans::change_directly(core, actor, Change::Assign { profile_id, terms }).await?;
    Ok(())
}

/// Where device number `index` belongs.
pub(super) async fn of_device(
    core: &Core,
    actor: &Actor,
    index: usize,
) -> anyhow::Result<Option<OrgUnitId>> {
    let units = list_units(core, actor).await?;
    Ok(units
        .get(index % units.len().max(1))
        .map(|unit| unit.id.clone()))
}
