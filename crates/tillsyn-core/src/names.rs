//! Names of what events point at, for lists of them: events themselves hold ids only.

use std::collections::HashMap;

use tillsyn_db::args;

use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::EventView;

/// Id to name. Ids are unique over all kinds; what has no name is absent.
pub type Names = HashMap<String, String>;

const DEVICES: &str =
    "SELECT device_id, name, serial_number FROM device_summary WHERE device_id {ids}";
const ACCOUNTS: &str = "SELECT a.id, COALESCE(p.name, a.name) FROM account a \
    LEFT JOIN person p ON p.id = a.person_id WHERE a.id {ids}";
const TOKENS: &str = "SELECT id, name FROM api_token WHERE id {ids}";
const INVITATIONS: &str = "SELECT id, label FROM invitation WHERE id {ids}";
const UNITS: &str = "SELECT id, name FROM org_unit WHERE id {ids}";
const GROUPS: &str = "SELECT id, name FROM device_group WHERE id {ids}";
const PROFILES: &str = "SELECT id, name FROM profile WHERE id {ids}";
const PEOPLE: &str = "SELECT id, name FROM person WHERE status <> 'erased' AND id {ids}";

/// The names of actors and objects of these events. The events were read within the reader's scope, so
/// what they point at may be named.
pub async fn of_events(core: &Core, events: &[EventView]) -> Result<Names, Error> {
    let mut ids: Vec<String> = events
        .iter()
        .flat_map(|event| [&event.actor_id, &event.object_id])
        .filter(|id| !id.is_empty())
        .cloned()
        .collect();
    ids.sort_unstable();
    ids.dedup();
    core.db()
        .read(ids, |tx, ids| {
            Box::pin(async move {
                let mut names = Names::new();
                if ids.is_empty() {
                    return Ok::<_, Error>(names);
                }
                for row in tx.fetch_all_in(DEVICES, ids.clone(), args![]).await? {
                    let id = row.text(0)?;
                    let (name, serial) = (row.opt_text(1)?, row.opt_text(2)?);
                    let shown = shown_name(name.as_deref(), serial.as_deref(), &id);
                    names.insert(id, shown);
                }
                for sql in [
                    ACCOUNTS,
                    TOKENS,
                    INVITATIONS,
                    UNITS,
                    GROUPS,
                    PROFILES,
                    PEOPLE,
                ] {
                    for row in tx.fetch_all_in(sql, ids.clone(), args![]).await? {
                        names.insert(row.text(0)?, row.text(1)?);
                    }
                }
                Ok(names)
            })
        })
        .await
}
