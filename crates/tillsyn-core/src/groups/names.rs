//! Members by what people call them: serial numbers and mail addresses, pasted in any order.

use std::collections::{BTreeMap, BTreeSet};

use tillsyn_db::args;

use super::members::{MOST, Member, MemberKind, unknown_members};
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{DeviceId, PersonId};

const BY_SERIAL: &str = "SELECT 'device', d.id, d.serial_number, d.platform FROM device d \
    JOIN org_unit u ON u.id = d.org_unit_id \
    WHERE u.path >= $1 AND u.path < $2 AND d.serial_number {ids}";
const BY_EMAIL: &str = "SELECT 'person', p.id, p.email, '' FROM person p \
    JOIN org_unit u ON u.id = p.org_unit_id \
    WHERE u.path >= $1 AND u.path < $2 AND p.email {ids}";

/// The person who has this mail address, among those that the actor reaches.
pub async fn person_with_email(
    core: &Core,
    actor: &Actor,
    email: &str,
) -> Result<Option<PersonId>, Error> {
    may(actor, Permission::PeopleRead)?;
    let found = found(core, actor, vec![BY_EMAIL], keys(email)).await?;
    let first = found.into_iter().next();
    Ok(first.map(|(_, id, _)| PersonId::from_store(id)))
}

/// The device that has this serial number, among those that the actor reaches.
pub async fn device_with_serial(
    core: &Core,
    actor: &Actor,
    serial: &str,
) -> Result<Option<DeviceId>, Error> {
    may(actor, Permission::DevicesRead)?;
    let found = found(core, actor, vec![BY_SERIAL], keys(serial)).await?;
    let first = found.into_iter().next();
    Ok(first.map(|(_, id, _)| DeviceId::from_store(id)))
}

/// As it is kept, and as it was typed.
fn keys(name: &str) -> Vec<String> {
    let name = name.trim();
    let mut keys = vec![key(name), name.to_owned()];
    keys.dedup();
    keys
}

/// Kind, id and name of whatever the statements find by these keys.
async fn found(
    core: &Core,
    actor: &Actor,
    statements: Vec<&'static str>,
    keys: Vec<String>,
) -> Result<Vec<(String, String, String)>, Error> {
    let input = (statements, keys, actor.clone());
    core.db()
        .read(input, |tx, (statements, keys, actor)| {
            Box::pin(async move {
                let path = actor.unit_path.as_str();
                let mut found = Vec::new();
                for sql in statements {
                    let values = args![path, prefix_end(path)];
                    for row in tx.fetch_all_in(sql, keys.clone(), values).await? {
                        let kind = row.text(0)?;
                        if kind == "person" || actor.reaches_device(path, row.str(3)?) {
                            found.push((kind, row.text(1)?, row.text(2)?));
                        }
                    }
                }
                Ok::<_, Error>(found)
            })
        })
        .await
}

/// Finds the members that a list names: ids, serial numbers of devices, mail addresses of people. All that
/// are not found are told at once, in the words of the list.
pub async fn find_members(
    core: &Core,
    actor: &Actor,
    names: &[String],
) -> Result<Vec<Member>, Error> {
    const BY_ID: &str = "SELECT 'device', d.id, d.id, d.platform FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE u.path >= $1 AND u.path < $2 AND d.id {ids}";
    const PERSON_BY_ID: &str = "SELECT 'person', p.id, p.id, '' FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE u.path >= $1 AND u.path < $2 AND p.id {ids}";
    may(actor, Permission::GroupsWrite)?;
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for name in names.iter().map(|name| name.trim()) {
        if !name.is_empty() {
            wanted.insert(key(name), name.to_owned());
        }
    }
    if wanted.len() > MOST {
        return Err(Error::invalid(
            "add",
            "members_many",
            format!("One change names at most {MOST} members."),
        ));
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    // Serial numbers are capitals; one that is not is found as it was typed.
    let keys: Vec<String> = wanted.keys().chain(wanted.values()).cloned().collect();
    let statements = vec![BY_ID, BY_SERIAL, PERSON_BY_ID, BY_EMAIL];
    let found = found(core, actor, statements, keys).await?;
    let mut members = BTreeSet::new();
    for (kind, id, name) in found {
        wanted.remove(&key(&name));
        if let Some(kind) = MemberKind::parse(&kind) {
            members.insert(Member { kind, id });
        }
    }
    match unknown_members(&wanted.into_values().collect::<Vec<_>>()) {
        None => Ok(members.into_iter().collect()),
        Some(error) => Err(error),
    }
}

/// How a name is kept: mail addresses and ids in lower case, serial numbers in capitals without the spaces
/// that people paste with them.
pub(crate) fn key(name: &str) -> String {
    if name.contains('@') || uuid::Uuid::try_parse(name).is_ok() {
        return name.to_lowercase();
    }
    name.chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_uppercase()
}
