//! How far profiles are in use: for lists and heads of pages.

use std::collections::{BTreeMap, HashMap};

use tillsyn_db::args;

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::ids::ProfileId;

/// Who is to have a profile, and how far it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Devices by the state of the item; a device with several channels counts in each of its states once.
    pub states: BTreeMap<String, i64>,
    /// Devices that have it or are to have it.
    pub devices: i64,
    pub assignments: i64,
    /// Targets that are included, by kind: `device`, `group`, `org_unit`.
    pub targets: BTreeMap<String, i64>,
    /// Targets that are excluded.
    pub excluded: i64,
}

/// The usage of profiles that the actor has seen; one of them that nobody has is absent.
///
/// # Errors
/// Forbidden without the permission to read profiles.
pub async fn usage(
    core: &Core,
    actor: &Actor,
    profiles: &[ProfileId],
) -> Result<HashMap<ProfileId, Usage>, Error> {
    const STATES: &str = "SELECT item_id, state, count(DISTINCT device_id) FROM item_state \
        WHERE kind = 'profile' AND item_id {ids} GROUP BY item_id, state";
    const DEVICES: &str = "SELECT item_id, count(DISTINCT device_id) FROM item_state \
        WHERE kind = 'profile' AND item_id {ids} GROUP BY item_id";
    const ASSIGNED: &str = "SELECT item_id, count(*) FROM assignment \
        WHERE kind = 'profile' AND item_id {ids} GROUP BY item_id";
    const TARGETS: &str = "SELECT a.item_id, t.mode, t.target_kind, count(*) FROM assignment a \
        JOIN assignment_target t ON t.assignment_id = a.id \
        WHERE a.kind = 'profile' AND a.item_id {ids} GROUP BY a.item_id, t.mode, t.target_kind";
    may(actor, Permission::ProfilesRead)?;
    let ids: Vec<String> = profiles.iter().map(ToString::to_string).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    core.db()
        .read(ids, |tx, ids| {
            Box::pin(async move {
                let mut found: HashMap<ProfileId, Usage> = HashMap::new();
                let of = |text: String| ProfileId::from_store(text);
                for row in tx.fetch_all_in(STATES, ids.clone(), args![]).await? {
                    let usage = found.entry(of(row.text(0)?)).or_default();
                    usage.states.insert(row.text(1)?, row.i64(2)?);
                }
                for row in tx.fetch_all_in(DEVICES, ids.clone(), args![]).await? {
                    found.entry(of(row.text(0)?)).or_default().devices = row.i64(1)?;
                }
                for row in tx.fetch_all_in(ASSIGNED, ids.clone(), args![]).await? {
                    found.entry(of(row.text(0)?)).or_default().assignments = row.i64(1)?;
                }
                for row in tx.fetch_all_in(TARGETS, ids.clone(), args![]).await? {
                    let usage = found.entry(of(row.text(0)?)).or_default();
                    if row.str(1)? == "exclude" {
                        usage.excluded += row.i64(3)?;
                    } else {
                        *usage.targets.entry(row.text(2)?).or_default() += row.i64(3)?;
                    }
                }
                Ok::<_, Error>(found)
            })
        })
        .await
}
