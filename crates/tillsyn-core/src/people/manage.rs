//! Adding and changing people.

use serde_json::{Map, Value as Json, json};
use tillsyn_db::{Tx, args};

use super::normal_email;
use super::view::{PersonView, person};
use crate::accounts::portal;
use crate::actor::{Actor, Permission, authorize};
use crate::assignments::revision::bump_in;
use crate::core::Core;
use crate::directory::refuse_owned_in;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{OrgUnitId, PersonId};
use crate::reconcile::request::request_in;
use crate::search::words;
use crate::self_service::{self, Whose};
use crate::units::find_in as unit_in;
use crate::{org, text};

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub name: String,
    pub email: Option<String>,
    /// `en`, `sv` or `ja`.
    pub language: Option<String>,
    /// The top of what the actor reaches when absent.
    pub unit: Option<OrgUnitId>,
}

/// What changes of a person; what is absent stays, an empty text is removed.
#[derive(Clone, Debug, Default)]
pub struct PersonChange {
    pub name: Option<String>,
    pub email: Option<String>,
    pub language: Option<String>,
    /// `active`, or `inactive`: their open invitations end, and they get no new devices.
    pub status: Option<String>,
    pub unit: Option<OrgUnitId>,
}

/// Adds a person.
pub async fn create_person(
    core: &Core,
    actor: &Actor,
    new: NewPerson,
) -> Result<PersonView, Error> {
    let unit = match new.unit {
        Some(id) => org::unit(core, &id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::PeopleWrite, &unit.path)?;
    let name = text::required("name", &new.name, 100)?;
    let email = mail_address(new.email)?;
    let language = language(new.language)?;
    let now = core.now_ms();
    let id = PersonId::new(now);
    let values = (name, email, language);
    let input = (id.clone(), unit.id, values, actor.clone(), now);
    core.db()
        .write(
            input,
            |tx, (id, unit, (name, email, language), actor, now)| {
                Box::pin(async move {
                    let unit = unit_in(tx, unit.as_str()).await?;
                    authorize(actor, Permission::PeopleWrite, &unit.path)?;
                    refuse_taken(tx, actor, email.as_deref(), id.as_str()).await?;
                    let values = args![
                        id,
                        &unit.id,
                        name.as_str(),
                        email.as_deref(),
                        language.as_deref(),
                        *now
                    ];
                    tx.execute(super::INSERT, values).await?;
                    // Who it is stands in their own row, not in the trail.
                    let event =
                        NewEvent::done("person.create", "person", id.as_str(), unit.id.as_str())
                            .with(json!({"unit": unit.id, "language": language}));
                    events::record(tx, actor, *now, event).await?;
                    Ok::<_, Error>(())
                })
            },
        )
        .await?;
    person(core, actor, &id).await
}

struct Row {
    unit: String,
    path: String,
    name: String,
    email: Option<String>,
    language: Option<String>,
    status: String,
}

/// The change, read once before the transaction.
pub(crate) struct Checked {
    name: Option<String>,
    /// Empty when it is to be removed.
    email: Option<String>,
    language: Option<String>,
    status: Option<String>,
    unit: Option<OrgUnitId>,
}

/// Changes a person: name, address, language, status, unit. Profiles may name the person of a device, so
/// their devices are looked at.
pub async fn change_person(
    core: &Core,
    actor: &Actor,
    id: &PersonId,
    change: PersonChange,
) -> Result<PersonView, Error> {
    let found = person(core, actor, id).await?;
    authorize(actor, Permission::PeopleWrite, &found.unit_path)?;
    let checked = check(change)?;
    let input = (id.clone(), checked, actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, change, actor, now)| {
            Box::pin(async move { change_in(tx, actor, id, change, *now).await })
        })
        .await?;
    person(core, actor, id).await
}

pub(crate) fn check(change: PersonChange) -> Result<Checked, Error> {
    if let Some(status) = change.status.as_deref()
        && !matches!(status, "active" | "inactive")
    {
        let text = "A person is active or inactive.";
        return Err(Error::invalid("status", "person_status", text));
    }
    Ok(Checked {
        name: match change.name {
            Some(name) => Some(text::required("name", &name, 100)?),
            None => None,
        },
        email: match change.email {
            Some(email) => Some(mail_address(Some(email))?.unwrap_or_default()),
            None => None,
        },
        language: match change.language {
            Some(tag) => Some(language(Some(tag))?.unwrap_or_default()),
            None => None,
        },
        status: change.status,
        unit: change.unit,
    })
}

pub(crate) async fn change_in(
    tx: &Tx,
    actor: &Actor,
    id: &PersonId,
    change: &Checked,
    now_ms: i64,
) -> Result<(), Error> {
    const UPDATE: &str = "UPDATE person SET name = $2, email = $3, language = $4, status = $5, \
        org_unit_id = $6, updated_at = $7, words_at = NULL WHERE id = $1";
    const SHOWN: &str =
        "UPDATE device_summary SET person_name = $2, updated_at = $3 WHERE person_id = $1";
    const DEVICES: &str = "SELECT device_id FROM device_summary WHERE person_id = $1";
    let before = find_in(tx, id).await?;
    authorize(actor, Permission::PeopleWrite, &before.path)?;
    let unit = match &change.unit {
        None => before.unit.clone(),
        Some(unit) => {
            let unit = unit_in(tx, unit.as_str()).await?;
            authorize(actor, Permission::PeopleWrite, &unit.path)?;
            unit.id.to_string()
        }
    };
    let name = change.name.as_ref().unwrap_or(&before.name);
    let email = &or_stays(change.email.as_ref(), before.email.as_ref());
    let language = &or_stays(change.language.as_ref(), before.language.as_ref());
    let status = change.status.as_ref().unwrap_or(&before.status);
    let renamed = *name != before.name;
    let readdressed = *email != before.email;
    let mut details = Map::new();
    let mut note = |key: &str, from: Json, to: Json| {
        details.insert(key.to_owned(), json!({"before": from, "after": to}));
    };
    if unit != before.unit {
        note("unit", json!(before.unit), json!(unit));
    }
    if *status != before.status {
        note("status", json!(before.status), json!(status));
    }
    if *language != before.language {
        note("language", json!(before.language), json!(language));
    }
    let mut fields = Vec::new();
    if renamed {
        fields.push("name");
    }
    if readdressed {
        fields.push("email");
        refuse_taken(tx, actor, email.as_deref(), id.as_str()).await?;
    }
    if details.is_empty() && fields.is_empty() {
        return Ok(());
    }
    let mut owned = fields.clone();
    if *language != before.language {
        owned.push("language");
    }
    refuse_owned_in(tx, actor, id, &owned).await?;
    let values = args![
        id,
        name.as_str(),
        email.as_deref(),
        language.as_deref(),
        status.as_str(),
        unit.as_str(),
        now_ms
    ];
    tx.execute(UPDATE, values).await?;
    if renamed {
        tx.execute(SHOWN, args![id, name.as_str(), now_ms]).await?;
        let theirs = tx.fetch_all(DEVICES, args![id]).await?;
        let theirs = theirs.iter().map(|row| row.text(0));
        words::index_in(tx, &theirs.collect::<Result<Vec<_>, _>>()?).await?;
    }
    if status == "inactive" && before.status != "inactive" {
        portal::end_sessions_in(tx, id).await?;
        let ended = end_invitations_in(tx, id, now_ms).await?;
        details.insert("invitations_ended".to_owned(), json!(ended));
        self_service::withdraw_in(tx, actor, Whose::Person(id.as_str()), now_ms).await?;
    }
    if readdressed {
        let ended = portal::readdressed_in(tx, id, before.email.as_deref(), now_ms).await?;
        if !ended.is_empty() {
            details.insert("invitations_ended".to_owned(), json!(ended));
        }
    }
    if !fields.is_empty() {
        // That they changed, not what they are: people are ids in the trail.
        details.insert("fields".to_owned(), json!(fields));
    }
    let event =
        NewEvent::done("person.change", "person", id.as_str(), &unit).with(Json::Object(details));
    events::record(tx, actor, now_ms, event).await?;
    let mut devices = Vec::new();
    for row in tx.fetch_all(DEVICES, args![id]).await? {
        devices.push(row.text(0)?);
    }
    if !devices.is_empty() {
        bump_in(tx).await?;
    }
    request_in(tx, devices, now_ms).await
}

/// What is absent stays; an empty text is removed.
fn or_stays(new: Option<&String>, before: Option<&String>) -> Option<String> {
    new.map_or_else(
        || before.cloned(),
        |text| Some(text.clone()).filter(|text| !text.is_empty()),
    )
}

/// Somebody who left opens no invitation any more.
async fn end_invitations_in(tx: &Tx, id: &PersonId, now_ms: i64) -> Result<Vec<String>, Error> {
    const OPEN: &str = "SELECT id FROM invitation WHERE person_id = $1 AND status = 'open'";
    const REVOKE: &str = "UPDATE invitation SET status = 'revoked', revoked_at = $2 \
        WHERE person_id = $1 AND status = 'open'";
    const VOID: &str = "UPDATE scep_challenge SET voided_at = $2 WHERE consumed_at IS NULL \
        AND voided_at IS NULL AND attempt_id IN (SELECT t.id FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id WHERE i.person_id = $1 AND i.revoked_at = $2)";
    let mut ended = Vec::new();
    for row in tx.fetch_all(OPEN, args![id]).await? {
        ended.push(row.text(0)?);
    }
    if !ended.is_empty() {
        tx.execute(REVOKE, args![id, now_ms]).await?;
        tx.execute(VOID, args![id, now_ms]).await?;
    }
    Ok(ended)
}

async fn find_in(tx: &Tx, id: &PersonId) -> Result<Row, Error> {
    const FIND: &str = "SELECT p.org_unit_id, u.path, p.name, p.email, p.language, p.status \
        FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.id = $1 AND p.status <> 'erased'";
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("person"))?;
    Ok(Row {
        unit: row.text(0)?,
        path: row.text(1)?,
        name: row.text(2)?,
        email: row.opt_text(3)?,
        language: row.opt_text(4)?,
        status: row.text(5)?,
    })
}

fn mail_address(email: Option<String>) -> Result<Option<String>, Error> {
    match text::optional("email", email, 254)? {
        Some(email) => Ok(Some(normal_email(&email)?)),
        None => Ok(None),
    }
}

pub(crate) fn language(tag: Option<String>) -> Result<Option<String>, Error> {
    match tag.filter(|tag| !tag.is_empty()) {
        Some(tag) if !["en", "sv", "ja"].contains(&tag.as_str()) => Err(Error::invalid(
            "language",
            "language",
            "The language is en, sv or ja.",
        )),
        tag => Ok(tag),
    }
}

/// One mail address, one person. Whose it is, only those hear who reach them.
async fn refuse_taken(tx: &Tx, actor: &Actor, email: Option<&str>, id: &str) -> Result<(), Error> {
    const TAKEN: &str = "SELECT p.id, u.path FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.email = $1 AND p.id <> $2";
    let Some(email) = email else {
        return Ok(());
    };
    let Some(row) = tx.fetch_optional(TAKEN, args![email, id]).await? else {
        return Ok(());
    };
    let error = Error::conflict("email_taken", "Another person has this mail address.");
    if actor.reaches(&row.text(1)?) {
        return Err(error.with_data(json!({"person_id": row.text(0)?})));
    }
    Err(error)
}
