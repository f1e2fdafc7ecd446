//! What directories say of one person, where they differ, and which of them counts.

use std::collections::BTreeMap;

use tillsyn_db::args;

use super::links::{LinkView, links_of_person};
use super::model::FIELDS;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DirectoryId, PersonId};

/// One directory that knows a person.
#[derive(Clone, Debug)]
pub struct PersonDirectory {
    pub link: LinkView,
    /// When it last named them; absent while it does not.
    pub seen_at: Option<i64>,
}

/// A field that directories say differently of a person, the one that counts first.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// One of [`FIELDS`].
    pub field: &'static str,
    /// Names of directories with what they say; nothing when they say that it is empty.
    pub said: Vec<(String, Option<String>)>,
}

/// The directories that know a person, the one that owns most first, and where they differ.
pub async fn directories_of_person(
    core: &Core,
    actor: &Actor,
    id: &PersonId,
) -> Result<(Vec<PersonDirectory>, Vec<Disagreement>), Error> {
    const READ: &str = "SELECT s.id, s.last_run_at FROM directory_source s \
        JOIN directory_link l ON l.source_id = s.id WHERE l.person_id = $1";
    const OWNERS: &str = "SELECT field, source_id FROM person_field WHERE person_id = $1";
    let links = links_of_person(core, actor, id).await?;
    let mut read = BTreeMap::new();
    for row in core.db().query_all(READ, args![id]).await? {
        read.insert(row.text(0)?, row.opt_i64(1)?);
    }
    let mut owners = BTreeMap::new();
    for row in core.db().query_all(OWNERS, args![id]).await? {
        owners.insert(row.text(0)?, DirectoryId::from_store(row.text(1)?));
    }
    let differ = FIELDS
        .iter()
        .filter_map(|field| disagreement(field, &links, owners.get(*field)))
        .collect();
    let known = links
        .into_iter()
        .map(|link| {
            let run = read.get(link.source_id.as_str()).copied().flatten();
            let seen_at = match link.missing_since {
                None => Some(run.unwrap_or_default().max(link.updated_at)),
                Some(_) => None,
            };
            PersonDirectory { link, seen_at }
        })
        .collect();
    Ok((known, differ))
}

fn disagreement(
    field: &'static str,
    links: &[LinkView],
    owner: Option<&DirectoryId>,
) -> Option<Disagreement> {
    let mut said: Vec<(&DirectoryId, &str, Option<&str>)> = links
        .iter()
        .filter_map(|link| {
            let value = link.fields.get(field)?.as_deref();
            Some((&link.source_id, link.source_name.as_str(), value))
        })
        .collect();
    let first = said.first()?.2;
    if said.iter().all(|(_, _, value)| *value == first) {
        return None;
    }
    // In the order of priority, unless the first could not have it: an address that another person has.
    said.sort_by_key(|(source, _, _)| owner.is_some_and(|owner| owner != *source));
    let said = said
        .into_iter()
        .map(|(_, name, value)| (name.to_owned(), value.map(str::to_owned)))
        .collect();
    Some(Disagreement { field, said })
}
