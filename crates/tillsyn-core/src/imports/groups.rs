//! Rows of a file of groups: a group, and somebody to be in it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tillsyn_db::{Tx, args};

use super::ImportKind;
use super::columns::Column;
use super::parse::{Raw, Table};
use super::row::{Judged, Outcome, RowError, RowView, shown};
use super::store::Failure;
use super::tree::{Node, Tree, tree_in};
use crate::actor::Actor;
use crate::error::Error;
use crate::events::prefix_end;
use crate::groups::{Member, MemberKind, key};

/// What a row wants of its group.
#[derive(Clone, Debug)]
pub(super) struct Act {
    pub(super) unit: String,
    pub(super) group: String,
    pub(super) description: Option<String>,
    pub(super) members: Vec<Member>,
}

/// A device or person that a file may name: id and path of the unit.
pub(super) type Named = (String, String);

/// What the rows are held against.
pub(super) struct Facts {
    pub(super) tree: Tree,
    /// Id and description by unit and name.
    pub(super) groups: HashMap<(String, String), (String, Option<String>)>,
    /// By serial number, as it is kept for comparing.
    pub(super) devices: HashMap<String, Vec<Named>>,
    /// By mail address.
    pub(super) people: HashMap<String, Named>,
    /// Group and member.
    pub(super) members: HashSet<(String, Member)>,
}

/// Decides what each row does.
pub(super) fn judge(table: &Table, facts: &Facts) -> Vec<Judged<Act>> {
    let mut file = File {
        table,
        facts,
        seen: HashMap::new(),
        met: HashSet::new(),
    };
    table.rows.iter().map(|row| file.one(row)).collect()
}

struct File<'a> {
    table: &'a Table,
    facts: &'a Facts,
    /// The line that said the same first.
    seen: HashMap<(String, String, Vec<Member>), u64>,
    /// Groups that a row above makes.
    met: HashSet<(String, String)>,
}

impl File<'_> {
    fn one(&mut self, row: &Raw) -> Judged<Act> {
        let table = self.table;
        let text = |column| table.get(row, column);
        let name = text(Column::Name);
        let mut errors = Vec::new();
        let mut error = |code, column: Column, allowed: &str| {
            let field = column.as_str(ImportKind::Groups);
            errors.push(RowError::new(code, field, text(column), allowed));
        };
        if name.is_empty() {
            error("missing", Column::Name, "");
        }
        for (column, most) in [(Column::Name, 100), (Column::Description, 500)] {
            let text = text(column);
            if text.chars().count() > most || text.chars().any(char::is_control) {
                error("length", column, &most.to_string());
            }
        }
        let unit = self.facts.tree.find(text(Column::Unit));
        if unit.is_none() {
            error("unit", Column::Unit, &self.facts.tree.first_names());
        }
        let members = self.members(row, unit, &mut errors);
        if let Some((wanted, found)) = table.wrong_width(row) {
            let (found, wanted) = (found.to_string(), wanted.to_string());
            errors.push(RowError::new("width", "", &found, &wanted));
        }
        let unit = unit.map(|unit| unit.id.clone()).unwrap_or_default();
        if errors.is_empty() {
            let key = (unit.clone(), name.to_owned(), members.clone());
            let line = *self.seen.entry(key).or_insert(row.line);
            if line != row.line {
                errors.push(RowError::new("twice", "", name, &line.to_string()));
            }
        }
        let description = Some(text(Column::Description).to_owned()).filter(|d| !d.is_empty());
        let act = Act {
            unit,
            group: name.to_owned(),
            description,
            members,
        };
        let (outcome, fields) = if errors.is_empty() {
            self.decide(&act)
        } else {
            (Outcome::Error, Vec::new())
        };
        Judged {
            view: RowView {
                line: row.line,
                name: shown(name),
                outcome,
                fields,
                errors,
            },
            // Also of rows that are so already: whoever replaces the members has to know who stays.
            act: (outcome != Outcome::Error).then_some(act),
        }
    }

    fn members(&self, row: &Raw, unit: Option<&Node>, errors: &mut Vec<RowError>) -> Vec<Member> {
        let mut members = Vec::new();
        let serial = self.table.get(row, Column::Serial);
        let email = self.table.get(row, Column::Email);
        let found = [
            (
                "serial_number",
                serial,
                MemberKind::Device,
                self.facts.devices.get(&key(serial)).map(Vec::as_slice),
            ),
            (
                "email",
                email,
                MemberKind::Person,
                self.facts
                    .people
                    .get(&email.to_lowercase())
                    .map(std::slice::from_ref),
            ),
        ];
        for (field, text, kind, named) in found {
            if text.is_empty() {
                continue;
            }
            match named {
                Some([(id, path)]) => {
                    let outside = unit.is_some_and(|unit| !path.starts_with(&unit.path));
                    if outside {
                        errors.push(RowError::new("outside", field, text, ""));
                    }
                    let id = id.clone();
                    members.push(Member { kind, id });
                }
                Some([_, _, ..]) => errors.push(RowError::new("ambiguous", field, text, "")),
                _ => errors.push(RowError::new("unknown", field, text, "")),
            }
        }
        members
    }

    fn decide(&mut self, act: &Act) -> (Outcome, Vec<String>) {
        let place = (act.unit.clone(), act.group.clone());
        let existing = self.facts.groups.get(&place);
        let mut fields = Vec::new();
        if let (Some((_, before)), Some(new)) = (existing, &act.description)
            && before.as_ref() != Some(new)
        {
            fields.push("description".to_owned());
        }
        for member in &act.members {
            let id = existing.map(|(id, _)| id.clone()).unwrap_or_default();
            if !self.facts.members.contains(&(id, member.clone())) {
                fields.push(match member.kind {
                    MemberKind::Device => "serial_number".to_owned(),
                    MemberKind::Person => "email".to_owned(),
                });
            }
        }
        let first = self.met.insert(place) && existing.is_none();
        match (first, fields.is_empty()) {
            (true, _) => (Outcome::Create, Vec::new()),
            (false, false) => (Outcome::Change, fields),
            (false, true) => (Outcome::Same, fields),
        }
    }
}

/// One group as the file wants it, with the lines that speak of it; no lines are left when none can be used.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) unit: String,
    pub(super) group: String,
    pub(super) description: Option<String>,
    pub(super) members: BTreeSet<Member>,
    pub(super) lines: Vec<u64>,
    /// Lines that were right when the import began.
    pub(super) failures: Vec<Failure>,
}

/// Which group a row is about: by its text, so that what was carried out can be counted however the rows
/// are judged by then.
fn place(table: &Table, tree: &Tree, row: &Raw) -> (Vec<String>, String) {
    let unit = tree.below_top(table.get(row, Column::Unit));
    (unit, table.get(row, Column::Name).to_owned())
}

/// How many groups the rows without errors name.
pub(super) fn count(table: &Table, tree: &Tree, judged: &[Judged<Act>]) -> usize {
    let both = table.rows.iter().zip(judged);
    let good = both.filter(|(_, judged)| judged.view.outcome != Outcome::Error);
    let places: BTreeSet<_> = good.map(|(row, _)| place(table, tree, row)).collect();
    places.len()
}

/// The groups of the file in the order of their first rows, also those whose rows cannot be used any more.
pub(super) fn wanted(table: &Table, facts: &Facts) -> Vec<Wanted> {
    let mut places: BTreeMap<(Vec<String>, String), usize> = BTreeMap::new();
    let mut all: Vec<Wanted> = Vec::new();
    for (row, judged) in table.rows.iter().zip(judge(table, facts)) {
        let at = *places
            .entry(place(table, &facts.tree, row))
            .or_insert(all.len());
        if at == all.len() {
            all.push(Wanted::default());
        }
        let Some(wanted) = all.get_mut(at) else {
            continue;
        };
        if let Some(act) = judged.act {
            wanted.unit = act.unit;
            wanted.group = act.group;
            wanted.description = wanted.description.take().or(act.description);
            wanted.members.extend(act.members);
            wanted.lines.push(row.line);
        } else {
            let error = judged.view.errors.first();
            wanted.failures.push(Failure {
                line: row.line,
                code: error.map(|error| error.code.clone()).unwrap_or_default(),
            });
        }
    }
    all
}

/// What is known of everything that the file names.
pub(super) async fn facts_in(
    tx: &Tx,
    actor: &Actor,
    table: &Table,
    top: &str,
) -> Result<Facts, Error> {
    const GROUPS: &str = "SELECT g.id, g.org_unit_id, g.name, g.description FROM device_group g \
        JOIN org_unit u ON u.id = g.org_unit_id WHERE u.path >= $1 AND u.path < $2 AND g.name {ids}";
    const DEVICES: &str = "SELECT d.serial_number, d.id, u.path, d.platform FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2 AND d.serial_number {ids}";
    const PEOPLE: &str = "SELECT p.email, p.id, u.path FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE u.path >= $1 AND u.path < $2 AND p.email {ids}";
    const MEMBERS: &str =
        "SELECT group_id, member_kind, member_id FROM group_member WHERE group_id {ids}";
    let texts = |column| {
        let texts = table.rows.iter().map(move |row| table.get(row, column));
        texts.filter(|text| !text.is_empty())
    };
    let names: BTreeSet<String> = texts(Column::Name).map(str::to_owned).collect();
    // Serial numbers are capitals; one that is not is found as it was typed.
    let serials: BTreeSet<String> = texts(Column::Serial)
        .flat_map(|text| [key(text), text.to_owned()])
        .collect();
    let emails: BTreeSet<String> = texts(Column::Email).map(str::to_lowercase).collect();
    let range = || args![top, prefix_end(top)];
    let mut facts = Facts {
        tree: tree_in(tx, top).await?,
        groups: HashMap::new(),
        devices: HashMap::new(),
        people: HashMap::new(),
        members: HashSet::new(),
    };
    if !names.is_empty() {
        let names = names.into_iter().collect();
        for row in tx.fetch_all_in(GROUPS, names, range()).await? {
            let group = (row.text(0)?, row.opt_text(3)?);
            facts.groups.insert((row.text(1)?, row.text(2)?), group);
        }
    }
    if !serials.is_empty() {
        let serials = serials.into_iter().collect();
        for row in tx.fetch_all_in(DEVICES, serials, range()).await? {
            let named = (row.text(1)?, row.text(2)?);
            if !actor.reaches_device(&named.1, row.str(3)?) {
                continue;
            }
            let devices = facts.devices.entry(key(row.str(0)?)).or_default();
            devices.push(named);
        }
    }
    if !emails.is_empty() {
        let emails = emails.into_iter().collect();
        for row in tx.fetch_all_in(PEOPLE, emails, range()).await? {
            let named = (row.text(1)?, row.text(2)?);
            facts.people.insert(row.text(0)?, named);
        }
    }
    let groups: Vec<String> = facts.groups.values().map(|(id, _)| id.clone()).collect();
    if !groups.is_empty() {
        for row in tx.fetch_all_in(MEMBERS, groups, args![]).await? {
            if let Some(kind) = MemberKind::parse(row.str(1)?) {
                let id = row.text(2)?;
                facts.members.insert((row.text(0)?, Member { kind, id }));
            }
        }
    }
    Ok(facts)
}
