//! One person and what their sources say of them: links, fields by priority, and where they stand.

use std::collections::BTreeMap;

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::life::{LifeState, Stand, stand_in};
use super::model::{Fields, PersonEntry, clean, kept, login_key};
use super::source::SourceView;
use super::tombstone::erased_in;
use crate::accounts::portal;
use crate::actor::{Actor, ActorKind};
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{DirectoryId, PersonId, new_uuid};
use crate::people::{PersonChange, change_in, check, normal_email};

/// How long a former address still finds its person.
const ALIAS_MS: i64 = 90 * DAY_MS;
/// Characters of a person's name.
const MOST_NAME: usize = 100;

/// What all steps of one reading share.
pub(super) struct Step<'a> {
    pub(super) source: &'a SourceView,
    pub(super) run_id: &'a str,
    pub(super) now_ms: i64,
}

impl Step<'_> {
    pub(super) fn actor(&self) -> Actor {
        Actor::directory(&self.source.id, Some(self.run_id))
    }

    pub(super) fn salted(&self) -> (&str, &str) {
        (self.source.id.as_str(), &self.source.salt)
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Changed,
    Same,
    /// Somebody erased this person here: they are not made again.
    Erased,
}

/// The same with what follows from it.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    /// Where the person stands now, when that changed.
    pub(super) moved: Option<LifeState>,
    /// Another person has the address or the login; trying again later may help.
    pub(super) taken: bool,
}

struct Link {
    id: String,
    person: PersonId,
    state: LifeState,
    raw_state: Option<String>,
    missing: bool,
    fields: Fields,
    login: Option<String>,
    external_id: Option<String>,
    resource: Option<String>,
    digest: String,
}

async fn link_in(tx: &Tx, source: &str, key: &str) -> Result<Option<Link>, Error> {
    const FIND: &str = "SELECT id, person_id, state, raw_state, missing_since, fields, login, external_id, \
        resource, digest FROM directory_link WHERE source_id = $1 AND external_key = $2";
    let Some(row) = tx.fetch_optional(FIND, args![source, key]).await? else {
        return Ok(None);
    };
    Ok(Some(Link {
        id: row.text(0)?,
        person: PersonId::from_store(row.text(1)?),
        state: LifeState::stored(row.str(2)?)?,
        raw_state: row.opt_text(3)?,
        missing: row.opt_i64(4)?.is_some(),
        fields: serde_json::from_str(row.str(5)?).unwrap_or_default(),
        login: row.opt_text(6)?,
        external_id: row.opt_text(7)?,
        resource: row.opt_text(8)?,
        digest: row.text(9)?,
    }))
}

/// What the entry says, as one hash: whoever reads the same again changes nothing.
fn digest(entry: &PersonEntry, fields: &Fields) -> String {
    let said = json!([
        login_key(entry.login.as_deref()),
        entry.external_id,
        fields,
        entry.active,
        entry.raw_state
    ]);
    hash::sha256_hex(said.to_string().as_bytes())
}

/// Makes what an entry says so: the link, and the person behind it. `resource` is what a SCIM client sent.
pub(super) async fn take_in(
    tx: &Tx,
    step: &Step<'_>,
    entry: &PersonEntry,
    resource: Option<&str>,
) -> Result<Done, Error> {
    let fields = kept(&entry.fields);
    let digest = digest(entry, &fields);
    match link_in(tx, step.source.id.as_str(), &entry.key).await? {
        Some(link) => change_link_in(tx, step, entry, (link, fields, digest), resource).await,
        None => create_in(tx, step, entry, (fields, digest), resource).await,
    }
}

async fn create_in(
    tx: &Tx,
    step: &Step<'_>,
    entry: &PersonEntry,
    (fields, digest): (Fields, String),
    resource: Option<&str>,
) -> Result<Done, Error> {
    const PERSON: &str = "INSERT INTO person (id, org_unit_id, name, email, language, status, created_at, \
        updated_at) VALUES ($1, $2, $3, NULL, NULL, 'active', $4, $4)";
    const LINK: &str = "INSERT INTO directory_link (id, source_id, external_key, person_id, login, \
        external_id, state, raw_state, fields, resource, digest, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)";
    let mut keys = vec![entry.key.as_str()];
    keys.extend(entry.external_id.as_deref());
    let login = login_key(entry.login.as_deref());
    if step.source.kind == super::SourceKind::Scim && entry.external_id.is_none() {
        // A client without ids of its own knows nothing better.
        keys.extend(login.as_deref());
    }
    if erased_in(tx, step.salted(), &keys).await? {
        return Ok(Done {
            outcome: Outcome::Erased,
            moved: None,
            taken: false,
        });
    }
    let now = step.now_ms;
    let person = PersonId::new(now);
    let unit = step.source.unit_id.as_str();
    let name = shown_name(&fields, entry.login.as_deref()).unwrap_or_else(|| entry.key.clone());
    let name: String = name.chars().take(MOST_NAME).collect();
    tx.execute(PERSON, args![&person, unit, name, now]).await?;
    let event = NewEvent::done("person.create", "person", person.as_str(), unit)
        .with(json!({"unit": unit, "directory": step.source.id, "run": step.run_id}));
    events::record(tx, &step.actor(), now, event).await?;
    let (login, taken) = free_login_in(tx, step, entry, "").await?;
    let id = match step.source.kind {
        // A SCIM client knows its users by our id.
        super::SourceKind::Scim => entry.key.clone(),
        _ => new_uuid(now).to_string(),
    };
    let state = match entry.active {
        Some(false) => LifeState::Suspended,
        _ => LifeState::Active,
    };
    let values = args![
        id.as_str(),
        &step.source.id,
        entry.key.as_str(),
        &person,
        login,
        entry.external_id.as_deref(),
        state.as_str(),
        entry.raw_state.as_deref(),
        json!(fields).to_string(),
        resource,
        if taken { "" } else { digest.as_str() },
        now
    ];
    tx.execute(LINK, values).await?;
    let settled = settle_in(tx, &step.actor(), &person, Some(step.run_id), now).await?;
    Ok(Done {
        outcome: Outcome::Created,
        moved: settled.moved,
        taken: taken || settled.taken,
    })
}

async fn change_link_in(
    tx: &Tx,
    step: &Step<'_>,
    entry: &PersonEntry,
    (link, said, digest): (Link, Fields, String),
    resource: Option<&str>,
) -> Result<Done, Error> {
    const UPDATE: &str = "UPDATE directory_link SET login = $2, external_id = $3, state = $4, raw_state = $5, \
        missing_since = NULL, fields = $6, resource = $7, digest = $8, version = version + 1, \
        updated_at = $9 WHERE id = $1";
    let resource_same = resource.is_none() || resource == link.resource.as_deref();
    if link.digest == digest && !link.missing && resource_same {
        return Ok(Done {
            outcome: Outcome::Same,
            moved: None,
            taken: false,
        });
    }
    let mut fields = link.fields;
    fields.extend(said);
    let (login, taken) = match &entry.login {
        None => (link.login, false),
        Some(_) => free_login_in(tx, step, entry, &link.id).await?,
    };
    let state = match entry.active {
        Some(true) => LifeState::Active,
        Some(false) => LifeState::Suspended,
        None if link.missing => LifeState::Active,
        None => link.state,
    };
    let raw = entry.raw_state.clone().or(link.raw_state);
    let values = args![
        link.id.as_str(),
        login,
        entry.external_id.clone().or(link.external_id),
        state.as_str(),
        raw,
        json!(fields).to_string(),
        resource.map(str::to_owned).or(link.resource),
        if taken { "" } else { digest.as_str() },
        step.now_ms
    ];
    tx.execute(UPDATE, values).await?;
    let actor = step.actor();
    let settled = settle_in(tx, &actor, &link.person, Some(step.run_id), step.now_ms).await?;
    Ok(Done {
        outcome: Outcome::Changed,
        moved: settled.moved,
        taken: taken || settled.taken,
    })
}

/// The login, when nobody else of the source works under it; somebody who does not any more gives it up.
async fn free_login_in(
    tx: &Tx,
    step: &Step<'_>,
    entry: &PersonEntry,
    own: &str,
) -> Result<(Option<String>, bool), Error> {
    const OTHER: &str = "SELECT id, state FROM directory_link WHERE source_id = $1 AND login = $2 \
        AND id <> $3";
    const GIVE_UP: &str = "UPDATE directory_link SET login = NULL, digest = '' WHERE id = $1";
    let Some(login) = login_key(entry.login.as_deref()) else {
        return Ok((None, false));
    };
    let values = args![&step.source.id, login.as_str(), own];
    match tx.fetch_optional(OTHER, values).await? {
        None => Ok((Some(login), false)),
        Some(row) if row.str(1)? == "active" => Ok((None, true)),
        Some(row) => {
            tx.execute(GIVE_UP, args![row.text(0)?]).await?;
            Ok((Some(login), false))
        }
    }
}

/// What settling a person did.
pub(super) struct Settled {
    pub(super) moved: Option<LifeState>,
    pub(super) taken: bool,
}

/// One link with the source it is of, the source that owns most first.
struct Said {
    link_id: String,
    source: DirectoryId,
    state: LifeState,
    raw_state: Option<String>,
    fields: Fields,
    login: Option<String>,
}

async fn said_in(tx: &Tx, person: &PersonId) -> Result<Vec<Said>, Error> {
    const LINKS: &str = "SELECT l.id, l.source_id, l.state, l.raw_state, l.fields, l.login \
        FROM directory_link l JOIN directory_source s ON s.id = l.source_id \
        WHERE l.person_id = $1 AND s.status <> 'removed' ORDER BY s.priority, s.created_at, s.id";
    let mut said = Vec::new();
    for row in tx.fetch_all(LINKS, args![person]).await? {
        said.push(Said {
            link_id: row.text(0)?,
            source: DirectoryId::from_store(row.text(1)?),
            state: LifeState::stored(row.str(2)?)?,
            raw_state: row.opt_text(3)?,
            fields: serde_json::from_str(row.str(4)?).unwrap_or_default(),
            login: row.opt_text(5)?,
        });
    }
    Ok(said)
}

/// Makes a person what their sources say, each field by the first source that knows it.
pub(super) async fn settle_in(
    tx: &Tx,
    actor: &Actor,
    person: &PersonId,
    run_id: Option<&str>,
    now_ms: i64,
) -> Result<Settled, Error> {
    let said = said_in(tx, person).await?;
    let Some(first) = said.first() else {
        return Ok(Settled {
            moved: None,
            taken: false,
        });
    };
    let mut owners: BTreeMap<&str, &DirectoryId> = BTreeMap::new();
    let mut change = PersonChange::default();
    if let Some((of, name)) = said
        .iter()
        .find_map(|of| Some((of, shown_name(&of.fields, of.login.as_deref())?)))
    {
        owners.insert("name", &of.source);
        change.name = Some(name);
    }
    if let Some(of) = said.iter().find(|of| of.fields.contains_key("language")) {
        let known = of.fields.get("language").and_then(Option::as_deref);
        owners.insert("language", &of.source);
        change.language = Some(known.and_then(language).unwrap_or_default().to_owned());
    }
    let mut taken = false;
    if let Some(of) = said.iter().find(|of| of.fields.contains_key("email")) {
        let email = of.fields.get("email").and_then(Option::as_deref);
        match email.map(normal_email) {
            None => {
                owners.insert("email", &of.source);
                change.email = Some(String::new());
            }
            Some(Ok(email)) => {
                if free_email_in(tx, of, person, &email, now_ms).await? {
                    owners.insert("email", &of.source);
                    change.email = Some(email);
                } else {
                    taken = true;
                }
            }
            // What is no address is not taken.
            Some(Err(_)) => {}
        }
    }
    own_in(tx, person, &owners).await?;
    keep_alias_in(tx, person, change.email.as_deref(), now_ms).await?;
    change_in(tx, actor, person, &check(change)?, now_ms).await?;
    let stand = Stand {
        state: first.state,
        source: &first.source,
        raw_state: first.raw_state.as_deref(),
        run_id,
    };
    let moved = stand_in(tx, actor, person, &stand, now_ms).await?;
    Ok(Settled { moved, taken })
}

/// The name to show: as the source writes it, else put together, else what they sign in with.
fn shown_name(fields: &Fields, login: Option<&str>) -> Option<String> {
    let of = |name: &str| fields.get(name).and_then(Option::as_deref);
    let whole = of("name").and_then(|name| clean(name, MOST_NAME));
    whole
        .or_else(|| {
            let parts: Vec<&str> = [of("given_name"), of("family_name")]
                .into_iter()
                .flatten()
                .collect();
            clean(&parts.join(" "), MOST_NAME)
        })
        .or_else(|| login.and_then(|login| clean(login, MOST_NAME)))
}

/// `sv-SE`, `ja_JP` and the like, when it is one of ours.
fn language(tag: &str) -> Option<&'static str> {
    let short = tag.split(['-', '_', ',', ';']).next().unwrap_or_default();
    ["en", "sv", "ja"]
        .into_iter()
        .find(|ours| ours.eq_ignore_ascii_case(short.trim()))
}

/// Whether the person may have this address. Somebody of the directory who left or is suspended gives theirs up
/// to whoever has it now, and keeps their devices; anybody else keeps it, and it becomes a suggestion that
/// the two are one.
async fn free_email_in(
    tx: &Tx,
    of: &Said,
    person: &PersonId,
    email: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    // Of those whom another directory let go, only people of the source's own unit are within its reach.
    const HOLDER: &str = "SELECT p.id, p.status, (SELECT count(*) FROM person_life f \
        WHERE f.person_id = p.id AND (f.source_id = $3 OR (f.state = 'deleted' \
        AND substr(u.path, 1, length(o.path)) = o.path))), (SELECT count(*) \
        FROM directory_link l WHERE l.person_id = p.id AND l.source_id = $3) FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id JOIN directory_source s ON s.id = $3 \
        JOIN org_unit o ON o.id = s.org_unit_id WHERE p.email = $1 AND p.id <> $2";
    const GIVE_UP: &str = "UPDATE person SET email = NULL, updated_at = $2, \
        words_at = NULL WHERE id = $1";
    const SUGGEST: &str = "UPDATE directory_link SET suggested_person_id = $2 WHERE id = $1";
    let values = args![email, person, &of.source];
    let Some(row) = tx.fetch_optional(HOLDER, values).await? else {
        tx.execute(SUGGEST, args![of.link_id.as_str(), None::<String>])
            .await?;
        return Ok(true);
    };
    let (holder, status, lives, same) = (row.text(0)?, row.text(1)?, row.i64(2)?, row.i64(3)?);
    if status != "active" && lives > 0 {
        alias_in(tx, &holder, email, now_ms).await?;
        tx.execute(GIVE_UP, args![holder.as_str(), now_ms]).await?;
        let holder = PersonId::from_store(holder);
        portal::readdressed_in(tx, &holder, Some(email), now_ms).await?;
        return Ok(true);
    }
    let suggested = (same == 0).then_some(holder);
    tx.execute(SUGGEST, args![of.link_id.as_str(), suggested])
        .await?;
    Ok(false)
}

async fn alias_in(tx: &Tx, person: &str, email: &str, now_ms: i64) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO person_alias (person_id, email, until) VALUES ($1, $2, $3) \
        ON CONFLICT (person_id, email) DO UPDATE SET until = excluded.until";
    tx.execute(PUT, args![person, email, now_ms + ALIAS_MS])
        .await?;
    Ok(())
}

/// The address that goes still finds its person for a while.
async fn keep_alias_in(
    tx: &Tx,
    person: &PersonId,
    new: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const NOW: &str = "SELECT email FROM person WHERE id = $1";
    let Some(new) = new else { return Ok(()) };
    let before = tx.fetch_one(NOW, args![person]).await?.opt_text(0)?;
    match before {
        Some(before) if before != new => alias_in(tx, person.as_str(), &before, now_ms).await,
        _ => Ok(()),
    }
}

/// Keeps which source each field is from.
async fn own_in(
    tx: &Tx,
    person: &PersonId,
    owners: &BTreeMap<&str, &DirectoryId>,
) -> Result<(), Error> {
    const LIST: &str = "SELECT field, source_id FROM person_field WHERE person_id = $1";
    const PUT: &str = "INSERT INTO person_field (person_id, field, source_id) VALUES ($1, $2, $3) \
        ON CONFLICT (person_id, field) DO UPDATE SET source_id = excluded.source_id";
    const DROP: &str = "DELETE FROM person_field WHERE person_id = $1 AND field = $2";
    let mut before = BTreeMap::new();
    for row in tx.fetch_all(LIST, args![person]).await? {
        before.insert(row.text(0)?, row.text(1)?);
    }
    for (field, source) in owners {
        if before.remove(*field).as_deref() != Some(source.as_str()) {
            tx.execute(PUT, args![person, *field, *source]).await?;
        }
    }
    for field in before.keys() {
        tx.execute(DROP, args![person, field.as_str()]).await?;
    }
    Ok(())
}

/// Refuses a change by hand of what a directory says of a person.
pub(crate) async fn refuse_owned_in(
    tx: &Tx,
    actor: &Actor,
    person: &PersonId,
    fields: &[&str],
) -> Result<(), Error> {
    const OWNED: &str = "SELECT f.field, s.name FROM person_field f JOIN directory_source s \
        ON s.id = f.source_id WHERE f.person_id = $1 ORDER BY f.field";
    if actor.kind == ActorKind::System || fields.is_empty() {
        return Ok(());
    }
    for row in tx.fetch_all(OWNED, args![person]).await? {
        if fields.contains(&row.str(0)?) {
            let text = format!(
                "The directory {} says the {} of this person; change it there.",
                row.str(1)?,
                row.str(0)?
            );
            return Err(Error::conflict("field_of_directory", text)
                .with_data(json!({"field": row.text(0)?, "directory": row.text(1)?})));
        }
    }
    Ok(())
}

/// A key that one whole reading did not name: suspended at first, leaving when a later one misses it too.
pub(super) async fn missing_in(
    tx: &Tx,
    step: &Step<'_>,
    link_id: &str,
) -> Result<Option<LifeState>, Error> {
    const FIND: &str = "SELECT person_id, state, missing_since FROM directory_link WHERE id = $1";
    const MISS: &str = "UPDATE directory_link SET state = $2, raw_state = 'missing', missing_since = $3, \
        version = version + 1, updated_at = $4 WHERE id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![link_id]).await? else {
        return Ok(None);
    };
    let person = PersonId::from_store(row.text(0)?);
    let (state, since) = (LifeState::stored(row.str(1)?)?, row.opt_i64(2)?);
    let (next, since) = match since {
        None if state == LifeState::Leaving => return Ok(None),
        None => (LifeState::Suspended, step.now_ms),
        Some(since)
            if step.now_ms - since >= super::life::TWICE_MS && state != LifeState::Leaving =>
        {
            (LifeState::Leaving, since)
        }
        Some(_) => return Ok(None),
    };
    let values = args![link_id, next.as_str(), since, step.now_ms];
    tx.execute(MISS, values).await?;
    let actor = step.actor();
    let settled = settle_in(tx, &actor, &person, Some(step.run_id), step.now_ms).await?;
    Ok(settled.moved)
}
