//! Taking in who is to be invited and saying what would become of each. Nothing is sent.

use std::collections::BTreeSet;

use serde_json::json;
use tillsyn_db::{Tx, Value, args};
use tillsyn_pki::hash;

use super::store::{BatchView, Detail, find_in, skip_in};
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{GroupId, InvitationBatchId, PersonId};
use crate::imports::{RowError, invitees_in, read_file};
use crate::keys::KeyStore;
use crate::{groups, org, text};

/// People of one batch.
const MOST: usize = 5_000;

/// Who is to be invited.
#[derive(Clone, Debug)]
pub enum Invitees {
    /// By id.
    People(Vec<PersonId>),
    /// By mail address; whoever is not in the list of people is an error.
    Addresses(Vec<String>),
    /// Everybody in a group.
    Group(GroupId),
    /// A file with the columns of a file of people; who is missing is made.
    File(Vec<u8>),
}

/// A batch to make.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// What lists show; made up when absent.
    pub label: Option<String>,
    pub invitees: Invitees,
    /// Passes over whoever has an open invitation.
    pub skip_open: bool,
    /// Passes over whoever has an enrolled device.
    pub skip_enrolled: bool,
}

/// One row as it was judged.
struct Judged {
    person: Option<String>,
    detail: Option<Detail>,
    outcome: &'static str,
    cause: Option<String>,
}

impl Judged {
    fn wrong(name: &str, error: RowError) -> Self {
        Self {
            person: None,
            cause: Some(error.code.clone()),
            detail: Some(Detail {
                name: name.to_owned(),
                errors: vec![error],
                ..Detail::default()
            }),
            outcome: "error",
        }
    }
}

struct Input {
    id: InvitationBatchId,
    actor: Actor,
    unit: org::OrgUnit,
    keys: KeyStore,
    label: Option<String>,
    invitees: Read,
    skip: (bool, bool),
    now_ms: i64,
}

/// Who is to be invited, read.
enum Read {
    People(Vec<PersonId>),
    Addresses(Vec<String>),
    Group { id: GroupId, name: String },
    File(Box<crate::imports::InviteesFile>),
}

/// Takes a batch in and judges each row; nothing is sent before it is begun.
///
/// # Errors
/// Invalid for an empty or too long list, or a file that cannot be read.
pub async fn create_batch(core: &Core, actor: &Actor, new: NewBatch) -> Result<BatchView, Error> {
    may(actor, Permission::InvitationsWrite)?;
    let unit = org::of_path(core, &actor.unit_path).await?;
    authorize(actor, Permission::InvitationsWrite, &unit.path)?;
    let count = |count: usize| match count {
        0 => Err(Error::invalid(
            "people",
            "batch_empty",
            "Name at least one person.",
        )),
        count if count > MOST => Err(Error::invalid(
            "people",
            "batch_long",
            format!("A batch has at most {MOST} people."),
        )),
        _ => Ok(()),
    };
    let invitees = match new.invitees {
        Invitees::People(ids) => {
            count(ids.len())?;
            Read::People(ids)
        }
        Invitees::Addresses(addresses) => {
            let addresses: Vec<String> = addresses
                .iter()
                .map(|address| address.trim().to_lowercase())
                .filter(|address| !address.is_empty())
                .collect();
            count(addresses.len())?;
            Read::Addresses(addresses)
        }
        Invitees::Group(id) => {
            may(actor, Permission::GroupsRead)?;
            let name = groups::group(core, actor, &id).await?.name;
            Read::Group { id, name }
        }
        Invitees::File(bytes) => Read::File(Box::new(read_file(&bytes)?)),
    };
    let now_ms = core.now_ms();
    let id = InvitationBatchId::new(now_ms);
    let input = Input {
        id: id.clone(),
        actor: actor.clone(),
        unit,
        keys: core.keys().clone(),
        label: text::optional("label", new.label, 100)?,
        invitees,
        skip: (new.skip_open, new.skip_enrolled),
        now_ms,
    };
    core.db()
        .write(input, |tx, input| {
            Box::pin(async move { create_in(tx, input).await })
        })
        .await
}

async fn create_in(tx: &Tx, input: &Input) -> Result<BatchView, Error> {
    const INSERT: &str = "INSERT INTO invitation_batch (id, org_unit_id, label, source, status, \
        skip_open, skip_enrolled, digest, created_by, created_at) \
        VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9)";
    const ITEMS: &str = "INSERT INTO invitation_batch_item (batch_id, line, person_id, row_sealed, \
        outcome, cause)";
    let (source, usual) = match &input.invitees {
        Read::People(_) | Read::Addresses(_) => ("people", String::new()),
        Read::Group { name, .. } => ("group", name.clone()),
        Read::File(_) => ("file", String::new()),
    };
    let rows = judged_in(tx, input).await?;
    if rows.is_empty() {
        let text = "Nobody in this group can be invited: it has no people within your reach.";
        return Err(Error::conflict("batch_nobody", text));
    }
    let digest = digest(&rows)?;
    let label = input.label.clone().unwrap_or(usual);
    let (skip_open, skip_enrolled) = input.skip;
    let id = input.id.as_str();
    let values = args![
        id,
        &input.unit.id,
        label,
        source,
        i64::from(skip_open),
        i64::from(skip_enrolled),
        digest.as_str(),
        input.actor.id.as_str(),
        input.now_ms
    ];
    tx.execute(INSERT, values).await?;
    let mut new: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let line = i64::try_from(at + 1).unwrap_or(i64::MAX);
        let sealed = match &row.detail {
            Some(detail) => Some(detail.seal(&input.keys, id, line)?),
            None => None,
        };
        let (person, cause) = (row.person.as_deref(), row.cause.as_deref());
        new.push(args![id, line, person, sealed, row.outcome, cause]);
    }
    tx.insert_many(ITEMS, 6, new, "").await?;
    let of = |outcome: &str| rows.iter().filter(|row| row.outcome == outcome).count();
    let event = NewEvent::done(
        "invitation_batch.create",
        "invitation_batch",
        id,
        input.unit.id.as_str(),
    )
    .with(json!({
        "source": source, "digest": digest, "people": rows.len(), "new": of("new"),
        "skipped": of("skip"), "errors": of("error"),
    }));
    events::record(tx, &input.actor, input.now_ms, event).await?;
    find_in(tx, &input.id).await
}

/// Of every row with what becomes of it.
fn digest(rows: &[Judged]) -> Result<String, Error> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let new = row.detail.as_ref();
            let new = new.map(|d| (&d.name, &d.email, &d.unit, &d.language));
            (&row.person, new, row.outcome, &row.cause)
        })
        .collect();
    let json = serde_json::to_vec(&rows)
        .map_err(|error| Error::internal("A preview cannot be written.").caused_by(error))?;
    Ok(hash::sha256_hex(&json))
}

async fn judged_in(tx: &Tx, input: &Input) -> Result<Vec<Judged>, Error> {
    let mut rows = match &input.invitees {
        Read::People(ids) => {
            let ids = ids.iter().map(PersonId::to_string).collect();
            by_ids_in(tx, input, ids).await?
        }
        Read::Group { id, .. } => {
            let ids = members_in(tx, &input.actor, id).await?;
            by_ids_in(tx, input, ids).await?
        }
        Read::Addresses(addresses) => by_addresses_in(tx, input, addresses).await?,
        Read::File(file) => {
            let file = invitees_in(tx, file, &input.unit.path).await?;
            from_file_in(tx, input, file).await?
        }
    };
    let mut seen = BTreeSet::new();
    for row in &mut rows {
        let Some(person) = row.person.clone() else {
            continue;
        };
        // One mail for each, however often they are named.
        if !seen.insert(person.clone()) {
            (row.person, row.outcome) = (None, "skip");
            row.cause = Some("twice".to_owned());
            continue;
        }
        if row.outcome == "ready"
            && let Some(cause) = skip_in(tx, &person, input.skip, input.now_ms).await?
        {
            row.outcome = "skip";
            row.cause = Some(cause.to_owned());
        }
    }
    Ok(rows)
}

/// People of a group within the actor's reach.
async fn members_in(tx: &Tx, actor: &Actor, group: &GroupId) -> Result<Vec<String>, Error> {
    const MEMBERS: &str = "SELECT p.id FROM group_member m JOIN person p ON p.id = m.member_id \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE m.group_id = $1 AND m.member_kind = 'person' \
        AND p.status = 'active' AND u.path >= $2 AND u.path < $3 ORDER BY p.name, p.id LIMIT $4";
    let end = events::prefix_end(&actor.unit_path);
    let most = i64::try_from(MOST).unwrap_or(0) + 1;
    let values = args![group, actor.unit_path.as_str(), end, most];
    let rows = tx.fetch_all(MEMBERS, values).await?;
    if rows.len() > MOST {
        let text = format!("A batch has at most {MOST} people; this group has more.");
        return Err(Error::invalid("group_id", "batch_long", text));
    }
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// What is known of people whom the actor reaches.
struct Known {
    id: String,
    name: String,
    email: Option<String>,
    active: bool,
}

async fn known_in(
    tx: &Tx,
    input: &Input,
    sql: &'static str,
    keys: Vec<String>,
) -> Result<Vec<Known>, Error> {
    let path = input.actor.unit_path.as_str();
    let values = args![path, events::prefix_end(path)];
    let mut found = Vec::new();
    for row in tx.fetch_all_in(sql, keys, values).await? {
        found.push(Known {
            id: row.text(0)?,
            name: row.text(1)?,
            email: row.opt_text(2)?,
            active: row.str(3)? == "active",
        });
    }
    Ok(found)
}

fn judge(asked: &str, known: Option<&Known>) -> Judged {
    let Some(known) = known else {
        return Judged::wrong(asked, RowError::new("unknown", "email", asked, ""));
    };
    if !known.active {
        let error = RowError::new("status", "status", "inactive", "active");
        return Judged::wrong(&known.name, error);
    }
    if known.email.is_none() {
        return Judged::wrong(&known.name, RowError::new("missing", "email", "", ""));
    }
    Judged {
        person: Some(known.id.clone()),
        detail: None,
        outcome: "ready",
        cause: None,
    }
}

async fn by_ids_in(tx: &Tx, input: &Input, ids: Vec<String>) -> Result<Vec<Judged>, Error> {
    const FIND: &str = "SELECT p.id, p.name, p.email, p.status FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE u.path >= $1 AND u.path < $2 \
        AND p.status <> 'erased' AND p.id {ids}";
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let known = known_in(tx, input, FIND, ids.clone()).await?;
    let known: std::collections::HashMap<_, _> = known
        .iter()
        .map(|known| (known.id.as_str(), known))
        .collect();
    let rows = ids.iter();
    Ok(rows
        .map(|id| judge(id, known.get(id.as_str()).copied()))
        .collect())
}

async fn by_addresses_in(
    tx: &Tx,
    input: &Input,
    addresses: &[String],
) -> Result<Vec<Judged>, Error> {
    const FIND: &str = "SELECT p.id, p.name, p.email, p.status FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE u.path >= $1 AND u.path < $2 \
        AND p.status <> 'erased' AND p.email {ids}";
    let known = known_in(tx, input, FIND, addresses.to_vec()).await?;
    let known: std::collections::HashMap<_, _> = known
        .iter()
        .filter_map(|known| Some((known.email.as_deref()?, known)))
        .collect();
    let rows = addresses.iter();
    Ok(rows
        .map(|address| judge(address, known.get(address.as_str()).copied()))
        .collect())
}

async fn from_file_in(
    tx: &Tx,
    input: &Input,
    file: Vec<crate::imports::Invitee>,
) -> Result<Vec<Judged>, Error> {
    const FIND: &str = "SELECT p.id, p.name, p.email, p.status FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE u.path >= $1 AND u.path < $2 \
        AND p.status <> 'erased' AND p.id {ids}";
    let makes = authorize(&input.actor, Permission::PeopleWrite, &input.unit.path).is_ok();
    let ids: Vec<String> = file.iter().filter_map(|row| row.person.clone()).collect();
    let known = if ids.is_empty() {
        Vec::new()
    } else {
        known_in(tx, input, FIND, ids).await?
    };
    let known: std::collections::HashMap<_, _> = known
        .iter()
        .map(|known| (known.id.as_str(), known))
        .collect();
    let rows = file.into_iter().map(|row| {
        if let Some(error) = row.errors.first().cloned() {
            let mut judged = Judged::wrong(&row.name, error);
            if let Some(detail) = &mut judged.detail {
                (detail.email, detail.errors) = (row.email, row.errors);
            }
            return judged;
        }
        match (row.person, row.unit) {
            (Some(id), _) => judge(&row.name, known.get(id.as_str()).copied()),
            (None, Some(_)) if !makes => {
                Judged::wrong(&row.name, RowError::new("unknown", "email", &row.name, ""))
            }
            (None, unit) => Judged {
                person: None,
                detail: Some(Detail {
                    name: row.name,
                    email: row.email,
                    unit,
                    language: row.language,
                    errors: Vec::new(),
                }),
                outcome: "new",
                cause: None,
            },
        }
    });
    Ok(rows.collect())
}
