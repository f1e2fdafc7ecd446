//! People who carry devices: added here, or named by an invitation.

mod device;
mod manage;
mod place;
mod view;

pub(crate) use device::set_device_person_in;
pub(crate) use manage::{change_in, check, language};
pub(crate) use place::move_in;

pub use device::set_device_person;
pub use manage::{NewPerson, PersonChange, change_person, create_person};
pub use place::{move_people, moving};
pub use view::{PersonFilter, PersonView, count_people, list_people, person};

use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::error::Error;
use crate::ids::PersonId;

const FIND_BY_EMAIL: &str = "SELECT p.id, u.path, p.status FROM person p \
    JOIN org_unit u ON u.id = p.org_unit_id WHERE p.email = $1";
const INSERT: &str = "INSERT INTO person (id, org_unit_id, name, email, language, status, created_at, \
    updated_at) VALUES ($1, $2, $3, $4, $5, 'active', $6, $6)";

/// Finds the person with this mail address among those whom the actor reaches, or records a new one.
pub(crate) async fn find_or_create_in(
    tx: &Tx,
    actor: &Actor,
    org_unit_id: &str,
    name: &str,
    email: Option<&str>,
    language: Option<&str>,
    now_ms: i64,
) -> Result<PersonId, Error> {
    if let Some(email) = email
        && let Some(row) = tx.fetch_optional(FIND_BY_EMAIL, args![email]).await?
    {
        if !actor.reaches(&row.text(1)?) {
            return Err(Error::conflict(
                "person_elsewhere",
                "A person with this mail address belongs to another organisational unit.",
            ));
        }
        refuse_inactive(&row.text(2)?)?;
        return Ok(PersonId::from_store(row.text(0)?));
    }
    let id = PersonId::new(now_ms);
    tx.execute(
        INSERT,
        args![&id, org_unit_id, name, email, language, now_ms],
    )
    .await?;
    Ok(id)
}

/// Somebody who left gets no devices.
pub(crate) fn refuse_inactive(status: &str) -> Result<(), Error> {
    match status {
        "active" => Ok(()),
        _ => Err(Error::conflict(
            "person_inactive",
            "This person is inactive and gets no devices.",
        )),
    }
}

/// Trims and lower-cases a mail address; refuses what cannot be one.
pub(crate) fn normal_email(text: &str) -> Result<String, Error> {
    let email = text.trim().to_lowercase();
    let plausible = email.len() <= 254
        && !email.contains(|c: char| c.is_whitespace() || c.is_control())
        && email.rsplit_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
    if plausible {
        Ok(email)
    } else {
        Err(Error::invalid(
            "email",
            "email",
            "This is not a mail address, such as elin@example.org.",
        ))
    }
}
