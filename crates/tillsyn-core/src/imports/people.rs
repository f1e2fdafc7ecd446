//! Rows of a file of people. Who it is, the mail address says; without one, name and unit.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde_json::json;
use tillsyn_db::{Tx, Value, args};

use super::ImportKind;
use super::columns::{self, Column};
use super::parse::{Raw, Table};
use super::row::{Judged, Outcome, RowError, RowView, shown};
use super::tree::{Tree, names, tree_in};
use super::work::{Chunk, Made};
use crate::actor::{Permission, authorize};
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{OrgUnitId, PersonId};
use crate::people::{PersonChange, change_in, check, normal_email};

/// What is done for a row.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Create {
        name: String,
        email: Option<String>,
        unit: String,
        language: Option<&'static str>,
        status: &'static str,
    },
    Change {
        id: String,
        change: PersonChange,
    },
}

/// Somebody who is there already.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) unit: String,
    /// Whether they lie within what the import reaches.
    pub(super) reached: bool,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) language: Option<String>,
    pub(super) status: String,
}

/// What the rows are held against.
pub(super) struct Facts {
    pub(super) tree: Tree,
    pub(super) by_email: HashMap<String, Known>,
    /// Those within reach, by name and unit.
    pub(super) by_name: HashMap<(String, String), Vec<Known>>,
}

impl Facts {
    pub(super) fn new(tree: Tree, people: Vec<Known>) -> Self {
        let mut facts = Self {
            tree,
            by_email: HashMap::new(),
            by_name: HashMap::new(),
        };
        let mut seen = BTreeSet::new();
        for known in people {
            if !seen.insert(known.id.clone()) {
                continue;
            }
            if let Some(email) = &known.email {
                facts.by_email.insert(email.clone(), known.clone());
            }
            if known.reached {
                let key = (known.name.clone(), known.unit.clone());
                facts.by_name.entry(key).or_default().push(known);
            }
        }
        facts
    }
}

/// For each row the line of the first one about the same person, when it is not itself the first.
pub(super) fn twice(table: &Table) -> Vec<Option<u64>> {
    let mut first: HashMap<String, u64> = HashMap::new();
    let key = |row: &Raw| {
        let email = table.get(row, Column::Email);
        if !email.is_empty() {
            return email.to_lowercase();
        }
        let unit = names(table.get(row, Column::Unit)).join("\u{1}");
        format!("{unit}\u{2}{}", table.get(row, Column::Name))
    };
    let mut twice = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let line = *first.entry(key(row)).or_insert(row.line);
        twice.push((line != row.line).then_some(line));
    }
    twice
}

/// Decides what each row of a part of the file does.
pub(super) fn judge(
    table: &Table,
    part: Range<usize>,
    twice: &[Option<u64>],
    facts: &Facts,
) -> Vec<Judged<Act>> {
    let rows = table.rows.iter().zip(twice);
    rows.skip(part.start)
        .take(part.len())
        .map(|(row, twice)| one(table, row, *twice, facts))
        .collect()
}

/// The fields of a row that are right by themselves.
struct Fields<'a> {
    name: &'a str,
    email: Option<String>,
    unit: Option<String>,
    language: Option<&'static str>,
    status: Option<&'static str>,
}

fn one(table: &Table, row: &Raw, twice: Option<u64>, facts: &Facts) -> Judged<Act> {
    let (name, email) = (table.get(row, Column::Name), table.get(row, Column::Email));
    let mut errors = Vec::new();
    let fields = fields(table, row, facts, &mut errors);
    if let Some(line) = twice {
        let (field, found) = if email.is_empty() {
            ("name", name)
        } else {
            ("email", email)
        };
        errors.push(RowError::new("twice", field, found, &line.to_string()));
    }
    let known = known(&fields, email, facts, &mut errors);
    let (outcome, changed, act) = if errors.is_empty() {
        decide(fields, known, facts)
    } else {
        (Outcome::Error, Vec::new(), None)
    };
    Judged {
        view: RowView {
            line: row.line,
            name: shown(if name.is_empty() { email } else { name }),
            outcome,
            fields: changed.into_iter().map(str::to_owned).collect(),
            errors,
        },
        act,
    }
}

fn fields<'a>(
    table: &'a Table,
    row: &'a Raw,
    facts: &Facts,
    errors: &mut Vec<RowError>,
) -> Fields<'a> {
    let text = |column| table.get(row, column);
    let mut error = |code, column: Column, allowed: &str| {
        let field = column.as_str(ImportKind::People);
        errors.push(RowError::new(code, field, text(column), allowed));
    };
    let name = text(Column::Name);
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        error("length", Column::Name, "100");
    }
    let email = normal_email(text(Column::Email)).ok();
    if email.is_none() && !text(Column::Email).is_empty() {
        error("email", Column::Email, "elin@example.org");
    }
    let unit = facts.tree.find(text(Column::Unit));
    if unit.is_none() {
        error("unit", Column::Unit, &facts.tree.first_names());
    }
    let language = columns::language(text(Column::Language));
    if language.is_none() && !text(Column::Language).is_empty() {
        error("language", Column::Language, "en, sv, ja");
    }
    let status = columns::status(text(Column::Status));
    if status.is_none() && !text(Column::Status).is_empty() {
        error("status", Column::Status, "active, inactive");
    }
    if let Some((wanted, found)) = table.wrong_width(row) {
        let (found, wanted) = (found.to_string(), wanted.to_string());
        errors.push(RowError::new("width", "", &found, &wanted));
    }
    Fields {
        name,
        email,
        unit: unit
            .filter(|_| !text(Column::Unit).is_empty())
            .map(|node| node.id.clone()),
        language,
        status,
    }
}

/// Who the row is about, when they are there already.
fn known<'a>(
    fields: &Fields<'_>,
    email: &str,
    facts: &'a Facts,
    errors: &mut Vec<RowError>,
) -> Option<&'a Known> {
    if let Some(address) = &fields.email {
        let known = facts.by_email.get(address);
        // Whose it is, an import that does not reach them is not told.
        if known.is_some_and(|known| !known.reached) {
            errors.push(RowError::new("taken", "email", email, ""));
        } else if known.is_none() && fields.name.is_empty() {
            errors.push(RowError::new("missing", "name", "", ""));
        }
        return known;
    }
    if fields.name.is_empty() {
        errors.push(RowError::new("missing", "name", "", ""));
        return None;
    }
    let unit = fields.unit.as_ref().unwrap_or(&facts.tree.top.id);
    let key = (fields.name.to_owned(), unit.clone());
    let same = facts.by_name.get(&key).map_or(&[][..], Vec::as_slice);
    if same.len() > 1 {
        errors.push(RowError::new("ambiguous", "name", fields.name, ""));
    }
    same.first()
}

type Decided = (Outcome, Vec<&'static str>, Option<Act>);

fn decide(fields: Fields<'_>, known: Option<&Known>, facts: &Facts) -> Decided {
    let Some(known) = known else {
        let act = Act::Create {
            name: fields.name.to_owned(),
            email: fields.email,
            unit: fields.unit.unwrap_or_else(|| facts.tree.top.id.clone()),
            language: fields.language,
            status: fields.status.unwrap_or("active"),
        };
        return (Outcome::Create, Vec::new(), Some(act));
    };
    // What a field does not say stays as it is: a file takes nothing away.
    let mut changed = Vec::new();
    let mut differs = |field: &'static str, new: Option<&str>, before: &str| {
        let new = new.filter(|new| !new.is_empty() && *new != before)?;
        changed.push(field);
        Some(new.to_owned())
    };
    let change = PersonChange {
        name: differs("name", Some(fields.name), &known.name),
        email: None,
        unit: differs("unit", fields.unit.as_deref(), &known.unit)
            .and_then(|id| OrgUnitId::parse(&id)),
        language: differs(
            "language",
            fields.language,
            known.language.as_deref().unwrap_or_default(),
        ),
        status: differs("status", fields.status, &known.status),
    };
    if changed.is_empty() {
        return (Outcome::Same, changed, None);
    }
    let id = known.id.clone();
    (Outcome::Change, changed, Some(Act::Change { id, change }))
}

/// What is known of the people whom a part of the file names; by name of those who were there before a time, so
/// that those whom an earlier part added are nobody's namesakes.
pub(super) async fn facts_in(
    tx: &Tx,
    table: &Table,
    part: Range<usize>,
    top: &str,
    before_ms: i64,
) -> Result<Facts, Error> {
    const BY_EMAIL: &str = "SELECT p.id, p.org_unit_id, u.path, p.name, p.email, p.language, \
        p.status FROM person p JOIN org_unit u ON u.id = p.org_unit_id WHERE p.status <> 'erased' AND p.email {ids}";
    const BY_NAME: &str = "SELECT p.id, p.org_unit_id, u.path, p.name, p.email, p.language, \
        p.status FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2 AND p.created_at < $3 AND p.status <> 'erased' AND p.name {ids}";
    let (mut emails, mut names) = (BTreeSet::new(), BTreeSet::new());
    for row in table.rows.iter().skip(part.start).take(part.len()) {
        match table.get(row, Column::Email) {
            "" => names.insert(table.get(row, Column::Name).to_owned()),
            email => emails.insert(email.to_lowercase()),
        };
    }
    let tree = tree_in(tx, top).await?;
    let mut people = Vec::new();
    if !emails.is_empty() {
        let ids = emails.into_iter().collect();
        people.extend(tx.fetch_all_in(BY_EMAIL, ids, args![]).await?);
    }
    if !names.is_empty() {
        let ids = names.into_iter().collect();
        let range = args![top, prefix_end(top), before_ms];
        people.extend(tx.fetch_all_in(BY_NAME, ids, range).await?);
    }
    let known = people.iter().map(|row| {
        Ok(Known {
            id: row.text(0)?,
            unit: row.text(1)?,
            reached: row.str(2)?.starts_with(top),
            name: row.text(3)?,
            email: row.opt_text(4)?,
            language: row.opt_text(5)?,
            status: row.text(6)?,
        })
    });
    Ok(Facts::new(tree, known.collect::<Result<_, Error>>()?))
}

/// Adds and changes the people of a part of the file.
pub(super) async fn carry_in(tx: &Tx, chunk: &Chunk<'_>) -> Result<Made, Error> {
    const INSERT: &str = "INSERT INTO person (id, org_unit_id, name, email, language, status, \
        created_at, updated_at)";
    authorize(chunk.actor, Permission::PeopleWrite, chunk.top)?;
    let (part, before) = (chunk.part.clone(), chunk.begun_at);
    let facts = facts_in(tx, chunk.table, part, chunk.top, before).await?;
    let mut made = Made::default();
    let mut new: Vec<Vec<Value>> = Vec::new();
    let (mut created, mut changed) = (0, 0);
    for row in judge(chunk.table, chunk.part.clone(), chunk.twice, &facts) {
        if !made.as_shown(chunk, &row.view) {
            continue;
        }
        match row.act {
            Some(Act::Create {
                name,
                email,
                unit,
                language,
                status,
            }) => {
                let id = PersonId::new(chunk.now_ms).to_string();
                let now = chunk.now_ms;
                made.ids.push(id.clone());
                new.push(args![id, unit, name, email, language, status, now, now]);
                created += 1;
            }
            Some(Act::Change { id, change }) => {
                let id = PersonId::from_store(id);
                change_in(tx, chunk.actor, &id, &check(change)?, chunk.now_ms).await?;
                made.ids.push(id.to_string());
                changed += 1;
            }
            None => {}
        }
    }
    tx.insert_many(INSERT, 8, new, "").await?;
    made.details = json!({"created": created, "changed": changed});
    Ok(made)
}
