//! Rows of a file of units: each a path. What lies above it is made with it.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use tillsyn_db::{Tx, Value, args};

use super::columns::Column;
use super::parse::Table;
use super::row::{Judged, Outcome, RowError, RowView, shown};
use super::tree::{Tree, tree_in};
use super::work::{Chunk, Made};
use crate::error::Error;
use crate::ids::OrgUnitId;
use crate::units::{LEVELS, UNITS};

const FIELD: &str = "path";

/// Paths of units to make: the names of each from the top.
pub(super) type Act = Vec<Vec<String>>;

/// Decides what each row does.
pub(super) fn judge(table: &Table, tree: &Tree) -> Vec<Judged<Act>> {
    let mut seen: HashMap<Vec<String>, u64> = HashMap::new();
    let mut made: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut judged = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let text = table.get(row, Column::Unit);
        let names = tree.below_top(text);
        let mut errors = Vec::new();
        if let Some((wanted, found)) = table.wrong_width(row) {
            let (found, wanted) = (found.to_string(), wanted.to_string());
            errors.push(RowError::new("width", "", &found, &wanted));
        }
        if text.is_empty() {
            errors.push(RowError::new("missing", FIELD, "", ""));
        }
        if let Some(name) = names.iter().find(|name| bad_name(name)) {
            errors.push(RowError::new("length", FIELD, name, "100"));
        }
        let above = tree.top.path.matches('/').count();
        if above + names.len() > LEVELS {
            let most = LEVELS.saturating_sub(above).to_string();
            errors.push(RowError::new("deep", FIELD, text, &most));
        }
        if let Some(line) = seen.get(&names).filter(|_| !text.is_empty()) {
            errors.push(RowError::new("twice", FIELD, text, &line.to_string()));
        }
        let mut new = Vec::new();
        if errors.is_empty() {
            seen.insert(names.clone(), row.line);
            new = missing(tree, &names);
            new.retain(|path| !made.contains(path));
            let room = UNITS.saturating_sub(tree.count);
            if usize::try_from(room).unwrap_or(0) < made.len() + new.len() {
                errors.push(RowError::new("full", FIELD, text, &UNITS.to_string()));
            } else {
                made.extend(new.iter().cloned());
            }
        }
        // A row whose unit is made for a row above it still stands for something new.
        let exists = tree.find(text).is_some();
        let outcome = match (errors.is_empty(), exists) {
            (false, _) => Outcome::Error,
            (true, true) => Outcome::Same,
            (true, false) => Outcome::Create,
        };
        judged.push(Judged {
            view: RowView {
                line: row.line,
                name: shown(text),
                outcome,
                fields: Vec::new(),
                errors,
            },
            act: (outcome == Outcome::Create).then_some(new),
        });
    }
    judged
}

fn bad_name(name: &str) -> bool {
    name.chars().count() > 100 || name.chars().any(char::is_control)
}

/// The prefixes of a path that are no units yet, the shortest first.
fn missing(tree: &Tree, names: &[String]) -> Vec<Vec<String>> {
    let mut at = Some(&tree.top);
    let mut missing = Vec::new();
    for (depth, name) in names.iter().enumerate() {
        at = at.and_then(|node| tree.child(&node.id, name));
        if at.is_none() {
            missing.push(names.iter().take(depth + 1).cloned().collect());
        }
    }
    missing
}

/// Makes the units of the whole file at once: there are at most a few thousand in any installation.
pub(super) async fn carry_in(tx: &Tx, chunk: &Chunk<'_>) -> Result<Made, Error> {
    const INSERT: &str = "INSERT INTO org_unit (id, parent_id, name, path, created_at, updated_at)";
    let tree = tree_in(tx, chunk.top).await?;
    let judged = judge(chunk.table, &tree);
    let mut made = Made::default();
    let mut places: HashMap<Vec<String>, (String, String)> = HashMap::new();
    let mut values: Vec<Vec<Value>> = Vec::new();
    for row in judged {
        made.note(&row.view);
        for names in row.act.unwrap_or_default() {
            let Some((name, above)) = names.split_last() else {
                continue;
            };
            let (parent, path) = match places.get(above) {
                Some(place) => place.clone(),
                None => place_of(&tree, above)?,
            };
            let id = OrgUnitId::new(chunk.now_ms).to_string();
            let path = format!("{path}{id}/");
            values.push(args![
                id.as_str(),
                parent,
                name.as_str(),
                path.as_str(),
                chunk.now_ms,
                chunk.now_ms
            ]);
            made.ids.push(id.clone());
            places.insert(names.clone(), (id, path));
        }
    }
    tx.insert_many(INSERT, 6, values, "").await?;
    made.details = json!({"units": made.ids.len()});
    Ok(made)
}

fn place_of(tree: &Tree, names: &[String]) -> Result<(String, String), Error> {
    let mut at = &tree.top;
    for name in names {
        let child = tree.child(&at.id, name);
        at = child.ok_or_else(|| Error::internal("A unit to make has nothing above it."))?;
    }
    Ok((at.id.clone(), at.path.clone()))
}
