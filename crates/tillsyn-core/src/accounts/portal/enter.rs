//! Who is signed in at the portal.

use tillsyn_db::{Tx, args};

use crate::accounts::session::{self, Session};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DeviceId, OrgUnitId, PersonId};

/// The person behind a session.
#[derive(Clone, Debug)]
pub struct SignedPerson {
    pub id: PersonId,
    pub name: String,
    pub email: Option<String>,
    pub language: Option<String>,
    pub unit_id: OrgUnitId,
    pub unit_path: String,
}

/// A session of somebody who is in the list of people and active.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Its actor holds no rights.
    pub session: Session,
    pub person: SignedPerson,
}

/// Resumes the session behind a cookie. `None` when it ended, or when its account is no active person's.
pub async fn resume(
    core: &Core,
    token: &str,
    address: Option<String>,
) -> Result<Option<Signed>, Error> {
    let Some(mut session) = session::resume(core, token, address).await? else {
        return Ok(None);
    };
    let Some(id) = session.person.clone().filter(|_| session.portal_only) else {
        return Ok(None);
    };
    let found = core
        .db()
        .read(id, |tx, id| Box::pin(async move { find_in(tx, id).await }))
        .await?;
    let Some(person) = found else {
        return Ok(None);
    };
    session.actor = session.actor.without_rights();
    session.actor.unit_path.clone_from(&person.unit_path);
    session.actor.name.clone_from(&person.name);
    Ok(Some(Signed { session, person }))
}

async fn find_in(tx: &Tx, id: &PersonId) -> Result<Option<SignedPerson>, Error> {
    const FIND: &str = "SELECT p.id, p.name, p.email, p.language, u.id, u.path FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1 AND p.status = 'active'";
    let Some(row) = tx.fetch_optional(FIND, args![id]).await? else {
        return Ok(None);
    };
    Ok(Some(SignedPerson {
        id: PersonId::from_store(row.text(0)?),
        name: row.text(1)?,
        email: row.opt_text(2)?,
        language: row.opt_text(3)?,
        unit_id: OrgUnitId::from_store(row.text(4)?),
        unit_path: row.text(5)?,
    }))
}

/// A device of one's own.
#[derive(Clone, Debug)]
pub struct OwnDevice {
    pub id: DeviceId,
    pub name: Option<String>,
    pub model: Option<String>,
    /// A status of devices.
    pub status: String,
}

/// The devices of a person, by name.
pub async fn own_devices(core: &Core, person: &PersonId) -> Result<Vec<OwnDevice>, Error> {
    const LIST: &str = "SELECT device_id, name, COALESCE(model_name, model), status \
        FROM device_summary WHERE person_id = $1 ORDER BY name, device_id LIMIT 200";
    let rows = core.db().query_all(LIST, args![person]).await?;
    rows.iter()
        .map(|row| {
            Ok(OwnDevice {
                id: DeviceId::from_store(row.text(0)?),
                name: row.opt_text(1)?,
                model: row.opt_text(2)?,
                status: row.text(3)?,
            })
        })
        .collect()
}
